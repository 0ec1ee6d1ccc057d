import { resolve } from "node:path";
import type { JobHandle, RunJob } from "../base/jobs";
import type { FitSettings } from "../devise/fit";
import { datasetPhotos, describeSkipped, nameReader } from "../evaluation/dataset-photos";
import { featurePhotos } from "../evaluation/feature-photos";
import { type PackWithWords, readPackWithWords } from "../evaluation/named-pack";
import { type TrainedProjection, trainProjection, tryProjection } from "./train-projection";

export type FitOptions = Partial<
  Pick<FitSettings, "loss" | "violations" | "margin" | "steps" | "batch" | "learningRate" | "seed">
>;

export interface DatasetFitQuery {
  /** Class folders or CSV; null fits on the prototypes alone, or on `features`. */
  dataset: string | null;
  /** A bundled pack's name or a folder. */
  pack?: string;
  /** A vocabulary's file. */
  words?: string;
  /** A folder with the pack's own training features, in place of a dataset. */
  features?: string;
  /** The table of ImageNet's synsets. */
  synsets?: string;
  embeddings: "words" | "random";
  /** Classes to hold out. */
  holdOut: number;
  calibrate: boolean;
  /** Folder for the projection; null keeps it for the pack. */
  out: string | null;
  settings: FitOptions;
}

/**
 * Fits a pack's projection on its prototypes and on labelled photos.
 * @param warn takes what was left out, a line at a time
 * @returns the projection's pack by name, and what was trained
 * @throws Refusal of `tryProjection`, `bad-dataset`, `bad-features`, `bad-training`, or of the pack or words
 */
export async function fitOnDataset(
  home: string,
  query: DatasetFitQuery,
  { run, warn }: { run: RunJob; warn: (line: string) => void },
): Promise<TrainedProjection & { pack: string }> {
  const { embeddings, holdOut, calibrate, out, settings } = query;
  const context = readPackWithWords(home, query.pack, query.words);
  if (out !== null) tryProjection(home, out, context);
  const photos = await run("embed", (job) => photosOf(context, query, job, warn));
  const trained = await run("retrain", ({ signal, progress }) =>
    trainProjection(
      context,
      { photos, dataset: photos?.source ?? null, settings, embeddings, holdOut, calibrate, out },
      { signal, onStep: (step, steps) => progress(step, steps) },
    ),
  );
  const { withoutVector } = trained;
  if (withoutVector.length > 0)
    warn(
      `${withoutVector.length} labels have no word vector and were left out: ${withoutVector
        .slice(0, LISTED_LABELS)
        .map((label) => context.lexicon.named(label).name)
        .join(", ")}`,
    );
  return { ...trained, pack: context.pack.name };
}

const LISTED_LABELS = 20;

async function photosOf(
  context: PackWithWords,
  { dataset, features, synsets }: DatasetFitQuery,
  { signal, progress }: JobHandle,
  warn: (line: string) => void,
) {
  const { pack, lexicon, classLabels } = context;
  if (features !== undefined)
    return { ...featurePhotos(features, "train", pack, classLabels), source: resolve(features) };
  if (dataset === null) return null;
  const names = nameReader(lexicon, synsets ?? null);
  const photos = await datasetPhotos(dataset, { ...context, names }, { signal, onProgress: progress });
  describeSkipped(photos).forEach((line) => warn(line));
  return photos;
}
