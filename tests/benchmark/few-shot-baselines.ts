import { dot, unitRows } from "../../src-main/vectors";

/** What a classifier says of photos: `[n, T]` scores, the highest wins. */
export type Classifier = (photos: Float32Array) => Float32Array;

/** Nearest class mean by Euclidean distance, on features of unit length. @param features `[n, D]` @param classes `[n]` in 0..T−1 */
export function nearestClassMean(features: Float32Array, classes: Int32Array, T: number, D: number): Classifier {
  const rows = unitRows(features, D);
  const means = new Float32Array(T * D);
  const counts = new Float32Array(T);
  classes.forEach((t, i) => {
    counts[t]++;
    for (let d = 0; d < D; d++) means[t * D + d] += rows[i * D + d];
  });
  for (let at = 0; at < means.length; at++) means[at] /= counts[Math.floor(at / D)];
  return (photos) => linear(unitRows(photos, D), means, Float32Array.from({ length: T }, (_, t) => -0.5 * dot(means, t * D, means, t * D, D)), D);
}

/** Features of unit length are all short: at this length one penalty suits weights and features alike. */
const LENGTH = 4;
const ROUNDS = 150;

/**
 * Multinomial logistic regression with an L2 penalty, by Nesterov's accelerated gradient with the step that the largest curvature allows.
 * @param penalty `penalty/2·|W|²` beside the mean loss
 */
export function logisticRegression(features: Float32Array, classes: Int32Array, T: number, D: number, penalty: number): Classifier {
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
  return (photos) => linear(unitRows(photos, D).map((x) => x * LENGTH), W, bias, D);
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
