import { existsSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import type { Job } from "../../src-shared/contract";
import { Refusal } from "../../src-shared/refusal";
import type { JobHandle, Jobs } from "../base/jobs";
import { closeStore, labelNumbers, openStore, realFolder, type Store } from "../store/database";
import { countToEmbed } from "../store/decoded-photos";
import { libraryDirectory } from "../store/home";
import { beginRelabelling, commitRelabelling, discardRelabelling } from "../store/label-snapshot";
import { currentModel, needsFit } from "../store/models";
import { replacePredictions } from "../store/predictions";
import { countRanked } from "../store/ranked-photos";
import { preferredPack, settingsOf } from "../store/settings";
import { trimThumbnails } from "../store/thumbnails";
import { countVerdicts } from "../store/verdicts";
import { standaloneVisualModel } from "../vision/networks";
import type { Pack } from "../vision/pack";
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
 * Relabels all photos with another pack. Photos keep their labels while they are embedded, which takes long and can be
 * interrupted at any time: features stay and aren't computed again, so that returning to a pack embeds only new photos.
 * Then the model is retrained on the new features, and all labels change at once (50,000 photos in 3.5 s, during which
 * no call is answered).
 * @param pack the pack, and what the library's settings will call it; null to follow the default
 * @returns the library with the new pack, to replace the open one; a snapshot keeps the way back to the old model and
 *   labels
 * @throws Refusal of the pack
 */
async function relabel(
  { store, model }: OpenLibrary,
  next: NamedPack,
  setting: string | null,
  job: JobHandle,
  jobs: Jobs,
): Promise<OpenFolder> {
  await embedAll(store, next, job);
  await end(jobs, LEARNING_JOBS);
  await job.yield();
  beginRelabelling(store, model.model);
  let opened: OpenFolder | null = null;
  try {
    opened = await reopenFolder(store, { labelledBy: next });
    await relearn(opened.library, job);
    job.phase("ranking labels");
    const rows = await rerankAll(opened.library, job);
    await cancelLabelling(jobs);
    await job.yield();
    labelNumbers(store, new Set(rows.flatMap(({ labels }) => labels)));
    commitRelabelling(store, opened.library.model.model, setting);
    replacePredictions(store, opened.library.model.model, rows);
    return opened;
  } catch (error) {
    await opened?.dispose();
    discardRelabelling(store);
    throw error;
  }
}

/** Relabels with the better pack, see `relabel`. @throws Refusal `no-upgrade` if there is none, or of the pack */
export async function relabelWithBetterPack(library: OpenLibrary, job: JobHandle, jobs: Jobs): Promise<OpenFolder> {
  const { store, better } = library;
  if (!better) throw new Refusal("no-upgrade", "The newest model is already in use.");
  return relabel(library, better, preferredPack(store) === better.from ? better.from : null, job, jobs);
}

/**
 * Relabels with a pack that the user chose, see `relabel`.
 * @throws Refusal `no-upgrade` if it labels the library already, or of the pack
 */
export async function relabelWithPack(
  library: OpenLibrary,
  next: NamedPack,
  job: JobHandle,
  jobs: Jobs,
): Promise<OpenFolder> {
  refuseSamePack(library, next);
  return relabel(library, next, next.from, job, jobs);
}

/** @throws Refusal `no-upgrade` if the pack, or a copy of it, labels the library already */
export function refuseSamePack({ store, pack, isPackMissing }: OpenLibrary, { pack: other }: NamedPack): void {
  const detectorsOf = ({ detection }: Pack) => detection?.detectors.map(({ id }) => id).join() ?? "";
  if (!isPackMissing && pack.visualId === other.visualId && detectorsOf(pack) === detectorsOf(other))
    throw new Refusal("no-upgrade", `${other.title} already labels the photos in ${store.folder}.`);
}

/**
 * Whether a folder's library has labels of another pack. Opens the library, and closes it again.
 * @throws Refusal of `openStore`
 */
export function isLabelledByAnother(home: string, folder: string, { pack }: NamedPack): boolean {
  if (!existsSync(libraryDirectory(home, realFolder(folder)))) return false;
  const store = openStore({ home, folder });
  try {
    const model = currentModel(store);
    return model !== null && model.visualId !== pack.visualId && countRanked(store) > 0;
  } finally {
    closeStore(store);
  }
}

async function embedAll(store: Store, { pack }: NamedPack, job: JobHandle): Promise<void> {
  if (countToEmbed(store, pack.visualId) === 0) return; // starting the network takes seconds
  const model = await standaloneVisualModel(pack);
  try {
    await embedPhotos(store, pack, model, job, () => undefined);
  } finally {
    await model.dispose();
  }
  trimThumbnails(store, settingsOf(store).thumbnailMegabytes);
}

/** Retrains on the current verdicts, unless the pack's latest model already learned from all of them. */
async function relearn(library: OpenLibrary, job: JobHandle): Promise<void> {
  if (library.model.kind === "retrained" && !needsFit(library.store)) return;
  job.phase("retraining on your verdicts");
  if (countVerdicts(library.store) > 0) await retrain(library, job, () => undefined);
  else if (library.model.kind === "retrained") await resetToBaseModel(library);
}
