import * as tf from "@tensorflow/tfjs-core";
import type { Weights } from "../vision/stored-weights";
import type { Layer, Network } from "./operators/network";

/** Experimental: what to train and on what, in batches of type B. */
export interface Training<B extends { pictures: Float32Array }> {
  network: Network;
  /** Layers to train; the rest stay frozen. */
  layers: Layer[];
  /** Name of the output that the loss is computed from. */
  features: string;
  /** Side of the square input images, in pixels. */
  size: number;
  /** Variables trained along with the network, such as the projection. */
  along: tf.Variable[];
  /** Adagrad's learning rate for the network. */
  learningRate: number;
  /** Adagrad's learning rate for `along`. */
  rateAlong: number;
  /** Loss of a batch, from its features `[n, D]`. */
  loss(features: tf.Tensor2D, batch: B): tf.Scalar;
  /** A batch and its images `[n, size, size, 3]`, normalised. */
  nextBatch(): Promise<B>;
}

export interface StepCost {
  /** Time of one step in milliseconds, without reading photos. */
  seconds: number;
  /** Peak memory of the process so far, in bytes. */
  bytes: number;
}

/** A training run. Holds tensors until it is disposed. */
export interface Trainer {
  /** Measures a step without changing any weight. */
  measure(): Promise<StepCost>;
  /**
   * Runs one step.
   * @returns the loss before the update
   * @throws Error when the loss is not finite
   */
  step(): Promise<number>;
  /** The trained weights by name. */
  weights(): Promise<Map<string, Weights>>;
  /** The same as tensors, to run the network with. */
  trained: ReadonlyMap<string, tf.Tensor>;
  dispose(): void;
}

export function createTrainer<B extends { pictures: Float32Array }>({
  network,
  layers,
  features,
  size,
  along,
  learningRate,
  rateAlong,
  loss,
  nextBatch,
}: Training<B>): Trainer {
  const names = [...new Set(layers.flatMap((layer) => layer.weights))];
  const trained = new Map(
    names.map((name) => {
      const { values, dims } = network.weightsOf(name);
      return [name, tf.tidy(() => tf.variable(tf.tensor(values, dims, "float32")))] as const;
    }),
  );
  const variables = [...trained.values(), ...along];
  const optimizers = [
    { optimizer: tf.train.adagrad(learningRate), of: [...trained.values()] },
    { optimizer: tf.train.adagrad(rateAlong), of: along },
  ];
  let waiting: Promise<B> | null = null;
  const take = async (): Promise<B> => {
    const batch = await (waiting ?? nextBatch());
    waiting = nextBatch(); // decode the next photos while the step runs
    waiting.catch(() => undefined); // handled when it is awaited
    return batch;
  };
  const gradients = (batch: B) =>
    tf.tidy(() => {
      const n = batch.pictures.length / (size * size * 3);
      const pictures = tf.tensor4d(batch.pictures, [n, size, size, 3]);
      return tf.variableGrads(() => loss(network.run(pictures, [features], trained)[0], batch), variables);
    });
  const once = async (apply: boolean): Promise<number> => {
    const batch = await take();
    await new Promise(setImmediate); // lets a cancel request in between steps
    const { value, grads } = gradients(batch);
    for (const { optimizer, of } of apply ? optimizers : []) {
      if (of.length > 0)
        optimizer.applyGradients(of.map((variable) => ({ name: variable.name, tensor: grads[variable.name] })));
    }
    const [number] = await value.data();
    tf.dispose([value, grads]);
    if (!Number.isFinite(number))
      throw new Error(`the loss became ${number}: try a learning rate below ${learningRate}`);
    return number;
  };

  return {
    trained,
    async measure() {
      await once(false); // compiles the kernels
      await waiting;
      const begun = performance.now();
      await once(false);
      return { seconds: (performance.now() - begun) / 1000, bytes: process.resourceUsage().maxRSS * 1024 };
    },
    step: () => once(true),
    async weights() {
      const read = async ([name, variable]: readonly [string, tf.Tensor]) =>
        [name, { dims: variable.shape.slice(), values: (await variable.data()).slice() as Float32Array }] as const;
      return new Map(await Promise.all([...trained].map(read)));
    },
    dispose() {
      tf.dispose([...trained.values()]);
      for (const { optimizer } of optimizers) optimizer.dispose();
    },
  };
}

/**
 * Pixels 0..255 `[n][size, size, 3]` → `[n, size, size, 3]`, `(p/255 − mean)/std`.
 * @param mirrored photos to flip horizontally (augmentation)
 */
export function picturesOf(
  photos: Uint8Array[],
  { size, mean, std }: { size: number; mean: number[]; std: number[] },
  mirrored: boolean[] = [],
): Float32Array {
  const out = new Float32Array(photos.length * size * size * 3);
  photos.forEach((pixels, i) => {
    if (pixels.length !== size * size * 3)
      throw new RangeError(`photo ${i} has ${pixels.length} bytes; ${size}×${size} RGB needs ${size * size * 3}`);
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        const to = ((i * size + y) * size + (mirrored[i] ? size - 1 - x : x)) * 3;
        for (let c = 0; c < 3; c++) out[to + c] = (pixels[(y * size + x) * 3 + c] / 255 - mean[c]) / std[c];
      }
    }
  });
  return out;
}
