import { dot, normalise } from "../math/vectors";
import { logistic } from "./calibration";

/** A multi-label linear head on photos' features. */
export interface SceneHead {
  /** `[D]` mean square root of each feature */
  centre: Float32Array;
  /** `[S, D]` */
  weights: Float32Array;
  /** `[S]` */
  bias: Float32Array;
}

/** `√max(f, 0)` */
const positiveRoot = (f: number): number => Math.sqrt(Math.max(f, 0));

/**
 * `unit(root(f) − centre)` for every row. The root damps the few large features; centring spreads unrelated photos
 * apart.
 * @param features `[n, D]` @param centre `[D]`
 * @returns `[n, D]`; a row equal to the centre becomes 0
 * @throws RangeError when the features are not whole rows
 */
export function centredRoots(features: Float32Array, centre: Float32Array, root = positiveRoot): Float32Array {
  const D = centre.length;
  if (features.length % D !== 0) throw new RangeError(`${features.length} numbers do not make rows of ${D} features`);
  const rows = new Float32Array(features.length);
  for (let i = 0; i < features.length; i++) rows[i] = root(features[i]) - centre[i % D];
  for (let from = 0; from < rows.length; from += D) normalise(rows, from, D);
  return rows;
}

/** Mean of `√max(f, 0)` over photos, `[D]`. @param features `[n, D]`, n > 0 */
export function rootMean(features: Float32Array, D: number): Float32Array {
  const sum = new Float64Array(D);
  for (let i = 0; i < features.length; i++) sum[i % D] += positiveRoot(features[i]);
  return Float32Array.from(sum, (each) => each / (features.length / D));
}

/**
 * Calibrated, independent probabilities of every scene; a photo may show several or none.
 * @param features `[n, D]` @returns `[n, S]` in 0..1
 * @throws RangeError when the features are not whole rows
 */
export function sceneProbabilities(features: Float32Array, { centre, weights, bias }: SceneHead): Float32Array {
  const [D, S] = [centre.length, bias.length];
  const rows = centredRoots(features, centre);
  const n = rows.length / D;
  const probabilities = new Float32Array(n * S);
  for (let i = 0; i < n; i++) {
    for (let s = 0; s < S; s++) probabilities[i * S + s] = logistic(dot(rows, i * D, weights, s * D, D) + bias[s]);
  }
  return probabilities;
}
