import { basename } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import type { LabelId } from "../../src-shared/contract";
import { Refusal } from "../../src-shared/refusal";
import type { FitData, FitSettings } from "../devise/fit";
import { fitInWorker } from "../devise/fit-in-worker";
import { meanHingeLoss } from "../devise/hinge";
import { projectRows } from "../devise/semantic-embedding";
import { startTensorFlow } from "../devise/tensorflow";
import { UNCALIBRATED } from "../devise/uncalibrated";
import type { DatasetPhotos } from "../evaluation/dataset-photos";
import { embedDataset, type EmbeddedDataset } from "../evaluation/embed-dataset";
import { settingsFor, trainingData } from "../evaluation/training-data";
import type { Lexicon } from "../labeller/lexicon";
import { readProjection, writeProjection } from "../labeller/pack-projection";
import { random } from "../math/random";
import { holdOut } from "../math/shuffle";
import { takeRows } from "../math/take-rows";
import { dot } from "../math/vectors";
import { standaloneVisualModel } from "../vision/networks";
import { classifierOutput, type Pack, readPrototypes } from "../vision/pack";
import type { VisualModel } from "../vision/visual-model";
import { fineTuneNetwork, type FineTuneSettings } from "./fine-tune";
import { jointHingeLoss } from "./joint-loss";
import { withHead } from "./onnx-rewrite";
import { convolutionStep } from "./operators/convolution-step";
import { recomputePrototypes } from "./recompute-prototypes";
import { refitClassifier } from "./refit-classifier";
import { withTemporaryPack } from "./temporary-network";
import type { StepCost } from "./train-network";
import { unfreezeCard } from "./unfreeze-card";
import type { EpochScores, Unfrozen } from "./unfrozen";
import { writePack } from "./write-pack";

export type { EpochScores };

export interface UnfreezeQuery {
  photos: DatasetPhotos;
  /** Overrides for the first stage; margin and violations apply to both stages. */
  fit: Partial<FitSettings>;
  tune: FineTuneSettings;
  /** Share of the photos to hold out for evaluation, 0..1. */
  validation: number;
  /** Output folder for the new pack. */
  out: string;
}

/** A tenth of the rate for training from scratch: the visual model should adapt, not forget. */
export const UNFREEZE: Omit<FineTuneSettings, "layers"> = {
  steps: 200,
  batch: 16,
  learningRate: 0.003,
  rateAlong: 0.1,
  seed: 1,
};

/**
 * The whole of the paper's third phase: fits M with the visual model frozen, then trains both with the same loss. The
 * result is a pack with the trained network and projection. The classifier's last layer is refitted to the new features
 * if that preserves its logits better on photos that were not used in the fit. Prototypes are recomputed from the
 * training photos of their classes; those of classes without photos move along.
 * @throws Refusal `bad-training`, of `writePack`, `bad-layers`, `unsupported-operator`, `runtimes-differ`, or the reason
 *   `signal` was aborted with; then nothing is written
 */
