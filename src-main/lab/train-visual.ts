import { readFileSync } from "node:fs";
import { basename } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import { Refusal } from "../../src-shared/refusal";
import { startTensorFlow } from "../devise/tensorflow";
import { type Dataset, readDataset } from "../evaluation/dataset";
import { embedDataset, type EmbeddedDataset } from "../evaluation/embed-dataset";
import { type EmbeddingCache, openEmbeddingCache } from "../evaluation/embedding-cache";
import { random } from "../math/random";
import { takeRows } from "../math/take-rows";
import { standaloneVisualModel } from "../vision/networks";
import { classifierOutput, type Pack } from "../vision/pack";
import type { VisualModel } from "../vision/visual-model";
import { classesOf, classKey, holdOutByClass, refuseSmallClasses } from "./class-photos";
import { fineTuneNetwork, type FineTuneSettings } from "./fine-tune";
import { withHead } from "./onnx-rewrite";
import { convolutionStep } from "./operators/convolution-step";
import { PACK, tryPack } from "./own-pack";
import { type ClassPhotos, type HeadSettings, type TrainedHead, trainSoftmaxHead } from "./softmax-head";
import { withTemporaryPack } from "./temporary-network";
import type { StepCost } from "./train-network";
import type { TrainedVisual, VisualQuery } from "./trained-visual";
import { HEAD } from "./training-defaults";
import { visualCard } from "./visual-card";
import { writePack } from "./write-pack";

export interface VisualListeners {
  signal?: AbortSignal;
  onPhotos?: (done: number, total: number) => void;
  onCost?: (cost: StepCost, backend: string) => void;
  onStep?: (step: number, loss: number) => void;
  onEpoch?: (epoch: number, loss: number) => void;
}

/**
 * The paper's baseline: a softmax classifier on a pack's features, or, with the whole network, trained end to end. The
 * result is a pack.
 * @throws Refusal `bad-dataset`, of `tryPack`, `no-gpu`, `runtimes-differ`, or the reason `signal` was aborted with;
 *   then nothing is written
 */
export async function trainVisual(
  home: string,
  pack: Pack,
  query: VisualQuery,
  listeners: VisualListeners = {},
): Promise<TrainedVisual> {
  tryPack({ home, folder: query.out, format: PACK }, pack);
  const dataset = await readDataset(query.dataset);
  const named = classesOf(dataset);
  const cache = openEmbeddingCache(home, pack.visualId, pack.dimensions, pack.classes.length);
  const seen = await look(pack, dataset, cache, listeners).finally(() => cache.close());
  const photos = seen.rows.map((row) => ({
    path: dataset.files[row].path,
    truth: named.indexOf(classKey(dataset.files[row])),
  }));
  const truths = Int32Array.from(photos, ({ truth }) => truth);
  refuseSmallClasses(dataset, named, truths, seen.failed);
  const { training, heldOut } = holdOutByClass(truths, named.length, query.validation, query.seed);
  const backend = await startTensorFlow(query.whole ? convolutionStep : undefined);
  const draw = random(query.seed);
  const settings: HeadSettings = { ...HEAD, epochs: query.epochs };
  const headOf = (features: Float32Array) =>
    trainSoftmaxHead(
      of(features, truths, training),
      of(features, truths, heldOut),
      named.length,
      settings,
      draw,
      async (epoch, loss) => {
        listeners.onEpoch?.(epoch, loss);
        await new Promise(setImmediate);
        listeners.signal?.throwIfAborted();
      },
    );
  let head = await headOf(seen.features);
  let [features, network] = [seen.features, new Uint8Array(readFileSync(pack.visual.file))];
  if (query.whole) {
    refuseSlow(backend.name);
    const tuned = await tuneWhole(
      pack,
      photos,
      training,
      head,
      { ...query.whole, layers: "all", seed: query.seed },
      backend.name,
      listeners,
    );
    network = new Uint8Array(tuned.file);
    features = await withTemporaryPack(
      pack,
      network,
      async (changed) =>
        (
          await look(
            changed,
            { ...dataset, files: photos.map(({ path }) => ({ path, name: "", wnid: null })) },
            FORGETFUL,
            listeners,
          )
        ).features,
    );
    head = await headOf(features);
  }
  const classes = named.map((key, c) => {
    const { name, wnid } = dataset.files.find((file) => classKey(file) === key)!;
    return { name, wnid, photos: training.filter((row) => truths[row] === c).length };
  });
  const right = heldOut.filter((row) => likeliest(head, features, row) === truths[row]).length;
  const result: TrainedVisual = {
    classes,
    training: training.length,
    failed: seen.failed,
    epoch: head.epoch,
    losses: head.losses,
    backend: backend.name,
    heldOut: { photos: heldOut.length, accuracy: right / heldOut.length, interval: wilson(right, heldOut.length) },
  };
  listeners.signal?.throwIfAborted();
  await writePack(
    home,
    pack,
    query.out,
    {
      name: basename(query.out),
      title: `${classes.length} classes of ${basename(dataset.source)}`,
      licence: pack.licence,
      source:
        `${pack.name} (${pack.source}), ` +
        `${query.whole ? "all layers trained" : "with a new last layer"} on ${training.length} photos ` +
        `of ${basename(dataset.source)}`,
      visual: withHead(network, { ...pack.visual, logits: classifierOutput(pack) }, head),
      classes,
      sameFeatures: !query.whole,
    },
    async (written) => {
      await refuseOther(
        written,
        head,
        photos.slice(0, 4).map(({ path }) => path),
        features,
      );
      return {
        prototypes: meansOf(features, truths, training, classes.length, pack.dimensions),
        card: visualCard(pack, dataset.source, result, settings, query),
      };
    },
  );
  return result;
}

