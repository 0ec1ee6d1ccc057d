import * as tf from "@tensorflow/tfjs-core";
import type { Weights } from "../vision/stored-weights";
import type { Layer, Network } from "./operators/network";

/** Experimental: what is trained on what, in batches of type B. */
export interface Training<B extends { pictures: Float32Array }> {
  network: Network;
  /** Those whose weights are trained; the network's others stay. */
  layers: Layer[];
  /** Name of the output that the loss is of. */
  features: string;
  /** Side of the square pictures, in pixels. */
  size: number;
  /** What is trained along with the network, for example the projection. */
  along: tf.Variable[];
  /** Of Adagrad. */
  learningRate: number;
  /** Of what is trained along. */
  rateAlong: number;
  /** Loss of a batch, from its features `[n, D]`. */
  loss(features: tf.Tensor2D, batch: B): tf.Scalar;
  /** A batch with its pictures `[n, size, size, 3]`, normalised. */
  nextBatch(): Promise<B>;
}

export interface StepCost {
  /** Of one step, without reading photos. */
  seconds: number;
  /** What the process holds at the most, so far. */
  bytes: number;
}

/** A training that has begun; holds tensors until it is disposed. */
export interface Trainer {
  /** Times a step that changes nothing. */
  measure(): Promise<StepCost>;
  /** One step. @returns its loss before the weights moved. @throws Error when the loss is not finite */
  step(): Promise<number>;
  /** The trained weights by name. */
  weights(): Promise<Map<string, Weights>>;
  /** The same, for running the network with them. */
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
    waiting = nextBatch(); // photos are decoded while the step runs
    waiting.catch(() => undefined); // who takes it is told
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
    await new Promise(setImmediate); // who wants to stop is heard between steps
    const { value, grads } = gradients(batch);
    for (const { optimizer, of } of apply ? optimizers : []) {
      if (of.length > 0)
        optimizer.applyGradients(of.map((variable) => ({ name: variable.name, tensor: grads[variable.name] })));
    }
    const [number] = await value.data();
    tf.dispose([value, grads]);
    if (!Number.isFinite(number))
      throw new Error(`the loss became ${number}: a lower learning rate than ${learningRate} may help`);
    return number;
  };

  return {
    trained,
    async measure() {
      await once(false); // kernels are compiled
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
 * @param mirrored which photos are turned left to right, as training likes it
 */
export function picturesOf(
  photos: Uint8Array[],
  { size, mean, std }: { size: number; mean: number[]; std: number[] },
  mirrored: boolean[] = [],
): Float32Array {
  const out = new Float32Array(photos.length * size * size * 3);
  photos.forEach((pixels, i) => {
    if (pixels.length !== size * size * 3)
      throw new RangeError(`photo ${i} has ${pixels.length} bytes, ${size}×${size} RGB needs ${size * size * 3}`);
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        const to = ((i * size + y) * size + (mirrored[i] ? size - 1 - x : x)) * 3;
        for (let c = 0; c < 3; c++) out[to + c] = (pixels[(y * size + x) * 3 + c] / 255 - mean[c]) / std[c];
      }
    }
  });
  return out;
}
