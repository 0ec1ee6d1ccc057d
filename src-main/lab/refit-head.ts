import * as tf from "@tensorflow/tfjs-core";
import { choleskyOf, solveColumns } from "../math/cholesky";
import { meanRow } from "../math/mean";
import type { ClassifierHead } from "../vision/classifier-head";

/**
 * Weight of the old layer against the photos, as a share of the features' mean variance: a few photos then change only
 * the directions that they span.
 */
const PULL = 0.1;

/**
 * Adapts a classifier's last layer to changed features so that its logits stay the same: ridge regression from the new
 * features back to the old ones, composed with the old layer. Runs on the current TensorFlow.js backend.
 * @param before, after `[n, D]` features of the same photos
 * @throws RangeError when the shapes don't match
 */
export async function refitHead(
  { weights, bias }: ClassifierHead,
  before: Float32Array,
  after: Float32Array,
): Promise<ClassifierHead> {
  const C = bias.length;
  const D = weights.length / C;
  const n = after.length / D;
  if (!Number.isInteger(n) || n === 0 || before.length !== after.length)
    throw new RangeError(
      `features of ${before.length} and ${after.length} numbers don't match: both must be [n, ${D}] of the same photos`,
    );
  const [now, back] = [
    meanRow(after, D),
    meanRow(
      before.map((v, i) => v - after[i]),
      D,
    ),
  ];
  const [gram, cross] = await products(
    after.map((v, i) => v - now[i % D]),
    before.map((v, i) => v - after[i] - back[i % D]),
    D,
  );
  const pull = (PULL * Array.from({ length: D }, (_, d) => gram[d * D + d]).reduce((sum, v) => sum + v, 0)) / D;
  for (let d = 0; d < D; d++) gram[d * D + d] += pull || 1; // identical photos give nothing to regress on
  const way = solveColumns(choleskyOf(gram, D), cross);
  const out = weights.slice();
  const offset = back.map((b, e) => b - now.reduce((sum, v, d) => sum + v * way[d * D + e], 0));
  for (let c = 0; c < C; c++) {
    for (let d = 0; d < D; d++) {
      let sum = 0;
      for (let e = 0; e < D; e++) sum += weights[c * D + e] * way[d * D + e];
      out[c * D + d] += sum;
    }
  }
  return { weights: out, bias: bias.map((b, c) => b + offset.reduce((sum, v, e) => sum + v * weights[c * D + e], 0)) };
}

/** `W·v + b` of features `[n, D]`, `[n, C]`. */
export async function logitsOf({ weights, bias }: ClassifierHead, features: Float32Array): Promise<Float32Array> {
  const C = bias.length;
  const D = weights.length / C;
  const logits = tf.tidy(() =>
    tf.add(
      tf.matMul(tf.tensor2d(features, [features.length / D, D]), tf.tensor2d(weights, [C, D]), false, true),
      tf.tensor1d(bias),
    ),
  );
  const values = (await logits.data()) as Float32Array;
  logits.dispose();
  return values;
}

/** `XᵀX` and `XᵀS`, `[D, D]` each. */
async function products(x: Float32Array, s: Float32Array, D: number): Promise<[Float64Array, Float64Array]> {
  const both = tf.tidy(() => {
    const X = tf.tensor2d(x, [x.length / D, D]);
    return [tf.matMul(X, X, true, false), tf.matMul(X, tf.tensor2d(s, [s.length / D, D]), true, false)];
  });
  const [gram, cross] = await Promise.all(both.map((each) => each.data()));
  tf.dispose(both);
  return [Float64Array.from(gram), Float64Array.from(cross)];
}
