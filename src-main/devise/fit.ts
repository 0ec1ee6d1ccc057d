import * as tf from "@tensorflow/tfjs-core";
import { random } from "../math/random";
import { unitRows } from "../math/vectors";

/** Every hyperparameter of a fit; saved with the projection it made. */
export interface FitSettings {
  /**
   * `hinge`: hinge rank loss, eq. 1 of the paper. `l2`: squared distance of `Mv` to its label's vector, which the paper
   * reports as worse.
   */
  loss: "hinge" | "l2";
  /** How far the true label must be ahead of a false one, in units of the dot product. The paper's value is 0.1. */
  margin: number;
  /**
   * `first`: one violating false label, drawn uniformly (the paper's random order, stopped at the first). `all`: their
   * sum, eq. 1.
   */
  violations: "first" | "all";
  steps: number;
  /** Photos a step. */
  batch: number;
  /** Of Adagrad, as in the paper. */
  learningRate: number;
  /** Pull of M towards where it began, `decay/2·|M − M₀|²` in the loss. */
  decay: number;
  seed: number;
}

export const FIRST_FIT: FitSettings = {
  loss: "hinge",
  margin: 0.1,
  violations: "first",
  steps: 2000,
  batch: 256,
  learningRate: 0.1,
  decay: 0,
  seed: 1,
};

export interface FitData {
  /** D */
  dimensions: number;
  /** `[n, D]`, row-major; fitted at unit length */
  features: Float32Array;
  /** `[n]` row of `words` that is the photo's true label */
  truths: Int32Array;
  /** `[n]` row of `words` that a person rejected for the photo, tried as its only false label; −1 tries all others */
  rejected?: Int32Array;
  /** `[n]` how often a photo is drawn, relative to the others; all alike without it */
  weights?: Float32Array;
  /** E */
  wordDimensions: number;
  /** `[C, E]` unit-norm label vectors: of the training set, not of the whole vocabulary */
  words: Float32Array;
  /**
   * `[C, C]` 1 where label j is no false label of label i, for example because one is a kind of the other; without it
   * only i itself is spared
   */
  masked?: Uint8Array;
  /** `[E, D]` to begin with; small random numbers without it */
  initial?: Float32Array;
}

export interface Fitted {
  /** `[E, D]`, row-major */
  M: Float32Array;
  /** Mean loss of each step's batch */
  losses: Float32Array;
}

/**
 * Fits the projection M by hinge rank loss (Frome et al. 2013, eq. 1), `Σ max(0, margin − t_label·Mv + t_j·Mv)`, or by
 * its ablation.
 * Runs on the TensorFlow.js backend in use; holds no tensor when it returns or throws.
 * @param onStep is awaited after every step; what it throws ends the fit
 * @throws RangeError when shapes do not fit, there is less than two labels, or a number is not finite
 */
export async function fitProjection(
  data: FitData,
  settings: FitSettings,
  onStep?: (step: number, loss: number) => Promise<void> | void,
): Promise<Fitted> {
  check(data, settings);
  const { dimensions: D, wordDimensions: E } = data;
  const C = data.words.length / E;
  const features = unitRows(data.features, D);
  const draw = random(settings.seed);
  const drawPhoto = photoSampler(data.truths.length, data.weights, draw);
  const losses = new Float32Array(settings.steps);
  const words = tf.tensor2d(data.words, [C, E]);
  const masked = data.masked ?? selfMask(C);
  const start = tf.tensor2d(data.initial ?? smallRandom(E * D, draw), [E, D]);
  const M = tf.variable(start);
  const optimizer = tf.train.adagrad(settings.learningRate);
  try {
    for (let step = 0; step < settings.steps; step++) {
      const batch = drawBatch(features, data, settings.batch, C, drawPhoto, draw);
      const { loss, gradient } = tf.tidy(() =>
        settings.loss === "l2" ? l2Step(M, words, batch) : hingeStep(M, words, masked, batch, settings),
      );
      const pulled =
        settings.decay === 0 ? gradient : tf.tidy(() => tf.add(gradient, tf.mul(tf.sub(M, start), settings.decay)));
      optimizer.applyGradients([{ name: M.name, tensor: pulled }]);
      losses[step] = (await loss.data())[0];
      tf.dispose([loss, gradient, pulled]);
      await onStep?.(step, losses[step]);
    }
    return { M: (await M.data()).slice() as Float32Array, losses };
  } finally {
    tf.dispose([words, start, M]);
    optimizer.dispose();
  }
}