const FORGETFUL: EmbeddingCache = { get: () => null, put: () => undefined, close: () => undefined };

async function look(
  pack: Pack,
  dataset: Dataset,
  cache: EmbeddingCache,
  { signal, onPhotos }: VisualListeners,
): Promise<EmbeddedDataset> {
  let model: Promise<VisualModel> | null = null;
  try {
    return await embedDataset(
      dataset.files.map(({ path }) => path),
      pack,
      cache,
      () => (model ??= standaloneVisualModel(pack)),
      { signal, onProgress: onPhotos },
    );
  } finally {
    await (model as Promise<VisualModel> | null)?.then(
      (loaded) => loaded.dispose(),
      () => undefined,
    ); // a load error was thrown above
  }
}

const of = (features: Float32Array, truths: Int32Array, rows: number[]): ClassPhotos => ({
  features: takeRows(features, features.length / truths.length, rows),
  truths: Int32Array.from(rows, (row) => truths[row]),
});

function refuseSlow(backend: string): void {
  if (/webgpu|tensorflow$/.test(backend) || process.env.SEMBLANCE_TENSORFLOW) return;
  throw new Refusal(
    "no-gpu",
    `Training the whole network needs a GPU or native TensorFlow, but only ${backend} is available. ` +
      "Leave out --whole, or force it with SEMBLANCE_TENSORFLOW=wasm.",
  );
}

/** Cross entropy through all layers. */
async function tuneWhole(
  pack: Pack,
  photos: { path: string; truth: number }[],
  training: number[],
  head: TrainedHead,
  settings: FineTuneSettings,
  backend: string,
  { signal, onCost, onStep }: VisualListeners,
) {
  const [C, D] = [head.bias.length, pack.dimensions];
  const weights = tf.tidy(() => tf.variable(tf.tensor2d(head.weights, [C, D])));
  const bias = tf.tidy(() => tf.variable(tf.tensor1d(head.bias)));
  try {
    return await fineTuneNetwork(
      {
        pack,
        settings,
        along: [weights, bias],
        paths: training.map((row) => photos[row].path),
        loss: (features, batch) =>
          softmaxLoss(
            tf.add(tf.matMul(features, weights as tf.Tensor2D, false, true), bias) as tf.Tensor2D,
            batch.map((photo) => photos[training[photo]].truth),
          ),
      },
      { signal, onStep, onCost: (cost) => onCost?.(cost, backend) },
    );
  } finally {
    tf.dispose([weights, bias]);
  }
}

/** Mean cross entropy of `[B, C]` logits, with its gradient `p − 1[truth]`. */
function softmaxLoss(logits: tf.Tensor2D, truths: Int32Array): tf.Scalar {
  const loss = tf.customGrad((...inputs) => {
    const [x, save] = inputs as unknown as [tf.Tensor2D, tf.GradSaveFunc];
    const wanted = tf.cast(tf.oneHot(tf.tensor1d(truths, "int32"), x.shape[1]), "float32");
    const p = tf.softmax(x);
    save([tf.div(tf.sub(p, wanted), truths.length)]);
    const value = tf.neg(tf.mean(tf.log(tf.add(tf.sum(tf.mul(p, wanted), 1), 1e-12))));
    return { value, gradFunc: (dy, [slope]) => tf.mul(slope, dy as tf.Scalar) };
  });
  return loss(logits) as tf.Scalar;
}

function likeliest({ weights, bias }: TrainedHead, features: Float32Array, row: number): number {
  const logits = logitsOf({ weights, bias }, features, row);
  return logits.indexOf(Math.max(...logits));
}

function logitsOf(
  { weights, bias }: Pick<TrainedHead, "weights" | "bias">,
  features: Float32Array,
  row: number,
): number[] {
  const D = weights.length / bias.length;
  return Array.from(bias, (b, c) => {
    let sum = b;
    for (let d = 0; d < D; d++) sum += weights[c * D + d] * features[row * D + d];
    return sum;
  });
}

/** 95% interval of a proportion (Wilson 1927). */
function wilson(right: number, n: number): [number, number] {
  const z = 1.96;
  const [p, square] = [right / n, (z * z) / n];
  const half = z * Math.sqrt((p * (1 - p)) / n + square / (4 * n));
  return [(p + square / 2 - half) / (1 + square), (p + square / 2 + half) / (1 + square)];
}

/**
 * @throws Refusal `runtimes-differ` when the written pack computes other logits for photos 0, 1, … than the trained
 *   layer
 */
async function refuseOther(written: Pack, head: TrainedHead, paths: string[], features: Float32Array): Promise<void> {
  const { logits } = await look(
    written,
    { source: "", skipped: [], files: paths.map((path) => ({ path, name: "", wnid: null })) },
    FORGETFUL,
    {},
  );
  const C = head.bias.length;
  let greatest = 0;
  paths.forEach((_, i) =>
    logitsOf(head, features, i).forEach((logit, c) => {
      greatest = Math.max(greatest, Math.abs(logit - logits[i * C + c]) / Math.max(1, Math.abs(logit)));
    }),
  );
  if (!(greatest <= 1e-3))
    throw new Refusal(
      "runtimes-differ",
      `Nothing was written: the new pack’s logits differ from the trained layer’s by ${greatest}.`,
    );
}

/** Mean feature of each class's training photos, `[C, D]`. */
function meansOf(features: Float32Array, truths: Int32Array, training: number[], C: number, D: number): Float32Array {
  const means = new Float32Array(C * D);
  const counts = new Int32Array(C);
  for (const row of training) counts[truths[row]]++;
  for (const row of training)
    for (let d = 0; d < D; d++) means[truths[row] * D + d] += features[row * D + d] / counts[truths[row]];
  return means;
}
