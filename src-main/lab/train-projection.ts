import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { LabelId } from "../../src-shared/contract";
import { Refusal } from "../../src-shared/refusal";
import { type OwnFolder, tryFolder, writeFolder } from "../base/write-folder";
import type { FitSettings } from "../devise/fit";
import { fitInWorker } from "../devise/fit-in-worker";
import { UNCALIBRATED } from "../devise/uncalibrated";
import { calibratePack, type CalibrationScore, type PackCalibration } from "../evaluation/calibrate-pack";
import { type FeatureSet } from "../evaluation/feature-set";
import { cachedFit } from "../evaluation/fit-cache";
import type { PackWithWords } from "../evaluation/named-pack";
import {
  heldOutLabels,
  type LabelledFeatures,
  settingsFor,
  trainingData,
  withRandomWords,
} from "../evaluation/training-data";
import type { Lexicon } from "../labeller/lexicon";
import {
  type Fit,
  localProjectionFolder,
  photoFittedProjection,
  readProjection,
  type TrainingRecord,
  writeProjection,
} from "../labeller/pack-projection";
import { packSpace } from "../labeller/pack-space";
import { takeRows } from "../math/take-rows";
import { readClassifierHead } from "../vision/classifier-head";
import { classifierOutput, type Pack, readPrototypes } from "../vision/pack";

export interface ProjectionQuery {
  photos: LabelledFeatures | null;
  /** Where the photos come from, for the record. */
  dataset: string | null;
  settings: Partial<FitSettings>;
  embeddings: "words" | "random";
  /** Number of classes to hold out. */
  holdOut: number;
  /**
   * Whether to fit confidences too, on the photos, holding out a fifth of the classes at a time. Takes as long as five
   * more fits.
   */
  calibrate: boolean;
  /** Output folder; null installs the projection for the pack, so that libraries opened from now on use it. */
  out: string | null;
}

export interface TrainedProjection {
  folder: string;
  trainedOn: TrainingRecord;
  settings: FitSettings;
  losses: Float32Array;
  seconds: number;
  backend: string;
  /**
   * Calibration error of the labels shown, cross-validated, for several shares of photos of known classes; null when
   * confidences were not fitted.
   */
  calibration: CalibrationScore[] | null;
  withoutVector: LabelId[];
}

/**
 * The first stage of the paper's third phase: fits M with the visual model frozen. Nothing is written until the fit has
 * succeeded.
 * @throws Refusal `bad-training`, or the reason `signal` was aborted with
 */
export async function trainProjection(
  { home, lexicon, pack, classLabels }: { home: string; lexicon: Lexicon; pack: Pack; classLabels: LabelId[] },
  { photos, dataset, settings, embeddings, holdOut, calibrate, out }: ProjectionQuery,
  { signal, onStep }: { signal?: AbortSignal; onStep?: (step: number, steps: number, loss: number) => void } = {},
): Promise<TrainedProjection> {
  if (out === null && (embeddings === "random" || holdOut > 0)) {
    throw new Refusal(
      "bad-training",
      "A projection " +
        `${embeddings === "random" ? "onto random embeddings" : `with ${holdOut} classes held out`} is ` +
        "for comparison only and labels photos worse. Write it to a folder with --out.",
    );
  }
  const {
    vocabulary: { dimensions: E, id: wordsId },
    vectorOf,
    wordnet,
  } = lexicon;
  const better = out === null && photos === null ? photoFittedProjection(pack, wordsId, home) : null;
  if (better !== null) {
    throw new Refusal(
      "bad-training",
      `${pack.name} has a better projection, in ${better}, than ${pack.classes.length} prototypes ` +
        "can give. Add a dataset of photos to fit on, or write this one to a folder with --out.",
    );
  }
  const chosen: FitSettings = { ...settingsFor(photos), ...settings };
  const heldOut = heldOutLabels(classLabels, holdOut, chosen.seed);
  const byWords = trainingData({
    pack,
    prototypes: readPrototypes(pack).vectors,
    classLabels,
    photos,
    heldOut: new Set(heldOut),
    vectorOf,
    wordDimensions: E,
    wordnet,
  });
  const data = embeddings === "random" ? withRandomWords(byWords, chosen.seed) : byWords;
  const begun = performance.now();
  const { M, losses, backend } = await fitInWorker(data, chosen, {
    signal,
    onStep: (step, loss) => onStep?.(step + 1, chosen.steps, loss),
  });
  if (!M.every(Number.isFinite))
    throw new Refusal(
      "bad-training",
      `The fit diverged at learning rate ${chosen.learningRate}: the loss is ${losses.at(-1)} after ${chosen.steps} steps.`,
    );
  const seconds = Math.round((performance.now() - begun) / 100) / 10;
  const trainedOn: TrainingRecord = {
    embeddings,
    prototypes: data.prototypesUsed,
    photos: data.photosUsed,
    dataset,
    heldOut,
  };
  const folder = out ?? localProjectionFolder(home, pack, wordsId);
  const calibration = calibrate
    ? await calibrateOn({ home, lexicon, pack, classLabels }, photos, chosen, { signal, onStep })
    : null;
  // Otherwise the pack's calibration stays: it hardly depends on the fit, because embeddings are compared at unit
  // length.
  const confidence = calibration?.confidence ?? readProjection(pack, wordsId, E, home)?.confidence ?? UNCALIBRATED;
  const scores = calibration ? { calibration: calibration.scores } : undefined;
  const write = (into: string) =>
    writeProjection(into, pack, wordsId, { M, confidence, settings: chosen, seconds, trainedOn, scores });
  if (out === null) write(folder);
  else await writeFolder({ home, folder, format: PROJECTION }, write);
  return {
    folder,
    trainedOn,
    settings: chosen,
    losses,
    seconds,
    backend: backend.name,
    withoutVector: data.withoutVector,
    calibration: calibration?.scores ?? null,
  };
}