/** One batch on the host: B photos, their labels, and the order in which false labels are tried. */
export interface Batch {
  /** `[B, D]` */
  features: Float32Array;
  /** `[B]` */
  truths: Int32Array;
  /** `[B]`, −1 where all false labels are tried */
  rejected: Int32Array;
  /** `[B, C]` in (0, 1): of the violating labels the one with the highest number counts, which draws one uniformly */
  priorities: Float32Array;
  size: number;
}

/**
 * Loss of a batch, averaged over its photos, and its exact gradient: a violating label j of photo v adds `(t_j −
 * t_label)·vᵀ` to ∂loss/∂M.
 * The tensors are the caller's to dispose.
 */
export function hingeStep(
  M: tf.Tensor2D,
  words: tf.Tensor2D,
  masked: Uint8Array,
  batch: Batch,
  settings: Pick<FitSettings, "margin" | "violations">,
): { loss: tf.Scalar; gradient: tf.Tensor2D } {
  const features = tf.tensor2d(batch.features, [batch.size, batch.features.length / batch.size]);
  const { loss, ofM } = hingeGradients(features, M, words, masked, batch, settings);
  return { loss, gradient: ofM() };
}

/**
 * Hinge rank loss of features `[B, D]` of unit length, averaged over them, and what it takes to change it: ∂loss/∂M
 * `[E, D]` and, for a
 * visual model that learns along, ∂loss/∂features `[B, D]`. The tensors are the caller's to tidy.
 */
export function hingeGradients(
  features: tf.Tensor2D,
  M: tf.Tensor2D,
  words: tf.Tensor2D,
  masked: Uint8Array,
  batch: Omit<Batch, "features">,
  { margin, violations }: Pick<FitSettings, "margin" | "violations">,
): { loss: tf.Scalar; ofM(): tf.Tensor2D; ofFeatures(): tf.Tensor2D } {
  const C = words.shape[0];
  const B = batch.size;
  const truths = tf.tensor1d(batch.truths, "int32");
  const truthMask = tf.oneHot(truths, C) as tf.Tensor2D;
  // TensorFlow.js' wasm multiplies transposed matrices ten times slower than it transposes and multiplies them.
  const scores = tf.matMul(tf.matMul(features, tf.transpose(M)), tf.transpose(words));
  const ofTruth = tf.sum(tf.mul(scores, truthMask), 1, true);
  const violation = tf.relu(tf.add(tf.sub(scores, ofTruth), margin));
  const tried = tf.tensor2d(triedLabels(batch, masked, C), [B, C]);
  const violating = tf.mul(tf.cast(tf.greater(violation, 0), "float32"), tried);
  const counted =
    violations === "all"
      ? violating
      : tf.tidy(() => {
          const ranked = tf.mul(violating, tf.tensor2d(batch.priorities, [B, C]));
          return tf.mul(tf.cast(tf.oneHot(tf.argMax(ranked, 1), C), "float32"), violating);
        });
  const pull = tf.sub(counted, tf.mul(tf.cast(truthMask, "float32"), tf.sum(counted, 1, true)));
  const ofPlace = tf.div(tf.matMul(pull, words), B) as tf.Tensor2D;
  return {
    loss: tf.div(tf.sum(tf.mul(counted, violation)), B) as tf.Scalar,
    ofM: () => tf.matMul(tf.transpose(ofPlace), features),
    ofFeatures: () => tf.matMul(ofPlace, M),
  };
}

/**
 * Squared distance `|Mv − t_label|²` of a batch, averaged over its photos, and its gradient `2·(Mv − t_label)·vᵀ`. No
 * label is false here:
 * what a person rejected teaches nothing. The tensors are the caller's to dispose.
 */
export function l2Step(M: tf.Tensor2D, words: tf.Tensor2D, batch: Batch): { loss: tf.Scalar; gradient: tf.Tensor2D } {
  const B = batch.size;
  const features = tf.tensor2d(batch.features, [B, batch.features.length / B]);
  const away = tf.sub(tf.matMul(features, tf.transpose(M)), tf.gather(words, tf.tensor1d(batch.truths, "int32")));
  const loss = tf.div(tf.sum(tf.square(away)), B) as tf.Scalar;
  const gradient = tf.mul(tf.matMul(tf.transpose(away), features), 2 / B) as tf.Tensor2D;
  return { loss, gradient };
}