export async function trainUnfrozen(
  { home, lexicon, pack, classLabels }: { home: string; lexicon: Lexicon; pack: Pack; classLabels: LabelId[] },
  { photos, fit, tune, validation, out }: UnfreezeQuery,
  {
    signal,
    onFit,
    onCost,
    onStep,
  }: {
    signal?: AbortSignal;
    onFit?: (step: number, steps: number) => void;
    onCost?: (cost: StepCost, backend: string) => void;
    onStep?: (step: number, loss: number) => void;
  } = {},
): Promise<Unfrozen> {
  const {
    vocabulary: { dimensions: E, id: wordsId },
    vectorOf,
    wordnet,
  } = lexicon;
  const D = pack.dimensions;
  const prototypes = readPrototypes(pack).vectors;
  const { training, heldOut } = split(photos.labels, vectorOf, validation, tune.seed);
  const data = trainingData({
    pack,
    prototypes,
    classLabels,
    heldOut: new Set(),
    vectorOf,
    wordDimensions: E,
    wordnet,
    photos: { features: takeRows(photos.features, D, training), labels: training.map((row) => photos.labels[row]) },
  });
  const settings: FitSettings = { ...settingsFor(photos), ...fit, loss: "hinge" };
  const begun = performance.now();
  const frozen = await fitInWorker(data, settings, { signal, onStep: (step) => onFit?.(step + 1, settings.steps) });

  const rowOf = new Map(data.labels.map((label, row) => [label, row]));
  const truthOf = (photo: number) => rowOf.get(photos.labels[photo]) ?? -1;
  const backend = await startTensorFlow(convolutionStep);
  const M = tf.tidy(() => tf.variable(tf.tensor2d(frozen.M, [E, D])));
  const words = tf.tensor2d(data.words, [data.labels.length, E]);
  const draw = random(tune.seed + 1);
  try {
    const tuned = await fineTuneNetwork(
      {
        pack,
        paths: training.map((row) => photos.paths[row]),
        settings: tune,
        along: [M],
        loss: (features, batch) =>
          jointHingeLoss(
            features,
            M as tf.Tensor2D,
            words,
            data.masked!,
            {
              truths: batch.map((photo) => truthOf(training[photo])),
              rejected: batch.map(() => -1),
              size: batch.length,
              priorities: Float32Array.from({ length: batch.length * data.labels.length }, () => draw() + 1e-6),
            },
            settings,
          ),
      },
      { signal, onStep, onCost: (cost) => onCost?.(cost, backend.name) },
    );
    const after = (await M.data()).slice() as Float32Array;
    const ofRows = (rows: number[], features: Float32Array, projection: Float32Array) =>
      fitnessOf({ ...data, features: takeRows(features, D, rows), truths: Int32Array.from(rows, truthOf) }, projection);
    const measured = heldOut.filter((photo) => truthOf(photo) >= 0);
    const seen = await withTemporaryPack(pack, tuned.file, (changed) => embedWritten(changed, photos.paths, signal));
    const head = await refitClassifier(pack, photos, seen, training, heldOut);
    const renewed = recomputePrototypes(pack, photos, seen.features, training, classLabels, head?.layer ?? null);
    let unfrozen: Unfrozen | null = null;
    await writePack(
      home,
      pack,
      out,
      {
        name: basename(out),
        title: `${pack.title}, fine-tuned on ${photos.source}`,
        licence: pack.licence,
        source: `${pack.name} (${pack.source}), ${tune.layers} layers trained with hinge rank loss on ${training.length} photos`,
        visual: head?.refitted
          ? withHead(tuned.file, { ...pack.visual, logits: classifierOutput(pack) }, head.layer)
          : tuned.file,
        classes: pack.classes,
        sameFeatures: false,
      },
      async (written) => {
        await refuseOtherLogits(written, photos.paths.slice(0, COMPARED), head?.logits ?? seen.logits, signal);
        const both = (rows: number[]) => ({
          before: ofRows(rows, photos.features, frozen.M),
          after: ofRows(rows, seen.features, after),
        });
        unfrozen = {
          training: both(training),
          heldOut: measured.length > 0 ? both(measured) : null,
          sameClass: sameClass(photos.logits, head?.logits ?? seen.logits, pack.classes.length),
          head: head && {
            refitted: head.refitted,
            sameClassBefore: sameClass(photos.logits, seen.logits, pack.classes.length),
          },
          prototypes: { fromPhotos: renewed.fromPhotos, classes: pack.classes.length },
          layers: tuned.layers,
          losses: tuned.losses,
          difference: tuned.difference,
          secondsPerStep: tuned.secondsPerStep,
          peakBytes: tuned.peakBytes,
          backend,
        };
        const confidence = readProjection(pack, wordsId, E, home)?.confidence ?? UNCALIBRATED;
        const trainedOn = {
          embeddings: "words" as const,
          prototypes: data.prototypesUsed,
          photos: training.length,
          dataset: photos.source,
          heldOut: [],
        };
        const ofBoth = { ...settings, batch: tune.batch, steps: tune.steps, learningRate: tune.rateAlong };
        writeProjection(written.folder, written, wordsId, {
          M: after,
          confidence,
          settings: ofBoth,
          seconds: Math.round((performance.now() - begun) / 1000),
          trainedOn,
        });
        return { prototypes: renewed.vectors, card: unfreezeCard(pack, photos, tune, unfrozen) };
      },
    );
    return unfrozen!;
  } finally {
    tf.dispose([M, words]);
  }
}

