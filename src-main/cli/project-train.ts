import { resolve } from "node:path";
import { Refusal } from "../../src-shared/refusal";
import { dataFolder } from "../base/data-folder";
import { defaultPack } from "../base/default-pack";
import type { JobHandle } from "../base/jobs";
import { packFolder } from "../base/resources";
import type { FitSettings } from "../devise/fit";
import { datasetPhotos, describeSkipped, nameReader } from "../evaluation/dataset-photos";
import { featurePhotos } from "../evaluation/feature-photos";
import { refuseNonEmptyFolder, trainProjection } from "../lab/train-projection";
import { readLexicon } from "../labeller/lexicon";
import { classLabelsOf } from "../labeller/pack-labels";
import { readPack } from "../vision/pack";
import { projectUnfreeze, type UnfreezeOptions } from "./project-unfreeze";
import { runJob } from "./run-job";
import { printJson } from "./session";

export interface ProjectTrainOptions extends Partial<
  Pick<FitSettings, "loss" | "violations" | "margin" | "steps" | "batch" | "learningRate" | "seed">
> {
  pack?: string;
  words?: string;
  features?: string;
  synsets?: string;
  embeddings: "words" | "random";
  holdOut: number;
  calibrate?: boolean;
  out?: string;
  json?: boolean;
  unfreeze?: UnfreezeOptions["unfreeze"];
  unfreezeSteps?: number;
  unfreezeBatch?: number;
  unfreezeRate?: number;
  validation: number;
}

/**
 * `semblance project train`: fits a pack's projection on its prototypes and, where a dataset is given, on its photos.
 */
export async function projectTrain(dataset: string | undefined, options: ProjectTrainOptions): Promise<void> {
  const {
    pack: packName,
    words,
    features,
    synsets,
    embeddings,
    holdOut,
    calibrate = false,
    out,
    json,
    unfreeze,
    unfreezeSteps,
    unfreezeBatch,
    unfreezeRate,
    validation,
    ...settings
  } = options;
  if (unfreeze !== undefined) {
    const asked = {
      "--features": features !== undefined,
      "--embeddings random": embeddings === "random",
      "--hold-out": holdOut > 0,
      "--calibrate": calibrate,
      "--loss l2": settings.loss === "l2",
    };
    const clash = Object.entries(asked).find(([, given]) => given)?.[0];
    if (clash !== undefined)
      throw new Refusal(
        "bad-training",
        `--unfreeze trains on a dataset's photos, by words and hinge loss: ${clash} does not go with it`,
      );
    return projectUnfreeze(
      dataset,
      { unfreeze, unfreezeSteps, unfreezeBatch, unfreezeRate, validation, pack: packName, words, synsets, out, json },
      settings,
    );
  }
  const home = dataFolder();
  const lexicon = readLexicon(words);
  const pack = readPack(packFolder(packName ?? defaultPack()));
  const classLabels = classLabelsOf(pack, lexicon);
  if (out !== undefined) refuseNonEmptyFolder(resolve(out));

  async function photosOf(job: JobHandle) {
    if (features !== undefined)
      return { ...featurePhotos(features, "train", pack, classLabels), source: resolve(features) };
    if (dataset === undefined) return null;
    const names = nameReader(lexicon, synsets ?? null);
    const photos = await datasetPhotos(
      dataset,
      { home, pack, classLabels, names },
      { signal: job.signal, onProgress: job.progress },
    );
    for (const line of describeSkipped(photos)) console.error(line);
    return photos;
  }
  const photos = await runJob("embed", photosOf);
  const trained = await runJob("retrain", (job) =>
    trainProjection(
      { home, lexicon, pack, classLabels },
      {
        photos,
        dataset: photos?.source ?? null,
        settings,
        embeddings,
        holdOut,
        calibrate,
        out: out === undefined ? null : resolve(out),
      },
      { signal: job.signal, onStep: (step, steps) => job.progress(step, steps) },
    ),
  );

  const { folder, trainedOn, losses, seconds, backend, withoutVector, calibration } = trained;
  if (withoutVector.length > 0)
    console.error(
      `${withoutVector.length} labels have no word vector and were left out: ${withoutVector
        .slice(0, 20)
        .map((label) => lexicon.named(label).name)
        .join(", ")}`,
    );
  if (json)
    return printJson({
      pack: pack.name,
      folder,
      ...trainedOn,
      settings: trained.settings,
      seconds,
      backend,
      calibration,
      losses: Array.from(losses, (loss) => Math.round(1e5 * loss) / 1e5),
    });
  const { loss } = trained.settings;
  console.log(
    `Fitted ${pack.name}'s projection on ${trainedOn.prototypes} prototypes and ${trainedOn.photos} photos in ${seconds.toFixed(1)} s (${backend}); ${loss} loss ${mean(losses.slice(0, 20)).toFixed(4)} at first, ${mean(losses.slice(-20)).toFixed(4)} at last.`,
  );
  for (const {
    share,
    estimated,
    photos: tried,
    error,
    interval: [low, high],
  } of calibration ?? []) {
    console.log(
      `Expected calibration error of the labels shown, cross-validated on ${tried} photos of which ${Math.round(100 * share)} % show a known class (estimated ${Math.round(100 * estimated)} %): ${error.toFixed(3)} (${low.toFixed(3)}–${high.toFixed(3)}).`,
    );
  }
  console.log(`Kept in ${folder}${out === undefined ? "; without that folder the pack goes by its own again" : ""}`);
}

const mean = (numbers: Float32Array): number => numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
