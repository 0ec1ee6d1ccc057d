import * as tf from "@tensorflow/tfjs-core";
import { random } from "../math/random";
import { unitRows } from "../math/vectors";

/** All hyperparameters of a fit; saved with the projection. */
export interface FitSettings {
  /**
   * `hinge`: hinge rank loss, eq. 1 of the paper. `l2`: squared distance between `Mv` and the label's vector, which the
   * paper found worse.
   */
  loss: "hinge" | "l2";
  /** Required difference between the scores of the true and a false label, as a dot product. The paper uses 0.1. */
  margin: number;
  /**
   * `first`: one violating label, drawn uniformly (the paper's random order, stopped at the first). `all`: the full sum
   * of eq. 1.
   */
  violations: "first" | "all";
  steps: number;
  /** Photos per step. */
  batch: number;
  /** Of Adagrad, as in the paper. */
  learningRate: number;
  /** λ in the penalty `λ/2·|M − M₀|²`, which pulls M towards its initial value. */
  decay: number;
  seed: number;
}

export interface FitData {
  /** D */
  dimensions: number;
  /** `[n, D]`, row-major; scaled to unit length before fitting */
  features: Float32Array;
  /** `[n]` each photo's true label, as a row of `words` */
  truths: Int32Array;
  /** `[n]` a label that was rejected on the photo, as a row of `words`: its only negative; −1 for all others */
  rejected?: Int32Array;
  /** `[n]` relative sampling frequencies; uniform if absent */
  weights?: Float32Array;
  /** E */
  wordDimensions: number;
  /** `[C, E]` unit-norm vectors of the labels in the training set, not the whole vocabulary */
  words: Float32Array;
  /**
   * `[C, C]` 1 where label j is not a negative for label i, for example because one is a kind of the other; if absent,
   * only i itself is masked
   */
  masked?: Uint8Array;
  /** `[E, D]` initial M; small random numbers if absent */
  initial?: Float32Array;
}

export interface Fitted {
  /** `[E, D]`, row-major */
  M: Float32Array;
  /** Mean loss of each batch */
  losses: Float32Array;
}

/**
 * Fits the projection M by hinge rank loss (Frome et al. 2013, eq. 1), `Σ max(0, margin − t_label·Mv + t_j·Mv)`, or by
 * the L2 ablation, with Adagrad. Uses the current TensorFlow.js backend and disposes of all its tensors, also when it
 * throws.
 * @param onStep awaited after each step; an exception from it ends the fit
 * @throws RangeError when shapes do not match, there are fewer than two labels, or a number is not finite
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

/** One batch in main memory: B photos, their labels, and the order in which negatives are tried. */
export interface Batch {
  /** `[B, D]` */
  features: Float32Array;
  /** `[B]` */
  truths: Int32Array;
  /** `[B]`; −1 where all negatives are tried */
  rejected: Int32Array;
  /** `[B, C]` in (0, 1): the violating label with the highest priority counts, which draws one uniformly */
  priorities: Float32Array;
  size: number;
}

/**
 * Mean loss of a batch and its exact gradient: a violating label j of photo v adds `(t_j − t_label)·vᵀ` to ∂loss/∂M.
 * The caller disposes of the tensors.
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
 * Mean hinge rank loss of unit-length features `[B, D]`, with ∂loss/∂M `[E, D]` and, for a visual model that is trained
 * along, ∂loss/∂features `[B, D]`. The caller disposes of the tensors, for example with `tf.tidy`.
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
  // With the wasm backend of TensorFlow.js, matMul with its transpose flags is ten times slower than an explicit
  // transpose.
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
 * Mean squared distance `|Mv − t_label|²` of a batch and its gradient `2·(Mv − t_label)·vᵀ`. This loss has no
 * negatives, so rejections have no effect. The caller disposes of the tensors.
 */
export function l2Step(M: tf.Tensor2D, words: tf.Tensor2D, batch: Batch): { loss: tf.Scalar; gradient: tf.Tensor2D } {
  const B = batch.size;
  const features = tf.tensor2d(batch.features, [B, batch.features.length / B]);
  const away = tf.sub(tf.matMul(features, tf.transpose(M)), tf.gather(words, tf.tensor1d(batch.truths, "int32")));
  const loss = tf.div(tf.sum(tf.square(away)), B) as tf.Scalar;
  const gradient = tf.mul(tf.matMul(tf.transpose(away), features), 2 / B) as tf.Tensor2D;
  return { loss, gradient };
}

/** `[C, C]` mask of each label for itself only. */
const selfMask = (C: number) => Uint8Array.from({ length: C * C }, (_, at) => Number(at % (C + 1) === 0));

/**
 * `[B, C]` 1 for each negative to try: all that are not masked, or only the rejected label. Built in JavaScript,
 * because with the wasm backend of TensorFlow.js gathering the rows takes longer than multiplying the batch.
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

/** Draws photos in proportion to their weights, by bisection of the cumulative weights. */
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
  if (n === 0) throw new RangeError("cannot fit to 0 photos");
  if (features.length !== n * D) throw new RangeError(`${features.length} features do not match ${n} photos × ${D}`);
  if (!Number.isInteger(C) || C < 2)
    throw new RangeError(`label vectors of ${words.length} numbers are not at least 2 labels of ${E} dimensions`);
  if (masked && masked.length !== C * C)
    throw new RangeError(`${masked.length} masked pairs do not match ${C} × ${C} labels`);
  if (rejected && rejected.length !== n)
    throw new RangeError(`${rejected.length} rejected labels do not match ${n} photos`);
  if (
    weights &&
    (weights.length !== n || !weights.every((w) => w >= 0 && Number.isFinite(w)) || !weights.some((w) => w > 0))
  ) {
    throw new RangeError(`${weights.length} weights do not match ${n} photos, or are negative, or all 0`);
  }
  if (initial && initial.length !== E * D)
    throw new RangeError(`projection of ${initial.length} numbers does not match ${E} × ${D}`);
  const bad = truths.findIndex((label) => label < 0 || label >= C);
  if (bad >= 0) throw new RangeError(`photo ${bad} has label ${truths[bad]}, but there are ${C} labels`);
  const stray = rejected?.findIndex((label) => label >= C) ?? -1;
  if (stray >= 0) throw new RangeError(`photo ${stray} rejects label ${rejected![stray]}, but there are ${C} labels`);
  for (const [what, numbers] of [
    ["features", features],
    ["label vectors", words],
  ] as const) {
    const at = numbers.findIndex((value) => !Number.isFinite(value));
    if (at >= 0) throw new RangeError(`${what}: number ${at} is ${numbers[at]}`);
  }
  if (!(settings.steps >= 1 && settings.batch >= 1))
    throw new RangeError(`cannot fit in ${settings.steps} steps of ${settings.batch} photos: both must be positive`);
}
