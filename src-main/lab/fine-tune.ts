import { readFileSync } from "node:fs";
import * as tf from "@tensorflow/tfjs-core";
import { Refusal } from "../../src-shared/refusal";
import { decode } from "../images/decode-client";
import { random } from "../math/random";
import { permutation } from "../math/shuffle";
import { readOnnxGraph } from "../vision/onnx-graph";
import { classifierOutput, type Pack } from "../vision/pack";
import { loadVisualModel } from "../vision/visual-model";
import { withWeights } from "./onnx-rewrite";
import { buildNetwork, type Layer, type Network } from "./operators/network";
import { withTemporaryPack } from "./temporary-network";
import { createTrainer, picturesOf, type StepCost } from "./train-network";

/** Hyperparameters for training a visual model's layers. */
export interface FineTuneSettings {
  /** How many of the last convolution and linear layers before the features to train, or all. */
  layers: number | "all";
  steps: number;
  /** Photos per step. */
  batch: number;
  /** Adagrad's learning rate for the network's weights. */
  learningRate: number;
  /** Adagrad's learning rate for variables trained alongside. */
  rateAlong: number;
  seed: number;
}

export interface FineTuning {
  pack: Pack;
  /** Readable photo files. */
  paths: readonly string[];
  settings: FineTuneSettings;
  along: tf.Variable[];
  /**
   * @param features `[B, D]` of a batch
   * @param photos `[B]` indices of the batch's photos
   */
  loss(features: tf.Tensor2D, photos: Int32Array): tf.Scalar;
}

export interface FineTuned {
  /** The pack's ONNX file with the trained weights. */
  file: Uint8Array;
  /** Mean loss of each step's batch. */
  losses: Float32Array;
  /** Names of the trained layers. */
  layers: string[];
  /** Largest difference of a feature or logit between ONNX Runtime, running the new file, and TensorFlow.js. */
  difference: number;
  secondsPerStep: number;
  /** Peak memory of the process, in bytes. */
  peakBytes: number;
}

/** Largest difference allowed between the two runtimes. */
const TOLERANCE = 1e-3;
/** Photos on which the runtimes are compared. */
const COMPARED = 4;

/**
 * Trains the last layers of a pack's visual model, on the current TensorFlow.js backend.
 * @param onCost receives the measured cost of a step before training starts
 * @throws Refusal `bad-layers`, `unsupported-operator`, `runtimes-differ`; the reason `signal` was aborted with; the
 *   error of a photo that can't be read
 */
export async function fineTuneNetwork(
  { pack, paths, settings, along, loss }: FineTuning,
  {
    signal,
    onCost,
    onStep,
  }: { signal?: AbortSignal; onCost?: (cost: StepCost) => void; onStep?: (step: number, loss: number) => void } = {},
): Promise<FineTuned> {
  const bytes = readFileSync(pack.visual.file);
  const network = buildNetwork(readOnnxGraph(bytes), pack.visual.input, [pack.visual.features, classifierOutput(pack)]);
  const draw = random(settings.seed);
  let waiting = new Int32Array(0);
  const nextBatch = async () => {
    if (waiting.length === 0) waiting = permutation(paths.length, draw);
    const photos = waiting.subarray(0, settings.batch);
    waiting = waiting.subarray(settings.batch);
    return {
      photos,
      pictures: await readPictures(
        pack,
        Array.from(photos, (photo) => paths[photo]),
        () => draw() < 0.5,
      ),
    };
  };
  let trainer: ReturnType<typeof createTrainer> | null = null;
  try {
    const layers = lastLayers(network, pack, settings.layers);
    trainer = createTrainer({
      network,
      layers,
      features: pack.visual.features,
      size: pack.preprocess.size,
      along,
      nextBatch,
      learningRate: settings.learningRate,
      rateAlong: settings.rateAlong,
      loss: (features, batch) => loss(features, batch.photos),
    });
    onCost?.(await trainer.measure());
    const losses = new Float32Array(settings.steps);
    const begun = performance.now();
    for (let step = 0; step < settings.steps; step++) {
      signal?.throwIfAborted();
      losses[step] = await trainer.step();
      onStep?.(step + 1, losses[step]);
    }
    const secondsPerStep = (performance.now() - begun) / 1000 / settings.steps;
    signal?.throwIfAborted();
    const file = withWeights(bytes, await trainer.weights());
    const difference = await differenceOf(pack, file, network, trainer.trained, paths.slice(0, COMPARED));
    if (!(difference <= TOLERANCE))
      throw new Refusal(
        "runtimes-differ",
        `Nothing was written: on the trained network ONNX Runtime and TensorFlow.js differ by ${difference} (tolerance ${TOLERANCE}).`,
      );
    return {
      file,
      losses,
      layers: layers.map(({ name }) => name),
      difference,
      secondsPerStep,
      peakBytes: process.resourceUsage().maxRSS * 1024,
    };
  } finally {
    trainer?.dispose();
    network.dispose();
  }
}

/** The last N layers before the features. The classifier that follows the features is not among them. */
function lastLayers(network: Network, { visual, folder }: Pack, n: number | "all"): Layer[] {
  const layers = network.layersOf(visual.features);
  const wanted = n === "all" ? layers.length : n;
  if (wanted < 1 || wanted > layers.length)
    throw new Refusal(
      "bad-layers",
      `Can’t train ${n} layers: the visual model of ${folder} has ${layers.length} before its features.`,
    );
  return layers.slice(-wanted);
}

const readPixels = (pack: Pack, paths: string[]): Promise<Uint8Array[]> =>
  Promise.all(paths.map(async (path) => (await decode(path, pack.preprocess)).pixels!));

async function readPictures(pack: Pack, paths: string[], mirrored: () => boolean): Promise<Float32Array> {
  const pixels = await readPixels(pack, paths);
  return picturesOf(pixels, { size: pack.preprocess.size, mean: pack.mean, std: pack.std }, pixels.map(mirrored));
}

async function differenceOf(
  pack: Pack,
  file: Uint8Array,
  network: Network,
  trained: ReadonlyMap<string, tf.Tensor>,
  paths: string[],
): Promise<number> {
  const pixels = await readPixels(pack, paths);
  const seen = await withTemporaryPack({ ...pack, mirror: false }, file, async (changed) => {
    const model = await loadVisualModel(changed);
    return model.embed(pixels).finally(() => model.dispose());
  });
  const { size } = pack.preprocess;
  const outputs = tf.tidy(() =>
    network.run(
      tf.tensor4d(picturesOf(pixels, { size, mean: pack.mean, std: pack.std }), [pixels.length, size, size, 3]),
      [pack.visual.features, classifierOutput(pack)],
      trained,
    ),
  );
  const [features, logits] = await Promise.all(outputs.map((output) => output.data()));
  tf.dispose(outputs);
  return Math.max(greatestDifference(seen.features, features), greatestDifference(seen.logits, logits));
}

function greatestDifference(a: Float32Array, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  let greatest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i] - b[i]);
    if (!(difference <= greatest)) greatest = difference; // true for NaN too
  }
  return greatest;
}
