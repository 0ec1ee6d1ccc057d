import { choleskyOf, solve } from "../math/cholesky";

/** A logistic model: `P(y = 1 | x) = σ(bias + Σ weights·x)`. */
export interface Logistic {
  bias: number;
  weights: number[];
}

export const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

/** Log-odds of a probability, clamped to ±`LOGIT_BOUND` so that certainty stays finite. */
export const logit = (p: number): number => Math.max(-LOGIT_BOUND, Math.min(LOGIT_BOUND, Math.log(p / (1 - p))));
export const LOGIT_BOUND = 9;

export function probability(model: Logistic, x: ArrayLike<number>): number {
  let sum = model.bias;
  for (let i = 0; i < model.weights.length; i++) sum += model.weights[i] * x[i];
  return logistic(sum);
}

/**
 * Fits a logistic regression by Newton's method (iteratively reweighted least squares), with a small ridge so that it
 * converges on separable data.
 * @param rows `[n, d]`, row-major
 * @param truths `[n]` 0 or 1
 * @param weights `[n]` weight of each row
 * @throws RangeError when all truths are equal
 */
export function fitLogistic(
  rows: Float64Array,
  d: number,
  truths: Uint8Array,
  weights: Float64Array,
  ridge = 1e-3,
): Logistic {
  const n = truths.length;
  if (!truths.includes(0) || !truths.includes(1))
    throw new RangeError(`cannot calibrate: all ${n} examples are ${truths[0] === 1 ? "right" : "wrong"}`);
  const size = d + 1;
  const beta = new Float64Array(size);
  for (let round = 0; round < 50; round++) {
    const gradient = new Float64Array(size);
    const hessian = new Float64Array(size * size);
    for (let i = 0; i < n; i++) {
      const x = (j: number) => (j === 0 ? 1 : rows[i * d + j - 1]);
      let sum = 0;
      for (let j = 0; j < size; j++) sum += beta[j] * x(j);
      const p = logistic(sum);
      const curvature = weights[i] * Math.max(p * (1 - p), 1e-9);
      for (let j = 0; j < size; j++) {
        gradient[j] += weights[i] * (truths[i] - p) * x(j);
        for (let k = 0; k <= j; k++) hessian[j * size + k] += curvature * x(j) * x(k);
      }
    }
    for (let j = 0; j < size; j++) {
      gradient[j] -= ridge * beta[j];
      hessian[j * size + j] += ridge;
    }
    const step = solve(choleskyOf(hessian, size), gradient);
    let largest = 0;
    for (let j = 0; j < size; j++) {
      beta[j] += step[j];
      largest = Math.max(largest, Math.abs(step[j]));
    }
    if (largest < 1e-8) break;
  }
  return { bias: beta[0], weights: [...beta.subarray(1)] };
}
