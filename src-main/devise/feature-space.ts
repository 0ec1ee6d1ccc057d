import { dot, normalise } from "../math/vectors";
import { centredRoots } from "./scenes";

/** What is known of a network's features on photos at large. */
export interface FeatureStatistics {
  /** `[D]`, the mean root of each feature */
  rootMean: Float32Array;
  /**
   * `[r, D]` principal axes of rows `unit(√f − rootMean)`, each as long as the deviation along it is over that along
   * all directions beside them; may be none
   */
  axes: Float32Array;
}

/** The space in which labels are learned from few photos: a row of W = D + C numbers for each. */
export interface FeatureSpace {
  /** D features */
  D: number;
  /** C classes of the visual model; of others than these nothing is said */
  C: number;
  /** W = D + C */
  width: number;
  /** `[D]` */
  centre: Float32Array;
  /** `[r, D]` at unit length */
  axes: Float32Array;
  /** `[r]` how much of a row's part along each axis is taken away, 0..1 */
  damping: Float32Array;
  /** What the product of two unlike photos' rows usually is. */
  chance: number;
}

/** What the visual model saw in n photos, see `Seen`. */
export interface VisualFeatures {
  features: Float32Array;
  classes: Uint16Array;
  probabilities: Float32Array;
}

/**
 * What the variance along an axis counts beside that of the others: photos differ most in what says least about one
 * thing in them.
 */
const VARIANCE_WEIGHT = 0.3;
/** The length of the roots of the classes' probabilities beside features of length 1. */
export const CLASS_WEIGHT = 0.3;

/** @param statistics of the pack's network; without it, roots are taken as they are */
export function featureSpaceOf(statistics: FeatureStatistics | null, D: number, C: number): FeatureSpace {
  const centre = statistics?.rootMean ?? new Float32Array(D);
  const axes = statistics?.axes.slice() ?? new Float32Array(0);
  const r = axes.length / D;
  const damping = new Float32Array(r);
  let [sum, squares] = [D - r, D - r]; // of variances, once damped, over those of the other directions
  for (let a = 0; a < r; a++) {
    const variance = dot(axes, a * D, axes, a * D, D);
    const kept = (1 + VARIANCE_WEIGHT) / (1 + VARIANCE_WEIGHT * variance);
    damping[a] = 1 - Math.sqrt(kept);
    sum += kept * variance;
    squares += (kept * variance) ** 2;
    normalise(axes, a * D, D);
  }
  return { D, C, width: D + C, centre, axes, damping, chance: Math.sqrt(squares) / sum };
}

/**
 * Rows of photos, `[n, W]`: their features as `unit(P·unit(√f − centre))`, where P damps what photos at large differ
 * by, and the roots of
 * their classes' probabilities. The root damps the few features that are large (of negative ones too, with their sign);
 * both parts' inner
 * products are likenesses, of how a photo looks and of what it shows.
 */
export function whitenedRows(space: FeatureSpace, seen: VisualFeatures): Float32Array {
  const { C, D, width } = space;
  const n = seen.features.length / D;
  const K = seen.classes.length / n;
  const rows = new Float32Array(n * width);
  for (let i = 0; i < n; i++) {
    rows.set(whiten(space, seen.features.subarray(i * D, (i + 1) * D)), i * width);
    for (let k = i * K; k < (i + 1) * K; k++)
      if (seen.classes[k] < C) rows[i * width + D + seen.classes[k]] = CLASS_WEIGHT * Math.sqrt(seen.probabilities[k]);
  }
  return rows;
}

/**
 * The features' part of the rows alone, `[n, D]` of unit length: their inner product is how alike photos look. @param
 * features `[n, D]`
 */
export function whitenedFeatures(space: FeatureSpace, features: Float32Array): Float32Array {
  const { D } = space;
  const rows = new Float32Array(features.length);
  for (let from = 0; from < rows.length; from += D) rows.set(whiten(space, features.subarray(from, from + D)), from);
  return rows;
}

/** `√f`, of negative numbers with their sign. */
const signedRoot = (f: number): number => Math.sign(f) * Math.sqrt(Math.abs(f));

/** The features' part of a row, `[D]`. */
function whiten({ D, centre, axes, damping }: FeatureSpace, feature: Float32Array): Float32Array {
  const row = centredRoots(feature, centre, signedRoot);
  for (let a = 0; a < damping.length; a++) {
    // axes are at right angles: one after the other is all at once
    const away = damping[a] * dot(row, 0, axes, a * D, D);
    for (let d = 0; d < D; d++) row[d] -= away * axes[a * D + d];
  }
  return normalise(row);
}
