import { choleskyOf, solve } from "../../src-main/math/cholesky";
import { dot, unitRows } from "../../src-main/math/vectors";

/** A classifier: scores `[n, T]`, the highest wins. */
export type Classifier = (photos: Float32Array) => Float32Array;

/**
 * Nearest class mean by Euclidean distance, on features of unit length. @param features `[n, D]` @param classes `[n]`
 * in 0..T−1
 */
export function nearestClassMean(features: Float32Array, classes: Int32Array, T: number, D: number): Classifier {
  const rows = unitRows(features, D);
  const means = new Float32Array(T * D);
  const counts = new Float32Array(T);
  classes.forEach((t, i) => {
    counts[t]++;
    for (let d = 0; d < D; d++) means[t * D + d] += rows[i * D + d];
  });
  for (let at = 0; at < means.length; at++) means[at] /= counts[Math.floor(at / D)];
  return (photos) =>
    linear(
      unitRows(photos, D),
      means,
      Float32Array.from({ length: T }, (_, t) => -0.5 * dot(means, t * D, means, t * D, D)),
      D,
    );
}

/** Unit-length features are scaled to this length, so that one penalty suits weights and features. */
const LENGTH = 4;
const ROUNDS = 150;

/**
 * Multinomial logistic regression with an L2 penalty, by Nesterov's accelerated gradient with step 1/L.
 * @param C as in scikit-learn: weight of the summed losses against half the squared weights, on features of unit length
 */
export function logisticRegression(
  features: Float32Array,
  classes: Int32Array,
  T: number,
  D: number,
  C: number,
): Classifier {
  const penalty = LENGTH ** 2 / (C * classes.length); // relative to the mean loss, for weights on rows of this length
  const rows = unitRows(features, D).map((x) => x * LENGTH);
  const n = classes.length;
  const step = 1 / (0.5 * (LENGTH ** 2 + 1) + penalty);
  let [W, bias] = [new Float32Array(T * D), new Float32Array(T)];
  let [aheadW, aheadBias] = [W.slice(), bias.slice()];
  let momentum = 1;
  for (let round = 0; round < ROUNDS; round++) {
    const errors = linear(rows, aheadW, aheadBias, D);
    for (let i = 0; i < n; i++) {
      softmax(errors, i * T, T);
      errors[i * T + classes[i]] -= 1;
    }
    const nextW = aheadW.map((w) => w * (1 - step * penalty));
    const nextBias = aheadBias.slice();
    for (let i = 0; i < n; i++) {
      for (let t = 0; t < T; t++) {
        const pull = (step * errors[i * T + t]) / n;
        nextBias[t] -= pull;
        for (let d = 0; d < D; d++) nextW[t * D + d] -= pull * rows[i * D + d];
      }
    }
    const next = (1 + Math.sqrt(1 + 4 * momentum * momentum)) / 2;
    const swing = (momentum - 1) / next;
    aheadW = nextW.map((w, at) => w + swing * (w - W[at]));
    aheadBias = nextBias.map((b, t) => b + swing * (b - bias[t]));
    [W, bias, momentum] = [nextW, nextBias, next];
  }
  return (photos) =>
    linear(
      unitRows(photos, D).map((x) => x * LENGTH),
      W,
      bias,
      D,
    );
}

/**
 * Ridge regression of one-hot classes on unit-length features, without intercept.
 * @param lambda penalty on the squared weights relative to the sum of squares
 */
export function ridgeRegression(
  features: Float32Array,
  classes: Int32Array,
  T: number,
  D: number,
  lambda: number,
): Classifier {
  const rows = unitRows(features, D);
  const n = classes.length;
  const kernel = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) kernel[i * n + j] = dot(rows, i * D, rows, j * D, D) + (i === j ? lambda : 0);
  const factor = choleskyOf(kernel, n);
  const W = new Float32Array(T * D);
  for (let t = 0; t < T; t++) {
    const shares = solve(
      factor,
      Float64Array.from(classes, (c) => Number(c === t)),
    );
    for (let i = 0; i < n; i++) for (let d = 0; d < D; d++) W[t * D + d] += shares[i] * rows[i * D + d];
  }
  return (photos) => linear(unitRows(photos, D), W, new Float32Array(T), D);
}

function linear(rows: Float32Array, W: Float32Array, bias: Float32Array, D: number): Float32Array {
  const [n, T] = [rows.length / D, bias.length];
  const scores = new Float32Array(n * T);
  for (let i = 0; i < n; i++) for (let t = 0; t < T; t++) scores[i * T + t] = bias[t] + dot(rows, i * D, W, t * D, D);
  return scores;
}

function softmax(scores: Float32Array, from: number, T: number): void {
  let [highest, sum] = [-Infinity, 0];
  for (let t = from; t < from + T; t++) highest = Math.max(highest, scores[t]);
  for (let t = from; t < from + T; t++) sum += scores[t] = Math.exp(scores[t] - highest);
  for (let t = from; t < from + T; t++) scores[t] /= sum;
}
