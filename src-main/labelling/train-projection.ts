import { existsSync } from "node:fs";
import { fitInWorker } from "../devise/fit-in-worker";
import type { FitSettings } from "../devise/fit";
import { type Pack, readPrototypes } from "../vision/pack";
import type { Lexicon } from "./lexicon";
import { keptFolder, readProjection, type TrainedOn, writeProjection } from "./pack-projection";
import { UNCALIBRATED } from "./calibrate";
import { heldOutLabels, type LabelledFeatures, settingsFor, trainingData, withRandomWords } from "./training-data";
import type { LabelId } from "../../src-preload/contract";
import { Refusal } from "../refusal";

export interface ProjectionQuery {
  photos: LabelledFeatures | null;
  /** Where the photos are from, for the record. */
  dataset: string | null;
  settings: Partial<FitSettings>;
  embeddings: "words" | "random";
  /** So many classes are held out of the fit. */
  holdOut: number;
  /** A folder of its own; null keeps the projection for the pack, so that folders opened from now on are labelled with it. */
  out: string | null;
}

export interface TrainedProjection {
  folder: string;
  trainedOn: TrainedOn;
  settings: FitSettings;
  losses: Float32Array;
  seconds: number;
  backend: string;
  withoutVector: LabelId[];
}

/**
 * The first stage of the paper's third phase: fits M with the visual model frozen. Nothing is written before it has come out.
 * @throws Refusal `bad-training`, or what `signal` was aborted with
 */
export async function trainProjection(
  { home, lexicon, pack, classLabels }: { home: string; lexicon: Lexicon; pack: Pack; classLabels: LabelId[] },
  { photos, dataset, settings, embeddings, holdOut, out }: ProjectionQuery,
  { signal, onStep }: { signal?: AbortSignal; onStep?: (step: number, steps: number, loss: number) => void } = {},
): Promise<TrainedProjection> {
  if (out === null && (embeddings === "random" || holdOut > 0)) {
    throw new Refusal("bad-training", `a projection ${embeddings === "random" ? "onto random embeddings" : `that ${holdOut} classes were held out of`} is for comparisons and would label photos worse: give it a folder with --out`);
  }
  const { vocabulary: { dimensions: E, id: wordsId }, vectorOf, wordnet } = lexicon;
  const chosen: FitSettings = { ...settingsFor(photos), ...settings };
  const heldOut = heldOutLabels(classLabels, holdOut, chosen.seed);
  const byWords = trainingData({ pack, prototypes: readPrototypes(pack).vectors, classLabels, photos, heldOut: new Set(heldOut), vectorOf, wordDimensions: E, wordnet });
  const data = embeddings === "random" ? withRandomWords(byWords, chosen.seed) : byWords;
  const begun = performance.now();
  const { M, losses, backend } = await fitInWorker(data, chosen, { signal, onStep: (step, loss) => onStep?.(step + 1, chosen.steps, loss) });
  if (!M.every(Number.isFinite)) throw new Refusal("bad-training", `the fit came apart at learning rate ${chosen.learningRate}: its loss is ${losses.at(-1)} after ${chosen.steps} steps`);
  const seconds = Math.round((performance.now() - begun) / 100) / 10;
  const trainedOn: TrainedOn = { embeddings, prototypes: data.prototypesUsed, photos: data.photosUsed, dataset, heldOut };
  const folder = out ?? keptFolder(home, pack, wordsId);
  // How sure evidence makes a label hardly depends on the fit: places are compared at unit length.
  const confidence = readProjection(pack, wordsId, E, home)?.confidence ?? UNCALIBRATED;
  writeProjection(folder, pack, wordsId, { M, confidence, settings: chosen, seconds, trainedOn });
  return { folder, trainedOn, settings: chosen, losses, seconds, backend: backend.name, withoutVector: data.withoutVector };
}

/** @throws Refusal `bad-training` where a folder holds something else than a projection */
export function refuseOccupied(out: string): void {
  if (existsSync(out) && !existsSync(`${out}/projection.json`)) throw new Refusal("bad-training", `${out} is there already and holds no projection`);
}
