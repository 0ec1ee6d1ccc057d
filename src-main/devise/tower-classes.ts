import { highest } from "../math/highest";
import { productsWith } from "../math/row-products";
import { logistic } from "./calibration";
import type { Confidence } from "./ranking-numbers";
import { topClasses } from "./semantic-embedding";
import { UNCALIBRATED } from "./uncalibrated";

/** How a pack's text tower turns cosines into probabilities; see `PackText`. */
export interface TowerScores {
  kind: "clip" | "siglip";
  scale: number;
  bias: number;
}

/** The K most probable labels of each of n photos, `[n, K]`, most probable first. */
export interface TowerClasses {
  classes: Uint16Array;
  probabilities: Float32Array;
}

/**
 * Classifies photos by labels that a text tower embedded. CLIP's labels exclude each other: probabilities are a softmax
 * over all of them. SigLIP's don't: each has its own.
 * @param rows `[C, D]`, unit-norm
 */
export function towerClassifier(
  { kind, scale, bias }: TowerScores,
  rows: Float32Array,
  D: number,
): (features: Float32Array, K: number) => TowerClasses {
  const C = rows.length / D;
  const cosinesOf = productsWith(rows, D);
  return (features, most) => {
    const K = Math.min(most, C);
    const n = features.length / D;
    const logits = new Float32Array(n * C);
    for (let i = 0; i < n; i++) {
      const cosines = cosinesOf(features.subarray(i * D, (i + 1) * D));
      for (let c = 0; c < C; c++) logits[i * C + c] = scale * cosines[c]! + bias;
    }
    return kind === "clip" ? topClasses(logits, C, K) : topSigmoids(logits, C, K);
  };
}

function topSigmoids(logits: Float32Array, C: number, K: number): TowerClasses {
  const n = logits.length / C;
  const classes = new Uint16Array(n * K);
  const probabilities = new Float32Array(n * K);
  for (let i = 0; i < n; i++) {
    const row = logits.subarray(i * C, (i + 1) * C);
    const order = highest(row, K);
    for (let k = 0; k < K; k++) {
      classes[i * K + k] = order[k]!;
      probabilities[i * K + k] = logistic(row[order[k]!]!);
    }
  }
  return { classes, probabilities };
}

/**
 * For packs with a text tower and without a calibration of their own: the probability of a label is its confidence.
 * Labels that the tower did not embed keep the bundled pack's models.
 */
export const TOWER_CONFIDENCE: Confidence = { ...UNCALIBRATED, covered: { bias: 0, weights: [1, 0, 0, 0] } };

/**
 * Log-odds that a sentence describes a photo.
 * @param cosine of the sentence's and the photo's embeddings
 * @param background for `clip`: the log of the sum of exp(scale·cos + bias) over the labels, which the sentence competes
 *   with
 */
export const sentenceLogOdds = ({ kind, scale, bias }: TowerScores, cosine: number, background: number): number =>
  scale * cosine + bias - (kind === "clip" ? background : 0);

/**
 * The background of a photo, see `sentenceLogOdds`, from any one of its classes: the softmax's denominator.
 * @param cosine of that class's row and the photo
 */
export const backgroundOf = ({ scale, bias }: TowerScores, cosine: number, probability: number): number =>
  scale * cosine + bias - Math.log(Math.max(probability, Number.MIN_VALUE));
