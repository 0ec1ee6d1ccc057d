import { dot, normalise } from "../math/vectors";
import { centredRoots } from "./scenes";

/** Statistics of a network's features over a broad set of photos. */
export interface FeatureStatistics {
  /** `[D]` mean square root of each feature */
  rootMean: Float32Array;
  /**
   * `[r, D]` principal axes of rows `unit(√f − rootMean)`; an axis's length is the standard deviation along it relative
   * to the directions that are not axes. May be empty.
   */
  axes: Float32Array;
}

/** The space in which labels are learned from few photos: one row of W = D + C numbers per photo. */
export interface FeatureSpace {
  /** number of features */
  D: number;
  /** number of classes of the visual model */
  C: number;
  /** W = D + C */
  width: number;
  /** `[D]` */
  centre: Float32Array;
  /** `[r, D]` at unit length */
  axes: Float32Array;
  /** `[r]` fraction of the component along each axis that is removed, 0..1 */
  damping: Float32Array;
  /** Typical inner product of the rows of two unrelated photos. */
  chance: number;
}

/** The part of a `VisualOutput` that rows are made from. */
export interface VisualFeatures {
  features: Float32Array;
  classes: Uint16Array;
  probabilities: Float32Array;
}

/**
 * Weight of the variance along an axis relative to the other directions. The directions in which photos differ most say
 * least about any one thing in them.
 */
const VARIANCE_WEIGHT = 0.3;
/** Length of the square roots of the class probabilities, relative to features of length 1. */
export const CLASS_WEIGHT = 0.3;

/** @param statistics of the pack's network; without it, square roots are not centred */
export function featureSpaceOf(statistics: FeatureStatistics | null, D: number, C: number): FeatureSpace {
  const centre = statistics?.rootMean ?? new Float32Array(D);
  const axes = statistics?.axes.slice() ?? new Float32Array(0);
  const r = axes.length / D;
  const damping = new Float32Array(r);
  let [sum, squares] = [D - r, D - r]; // variances after damping, relative to the directions that are not axes
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
 * Rows of photos, `[n, W]`: features as `unit(P·unit(√f − centre))`, where P damps the directions in which photos
 * generally differ, followed by the weighted square roots of their class probabilities. The root damps the few large
 * features (negative features keep their sign). Inner products of the two parts measure how alike photos look and what
 * they both show.
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
 * The feature part of the rows only, `[n, D]` of unit length; inner products measure how alike photos look. @param
 * features `[n, D]`
 */
export function whitenedFeatures(space: FeatureSpace, features: Float32Array): Float32Array {
  const { D } = space;
  const rows = new Float32Array(features.length);
  for (let from = 0; from < rows.length; from += D) rows.set(whiten(space, features.subarray(from, from + D)), from);
  return rows;
}

/** `√f`; a negative number keeps its sign. */
const signedRoot = (f: number): number => Math.sign(f) * Math.sqrt(Math.abs(f));

/** The feature part of one row, `[D]`. */
function whiten({ D, centre, axes, damping }: FeatureSpace, feature: Float32Array): Float32Array {
  const row = centredRoots(feature, centre, signedRoot);
  for (let a = 0; a < damping.length; a++) {
    // the axes are orthogonal, so they can be damped one by one
    const away = damping[a] * dot(row, 0, axes, a * D, D);
    for (let d = 0; d < D; d++) row[d] -= away * axes[a * D + d];
  }
  return normalise(row);
}
