import type { RunJob } from "../base/jobs";
import { datasetPhotos, describeSkipped, nameReader } from "../evaluation/dataset-photos";
import { readPackWithWords } from "../evaluation/named-pack";
import type { FineTuneSettings } from "./fine-tune";
import type { FitOptions } from "./fit-on-dataset";
import { PACK, tryPack } from "./own-pack";
import type { StepCost } from "./train-network";
import { trainUnfrozen } from "./unfreeze";
import type { Unfrozen } from "./unfrozen";

export interface DatasetUnfreezeQuery {
  /** Class folders or CSV. */
  dataset: string;
  /** A bundled pack's name or a folder. */
  pack?: string;
  /** A vocabulary's file. */
  words?: string;
  /** The table of ImageNet's synsets. */
  synsets?: string;
  /** Folder of the new pack. */
  out: string;
  fit: FitOptions;
  tune: FineTuneSettings;
  /** Share of the photos that is held out, 0..1. */
  validation: number;
}

/**
 * Fits the projection on a dataset, then trains the visual model's last layers jointly; writes a new pack.
 * @param warn   takes what was left out, a line at a time
 * @param onCost is called after one timed step, before the others
 * @returns the pack that was trained by name, and how it changed
 * @throws Refusal `bad-dataset`, or of `trainUnfrozen`, the pack or the words
 */
export async function unfreezeOnDataset(
  home: string,
  { dataset, pack: packName, words, synsets, out, fit, tune, validation }: DatasetUnfreezeQuery,
  {
    run,
    warn,
    onCost,
  }: { run: RunJob; warn: (line: string) => void; onCost: (cost: StepCost, backend: string) => void },
): Promise<Unfrozen & { pack: string }> {
  const context = readPackWithWords(home, packName, words);
  tryPack({ home, folder: out, format: PACK }, context.pack);
  const photos = await run("embed", ({ signal, progress }) =>
    datasetPhotos(
      dataset,
      { ...context, names: nameReader(context.lexicon, synsets ?? null) },
      { signal, onProgress: progress },
    ),
  );
  describeSkipped(photos).forEach((line) => warn(line));
  const trained = await run("retrain", ({ signal, progress }) =>
    trainUnfrozen(
      context,
      { photos, fit, tune, validation, out },
      { signal, onStep: (step) => progress(step, tune.steps), onCost },
    ),
  );
  return { ...trained, pack: context.pack.name };
}