/** `[C, C]` where each label is spared for itself alone. */
const selfMask = (C: number) => Uint8Array.from({ length: C * C }, (_, at) => Number(at % (C + 1) === 0));

/**
 * `[B, C]` 1 for every false label that is tried: all but the spared ones, or only the one that a person rejected. Made
 * here, because
 * TensorFlow.js' wasm takes longer to gather the rows than to multiply the batch.
 */
function triedLabels({ truths, rejected, size }: Omit<Batch, "features">, masked: Uint8Array, C: number): Float32Array {
  const tried = new Float32Array(size * C);
  for (let b = 0; b < size; b++) {
    if (rejected[b] >= 0) tried[b * C + rejected[b]] = 1;
    else for (let c = 0; c < C; c++) tried[b * C + c] = 1 - masked[truths[b] * C + c];
  }
  return tried;
}

function drawBatch(
  features: Float32Array,
  data: FitData,
  size: number,
  C: number,
  drawPhoto: () => number,
  draw: () => number,
): Batch {
  const D = data.dimensions;
  const batch: Batch = {
    features: new Float32Array(size * D),
    truths: new Int32Array(size),
    rejected: new Int32Array(size),
    priorities: new Float32Array(size * C),
    size,
  };
  for (let i = 0; i < batch.priorities.length; i++) batch.priorities[i] = draw() + 1e-6;
  for (let b = 0; b < size; b++) {
    const photo = drawPhoto();
    batch.features.set(features.subarray(photo * D, (photo + 1) * D), b * D);
    batch.truths[b] = data.truths[photo];
    batch.rejected[b] = data.rejected?.[photo] ?? -1;
  }
  return batch;
}

/** Draws photos in proportion to their weights, by bisection of the cumulated weights. */
function photoSampler(n: number, weights: Float32Array | undefined, draw: () => number): () => number {
  if (!weights) return () => Math.floor(draw() * n);
  const cumulated = new Float64Array(n);
  let sum = 0;
  for (let i = 0; i < n; i++) cumulated[i] = sum += weights[i];
  return () => {
    const point = draw() * sum;
    let [low, high] = [0, n - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (cumulated[middle] > point) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}

const smallRandom = (length: number, draw: () => number) => Float32Array.from({ length }, () => (draw() - 0.5) * 0.02);

function check(
  { dimensions: D, features, truths, rejected, weights, wordDimensions: E, words, masked, initial }: FitData,
  settings: FitSettings,
): void {
  const n = truths.length;
  const C = words.length / E;
  if (n === 0) throw new RangeError("nothing to fit: 0 photos");
  if (features.length !== n * D)
    throw new RangeError(`features of ${features.length} numbers do not fit ${n} photos × ${D}`);
  if (!Number.isInteger(C) || C < 2)
    throw new RangeError(`label vectors of ${words.length} numbers are not at least 2 labels of ${E} dimensions`);
  if (masked && masked.length !== C * C) throw new RangeError(`${masked.length} spared pairs do not fit ${C} labels`);
  if (rejected && rejected.length !== n)
    throw new RangeError(`${rejected.length} rejected labels do not fit ${n} photos`);
  if (
    weights &&
    (weights.length !== n || !weights.every((w) => w >= 0 && Number.isFinite(w)) || !weights.some((w) => w > 0))
  ) {
    throw new RangeError(`${weights.length} weights do not fit ${n} photos, or are negative, or all 0`);
  }
  if (initial && initial.length !== E * D)
    throw new RangeError(`projection of ${initial.length} numbers does not fit ${E} × ${D}`);
  const bad = truths.findIndex((label) => label < 0 || label >= C);
  if (bad >= 0) throw new RangeError(`photo ${bad} has label ${truths[bad]}, there are ${C}`);
  const stray = rejected?.findIndex((label) => label >= C) ?? -1;
  if (stray >= 0) throw new RangeError(`photo ${stray} rejects label ${rejected![stray]}, there are ${C}`);
  for (const [what, numbers] of [
    ["features", features],
    ["label vectors", words],
  ] as const) {
    const at = numbers.findIndex((value) => !Number.isFinite(value));
    if (at >= 0) throw new RangeError(`${what}: number ${at} is ${numbers[at]}`);
  }
  if (!(settings.steps >= 1 && settings.batch >= 1))
    throw new RangeError(`${settings.steps} steps of ${settings.batch} photos`);
}
