import { setImmediate } from "node:timers/promises";
import type { Job } from "../../src-shared/contract";
import { Refusal } from "../../src-shared/refusal";
import type { JobHandle, Jobs } from "../base/jobs";
import { labelNumbers, type Store } from "../store/database";
import { beginRelabelling, commitRelabelling, discardRelabelling } from "../store/label-snapshot";
import { replacePredictions } from "../store/predictions";
import { preferredPack, settingsOf } from "../store/settings";
import { trimThumbnails } from "../store/thumbnails";
import { countVerdicts } from "../store/verdicts";
import { standaloneVisualModel } from "../vision/networks";
import type { NamedPack } from "./choose-pack";
import { embedPhotos } from "./embed-photos";
import { type OpenFolder, reopenFolder } from "./open-folder";
import { type OpenLibrary } from "./open-library";
import { rerankAll } from "./rank-photos";
import { resetToBaseModel, retrain } from "./retrain";

/** Jobs that label with the current pack or learn for it. None may continue once another pack takes over. */
const LEARNING_JOBS: Job["kind"][] = ["learn", "retrain"];
const LABELLING_JOBS: Job["kind"][] = ["scan", "embed", "rank", "detect", ...LEARNING_JOBS];

export const cancelLabelling = (jobs: Jobs): Promise<void> => end(jobs, LABELLING_JOBS);

/** Cancels jobs of these kinds, including any that start when another ends. */
async function end(jobs: Jobs, kinds: Job["kind"][]): Promise<void> {
  while (jobs.list().some(({ kind, state }) => kinds.includes(kind) && (state === "running" || state === "paused"))) {
    await jobs.cancelAll(kinds);
    await setImmediate();
  }
}

/**
 * Relabels all photos with the better pack. Photos keep their labels while they are embedded, which takes long and can
 * be interrupted at any time: features stay and aren't computed again. Then the model is retrained on the new features,
 * and all labels change at once (50,000 photos in 3.5 s, during which no call is answered).
 * @returns the library with the new pack, to replace the open one; a snapshot keeps the way back to the old model and
 *   labels
 * @throws Refusal `no-upgrade` if there is no better pack, or of the pack
 */
export async function relabelWithBetterPack(
  { store, better, model }: OpenLibrary,
  job: JobHandle,
  jobs: Jobs,
): Promise<OpenFolder> {
  if (!better) throw new Refusal("no-upgrade", "The newest model is already in use.");
  await embedAll(store, better, job);
  await end(jobs, LEARNING_JOBS);
  await job.yield();
  beginRelabelling(store, model.model);
  let next: OpenFolder | null = null;
  try {
    next = await reopenFolder(store, { labelledBy: better });
    await relearn(next.library, job);
    job.phase("ranking labels");
    const rows = await rerankAll(next.library, job);
    await cancelLabelling(jobs);
    await job.yield();
    labelNumbers(store, new Set(rows.flatMap(({ labels }) => labels)));
    commitRelabelling(store, next.library.model.model, preferredPack(store) === better.from ? better.from : null);
    replacePredictions(store, next.library.model.model, rows);
    return next;
  } catch (error) {
    await next?.dispose();
    discardRelabelling(store);
    throw error;
  }
}

async function embedAll(store: Store, { pack }: NamedPack, job: JobHandle): Promise<void> {
  const model = await standaloneVisualModel(pack);
  try {
    await embedPhotos(store, pack, model, job, () => undefined);
  } finally {
    await model.dispose();
  }
  trimThumbnails(store, settingsOf(store).thumbnailMegabytes);
}

/** Retrains on the current verdicts; a model from an earlier attempt may be out of date. */
async function relearn(library: OpenLibrary, job: JobHandle): Promise<void> {
  job.phase("retraining on your verdicts");
  if (countVerdicts(library.store) > 0) await retrain(library, job, () => undefined);
  else if (library.model.kind === "retrained") await resetToBaseModel(library);
}