/** Photos needed to fit confidences; with fewer, the bins hold too few labels. */
const MIN_PHOTOS = 200;
/** Maximum steps of each of the five fits. */
const FOLD_STEPS = 500;

/** @throws Refusal `bad-training` when there are too few photos of the pack's classes */
async function calibrateOn(
  { home, lexicon, pack, classLabels }: { home: string; lexicon: Lexicon; pack: Pack; classLabels: LabelId[] },
  photos: LabelledFeatures | null,
  settings: FitSettings,
  { signal, onStep }: { signal?: AbortSignal; onStep?: (step: number, steps: number, loss: number) => void },
): Promise<PackCalibration> {
  const D = pack.dimensions;
  const classOf = new Map(classLabels.map((label, c) => [label, c]));
  const rows = (photos?.labels ?? [])
    .map((label, row) => ({ row, c: classOf.get(label) }))
    .filter((each) => each.c !== undefined);
  if (!photos || rows.length < MIN_PHOTOS)
    throw new Refusal(
      "bad-training",
      `Can’t fit confidences: ${rows.length} photos show the pack's classes, at least ${MIN_PHOTOS} are needed.`,
    );
  const set: FeatureSet = {
    features: takeRows(
      photos.features,
      D,
      rows.map(({ row }) => row),
    ),
    classes: Int32Array.from(rows, ({ c }) => c!),
  };
  const fit: Fit = (part, partly) =>
    fitInWorker(part, partly, { signal, onStep: (step, loss) => onStep?.(step + 1, partly.steps, loss) });
  return calibratePack(
    {
      dimensions: D,
      space: packSpace(pack),
      classLabels,
      lexicon,
      train: set,
      validation: set,
      withPrototypes: true,
      prototypes: readPrototypes(pack).vectors,
      head: readClassifierHead(pack.visual.file, classifierOutput(pack), classLabels.length, D),
      labels: lexicon.labelSet("everyday", classLabels).labels,
    },
    { ...settings, steps: Math.min(FOLD_STEPS, settings.steps) },
    async (part, partly) => {
      signal?.throwIfAborted();
      return cachedFit(home, part, partly, fit); // an interrupted calibration resumes from here
    },
    () => undefined,
  );
}

const PROJECTION_FILES = ["projection.json", "projection.f32"];
const described = z.looseObject({ words: z.string(), visual: z.string(), settings: z.looseObject({}) });

const PROJECTION: OwnFolder = {
  name: "a projection",
  isOurs: (folder, files) =>
    files.every((name) => PROJECTION_FILES.includes(name)) &&
    files.includes("projection.json") &&
    described.safeParse(parsed(readFileSync(join(folder, "projection.json"), "utf8"))).success,
};

/** Undefined for text that isn't JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/**
 * Finds out before training whether a projection could be written to a folder.
 * @throws Refusal of `tryFolder`
 */
export const tryProjection = (
  home: string,
  folder: string,
  { pack, lexicon }: Pick<PackWithWords, "pack" | "lexicon">,
) => tryFolder({ home, folder, format: PROJECTION }, 4 * pack.dimensions * lexicon.vocabulary.dimensions);
