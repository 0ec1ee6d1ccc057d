import * as tf from "@tensorflow/tfjs-core";
import { meanRow } from "../math/mean";
import { permutation } from "../math/shuffle";
import type { ClassifierHead } from "../vision/classifier-head";

/** Features `[n, D]`, row-major, and the class of each photo. */
export interface ClassPhotos {
  features: Float32Array;
  truths: Int32Array;
}

/** Hyperparameters of the softmax classifier. */
export interface HeadSettings {
  /** Maximum passes over the training photos. */
  epochs: number;
  /** Early stopping: ends after this many epochs without a lower held-out loss. */
  patience: number;
  /** Photos per step. */
  batch: number;
  /** Adam's learning rate. */
  learningRate: number;
  /** Weight decay: `decay/2·|W|²` is added to the loss. */
  decay: number;
}

export interface TrainedHead extends ClassifierHead {
  /** The epoch these weights are from, counted from 1. */
  epoch: number;
  /** Held-out cross entropy after each epoch, in nats. */
  losses: number[];
}

/**
 * Trains `softmax(W·v + b)` on features with cross entropy and early stopping on held-out photos. Features are
 * standardised for training; the returned W and b apply to raw features. Runs on the current TensorFlow.js backend and
 * leaves no tensors behind, even if it throws.
 * @param draw uniform numbers in [0, 1)
 * @param onEpoch awaited after every epoch; if it throws, training stops
 */
export async function trainSoftmaxHead(
  training: ClassPhotos,
  heldOut: ClassPhotos,
  C: number,
  settings: HeadSettings,
  draw: () => number,
  onEpoch?: (epoch: number, loss: number) => Promise<void> | void,
): Promise<TrainedHead> {
  const n = training.truths.length;
  const D = training.features.length / n;
  if (n === 0 || heldOut.truths.length === 0)
    throw new RangeError(`${n} photos to train on and ${heldOut.truths.length} held out: both are needed`);
  if (!Number.isInteger(D) || heldOut.features.length !== heldOut.truths.length * D)
    throw new RangeError(`${training.features.length} features can't be split among ${n} photos`);
  const stray = training.features.findIndex((value) => !Number.isFinite(value));
  if (stray >= 0)
    throw new RangeError(`feature ${stray % D} of photo ${Math.floor(stray / D)} is ${training.features[stray]}`);
  const scale = standardOf(training.features, D);
  const rows = standardised(training.features, scale);
  const aside = tf.tensor2d(standardised(heldOut.features, scale), [heldOut.truths.length, D]);
  const weights = tf.tidy(() => tf.variable(tf.zeros([C, D])));
  const bias = tf.tidy(() => tf.variable(tf.zeros([C])));
  const optimizer = tf.train.adam(settings.learningRate);
  const losses: number[] = [];
  let best: (ClassifierHead & { epoch: number }) | null = null;
  try {
    for (let epoch = 1; epoch <= settings.epochs; epoch++) {
      const order = permutation(n, draw);
      for (let from = 0; from < n; from += settings.batch) {
        const batch = order.subarray(from, from + settings.batch);
        const gradients = tf.tidy(() =>
          headGradients(
            weights,
            bias,
            rowsOf(rows, batch, D),
            batch.map((i) => training.truths[i]),
            C,
            settings.decay,
          ),
        );
        optimizer.applyGradients([
          { name: weights.name, tensor: gradients.ofWeights },
          { name: bias.name, tensor: gradients.ofBias },
        ]);
        tf.dispose([gradients.ofWeights, gradients.ofBias]);
      }
      const loss = crossEntropy(await logitsOf(weights, bias, aside), heldOut.truths, C);
      losses.push(loss);
      if (!Number.isFinite(loss)) throw new RangeError(`the loss became ${loss} in epoch ${epoch}`);
      if (loss <= Math.min(...losses))
        best = {
          weights: (await weights.data()).slice() as Float32Array,
          bias: (await bias.data()).slice() as Float32Array,
          epoch,
        };
      await onEpoch?.(epoch, loss);
      if (epoch - best!.epoch >= settings.patience) break;
    }
    return { ...unstandardised(best!, scale, D), epoch: best!.epoch, losses };
  } finally {
    tf.dispose([aside, weights, bias]);
    optimizer.dispose();
  }
}

/**
 * Gradient of the mean cross entropy: `(p − 1[truth])·v`.
 * @param rows `[B, D]`
 */
function headGradients(
  weights: tf.Tensor,
  bias: tf.Tensor,
  rows: tf.Tensor2D,
  truths: Int32Array,
  C: number,
  decay: number,
): { ofWeights: tf.Tensor; ofBias: tf.Tensor } {
  const p = tf.softmax(tf.add(tf.matMul(rows, weights as tf.Tensor2D, false, true), bias));
  const away = tf.div(tf.sub(p, tf.oneHot(tf.tensor1d(truths, "int32"), C)), truths.length) as tf.Tensor2D;
  return { ofWeights: tf.add(tf.matMul(away, rows, true, false), tf.mul(weights, decay)), ofBias: tf.sum(away, 0) };
}

async function logitsOf(weights: tf.Tensor, bias: tf.Tensor, rows: tf.Tensor2D): Promise<Float32Array> {
  const logits = tf.tidy(() => tf.add(tf.matMul(rows, weights as tf.Tensor2D, false, true), bias));
  const values = (await logits.data()) as Float32Array;
  logits.dispose();
  return values;
}

/**
 * Mean cross entropy, `−log p(truth)`, in nats.
 * @param logits `[n, C]`
 */
export function crossEntropy(logits: Float32Array, truths: Int32Array, C: number): number {
  let sum = 0;
  truths.forEach((truth, i) => {
    const row = logits.subarray(i * C, (i + 1) * C);
    const highest = row.reduce((a, b) => Math.max(a, b), -Infinity);
    sum += highest + Math.log(row.reduce((total, x) => total + Math.exp(x - highest), 0)) - row[truth];
  });
  return sum / truths.length;
}

interface Standard {
  mean: Float32Array;
  deviation: Float32Array;
}

/** A constant feature gets deviation 1, so that it is 0 everywhere. */
function standardOf(rows: Float32Array, D: number): Standard {
  const n = rows.length / D;
  const mean = meanRow(rows, D);
  const deviation = new Float32Array(D);
  for (let i = 0; i < rows.length; i++) deviation[i % D] += (rows[i] - mean[i % D]) ** 2 / n;
  return { mean, deviation: deviation.map((variance) => (variance > 1e-12 ? Math.sqrt(variance) : 1)) };
}

const standardised = (rows: Float32Array, { mean, deviation }: Standard): Float32Array =>
  rows.map((x, i) => (x - mean[i % mean.length]) / deviation[i % mean.length]);

function unstandardised({ weights, bias }: ClassifierHead, { mean, deviation }: Standard, D: number): ClassifierHead {
  const own = weights.map((w, i) => w / deviation[i % D]);
  return { weights: own, bias: bias.map((b, c) => b - mean.reduce((sum, m, d) => sum + m * own[c * D + d], 0)) };
}

function rowsOf(rows: Float32Array, indices: Int32Array, D: number): tf.Tensor2D {
  const batch = new Float32Array(indices.length * D);
  indices.forEach((row, i) => batch.set(rows.subarray(row * D, (row + 1) * D), i * D));
  return tf.tensor2d(batch, [indices.length, D]);
}