/**
 * Splits the photos whose label has a word vector.
 * @throws Refusal `bad-training` when too few are left for training
 */
function split(
  labels: readonly LabelId[],
  vectorOf: Lexicon["vectorOf"],
  validation: number,
  seed: number,
): { training: number[]; heldOut: number[] } {
  const usable = Array.from(labels.keys()).filter((photo) => vectorOf(labels[photo]) !== null);
  const parts = holdOut(usable, Math.floor(validation * usable.length), random(seed));
  const { training } = parts;
  const different = new Set(training.map((photo) => labels[photo])).size;
  if (different < 2)
    throw new Refusal(
      "bad-training",
      `${training.length} photos of ${different} labels with a word vector are too few to train a ` +
        "visual model: at least 2 labels are needed.",
    );
  return parts;
}

function fitnessOf(data: FitData, M: Float32Array): EpochScores {
  const { dimensions: D, wordDimensions: E, features, truths, words } = data;
  const projected = projectRows(features, M, D);
  const ranks = Array.from(truths, (truth, i) => {
    const own = dot(words, truth * E, projected, i * E, E);
    let above = 0;
    for (let label = 0; label < words.length / E; label++)
      if (label !== truth && dot(words, label * E, projected, i * E, E) > own) above++;
    return above;
  });
  const hit = (k: number) => ranks.filter((rank) => rank < k).length / ranks.length;
  return { photos: truths.length, loss: meanHingeLoss(data, M), hit: { 1: hit(1), 5: hit(5) } };
}

/** Photos on which the written pack is checked. */
const COMPARED = 4;

/** @throws Refusal `runtimes-differ` when the written pack computes other logits for photos 0, 1, … than expected */
async function refuseOtherLogits(
  written: Pack,
  paths: readonly string[],
  logits: Float32Array,
  signal?: AbortSignal,
): Promise<void> {
  const seen = await embedWritten(written, paths, signal);
  const greatest = seen.logits.reduce(
    (most, logit, i) => Math.max(most, Math.abs(logit - logits[i]) / Math.max(1, Math.abs(logits[i]))),
    0,
  );
  if (!(greatest <= 1e-3))
    throw new Refusal(
      "runtimes-differ",
      `Nothing was written: the new pack’s logits differ from the fitted layer’s by ${greatest}.`,
    );
}

/** Embeds all photos with the new network. All were readable before, so a failure is an error. */
async function embedWritten(pack: Pack, paths: readonly string[], signal?: AbortSignal): Promise<EmbeddedDataset> {
  let model: Promise<VisualModel> | null = null;
  const seen = await embedDataset(
    paths,
    pack,
    { get: () => null, put: () => undefined, close: () => undefined },
    () => (model ??= standaloneVisualModel(pack)),
    { signal },
  );
  await (model as Promise<VisualModel> | null)?.then((loaded) => loaded.dispose());
  if (seen.failed.length > 0)
    throw new Refusal("bad-training", `${seen.failed[0].path} can no longer be read: ${seen.failed[0].reason}`);
  return seen;
}

function sameClass(before: Float32Array, after: Float32Array, C: number): number {
  const n = before.length / C;
  const likeliest = (logits: Float32Array, i: number) => {
    const row = logits.subarray(i * C, (i + 1) * C);
    return row.indexOf(row.reduce((a, b) => Math.max(a, b)));
  };
  return Array.from({ length: n }, (_, i) => likeliest(before, i) === likeliest(after, i)).filter(Boolean).length / n;
}
