import type { Job, JobId, PhotoId } from "../../src-shared/contract";
import { formatCount } from "../../src-shared/format-count";
import type { JobHandle, Jobs } from "../base/jobs";
import { readSidecars } from "../folder/read-sidecars";
import { scan } from "../folder/scan";
import type { ScanScope } from "../folder/watch";
import { countToEmbed } from "../store/decoded-photos";
import { countFeatures } from "../store/features";
import { countWithoutMetadata } from "../store/metadata";
import { settingsOf } from "../store/settings";
import { trimThumbnails } from "../store/thumbnails";
import type { VisualModel } from "../vision/visual-model";
import type { DetectionScheduler } from "./detection-scheduler";
import { embedPhotos } from "./embed-photos";
import { extractMetadata } from "./extract-metadata";
import type { FolderWatcher } from "./folder-watcher";
import { addWaitingNotice } from "./missing-pack";
import { haveMyKeywordsChanged } from "./my-keywords";
import { namePlaces } from "./name-places";
import { type OpenLibrary } from "./open-library";
import { reloadRanker, updateLibraryPrior } from "./prepare-library";
import { labelPhotos, rankPhotos } from "./rank-photos";
import { noteUnreadableSidecars } from "./sidecar-notice";

/** The networks of an open folder. */
export interface VisionModels {
  /** The visual model, loaded on first use. */
  visual(): Promise<VisualModel>;
  objects: DetectionScheduler;
}

/** The jobs that label a folder. */
export interface FolderJobs {
  scan: JobId;
  /** The scan once it has ended. */
  scanned: Promise<Job>;
  /** Resolves once new photos have their first labels, with the embedding job; null if no photo was new. */
  embedded: Promise<Job | null>;
  /** Resolves when all jobs have ended, successfully or not. */
  finished: Promise<void>;
}

/**
 * Starts the jobs that label a folder: adds known photos to the semantic index, scans the folder, and while that runs
 * embeds and labels new photos, with detectors following. If a job is cancelled, everything stored so far stays.
 * @param earlier jobs that already run on the folder: this scan starts after theirs, and no photo is embedded twice
 * @param scope scans only these folders, and doesn't rank, because all photos are already in the semantic index
 */
export function labelFolder(
  library: OpenLibrary,
  jobs: Jobs,
  { visual, objects }: VisionModels,
  watcher: FolderWatcher,
  { earlier = null, scope }: { earlier?: FolderJobs | null; scope?: ScanScope } = {},
): FolderJobs {
  const { store, pack } = library;
  objects.beginScan(jobs, watcher);
  let scanning = true;
  /** Files per millisecond. */
  let pace = 0;
  let embedding: Promise<Job> | null = null;
  let waiting = earlier !== null;
  const embedNew = () => {
    if (waiting || countToEmbed(store, pack.visualId) === 0) return;
    if (library.isPackMissing) return addWaitingNotice(library);
    embedding ??= jobs.run("embed", (job) =>
      embedUntil(
        library,
        { visual, objects },
        job,
        { more: () => scanning, quick: () => scanning && pace >= FAST_SCAN_FILES_PER_MS },
        watcher,
      ),
    ).finished;
  };
  const ranked =
    scope === undefined && countFeatures(store, pack.visualId) > 0
      ? jobs.run("rank", (job) => rankAll(library, job, watcher)).finished
      : null;
  const scanned = jobs.run("scan", async (job) => {
    let files = 0;
    await earlier?.scanned;
    await job.yield();
    const begun = performance.now();
    for await (const batch of scan(store, { signal: job.signal, scope })) {
      files = batch.files;
      pace = files / (performance.now() - begun);
      job.progress(files, 0);
      if (batch.photos.length > 0) watcher.changed(batch.photos);
      embedNew();
      await job.yield();
    }
    scanning = false;
    embedNew();
    const sidecars = await readSidecars(store, { signal: job.signal, scope });
    if (sidecars.changed.length > 0) watcher.changed(sidecars.changed);
    noteUnreadableSidecars(library, sidecars.unreadable);
    return formatCount(files, "file");
  });
  const embedded = async () => {
    const { state } = await scanned.finished;
    scanning = false; // also after a cancelled or failed scan
    const before = await earlier?.embedded;
    waiting = false;
    // photos that were found too late for the earlier job
    if (earlier && state === "done" && before?.state !== "cancelled") embedNew();
    return embedding;
  };
  const work = embedded();
  const rankAgain = () => jobs.run("rank", (job) => rankAll(library, job, watcher)).finished;
  const takeNewKeywords = async (): Promise<boolean> => {
    const haveChanged = haveMyKeywordsChanged(library);
    if (haveChanged) await reloadRanker(library);
    return haveChanged;
  };
  // Once all photos are known, the library's keywords and its prior may differ, and confidences with them.
  const settled = work.then(async (looked) => {
    if (looked?.state !== "done") return;
    const isNew = await takeNewKeywords();
    if (updateLibraryPrior(library) || isNew) await rankAgain();
  });
  const undisturbed = work.then(
    async (looked) => (await scanned.finished).state === "done" && (looked === null || looked.state === "done"),
  );
  const asked = undisturbed.then(async (is) => {
    if (!is || countWithoutMetadata(store) === 0) return;
    await jobs.run("exif", (job) => extractMetadata(store, job)).finished;
    if (await takeNewKeywords()) await rankAgain();
  });
  const placed = asked.then(() => namePlaces(library, () => !store.db.open));
  const found = undisturbed.then((is) => {
    if (is) objects.begin();
    return objects.settled();
  });
  return {
    scan: scanned.job,
    scanned: scanned.finished,
    embedded: work,
    finished: Promise.all([settled, ranked, placed, found]).then(() => undefined),
  };
}

/**
 * Labels all photos that the current model hasn't labelled.
 * @param first photos to label first
 * @param onFirst called when those are labelled, see `rankPhotos`
 */
export async function rankAll(
  library: OpenLibrary,
  job: JobHandle,
  watcher: FolderWatcher,
  first?: () => PhotoId[],
  onFirst?: () => void,
): Promise<string> {
  const labelled = await rankPhotos(library, job, (photos) => watcher.changed(photos), first, onFirst);
  return `${formatCount(labelled, "photo")} labelled`;
}

/** How often to check for new photos while a scan runs. */
const POLL_MS = 100;
/** Embedding waits this long for a fast scan, in milliseconds, so that a large import shows all its photos first. */
const HEAD_START_MS = 2000;
/** Files per millisecond. A slower scan reads large files, and the first labels needn't wait for it. */
const FAST_SCAN_FILES_PER_MS = 1;

/** State of the scan that embedding follows: whether it still runs, and whether it is about to finish. */
interface Scanning {
  more(): boolean;
  quick(): boolean;
}

async function embedUntil(
  library: OpenLibrary,
  { visual, objects }: VisionModels,
  job: JobHandle,
  { more, quick }: Scanning,
  watcher: FolderWatcher,
): Promise<string> {
  const begun = performance.now();
  const model = await visual();
  while (quick() && performance.now() - begun < HEAD_START_MS) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    await job.yield();
  }
  let [embedded, failed] = [0, 0];
  for (;;) {
    const waitForMore = more(); // checked before embedding, so that photos found meanwhile aren't missed
    await library.ranker.index(); // retraining may have replaced the ranker
    const round = await whileDecoding(objects, () =>
      embedPhotos(
        library.store,
        library.pack,
        model,
        job,
        (photos, output) => {
          labelPhotos(library, photos, output);
          watcher.changed(photos);
        },
        { before: embedded + failed, objects, tower: library.tower },
      ),
    );
    embedded += round.embedded;
    failed += round.failed;
    if (!waitForMore) break;
    if (more()) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    await job.yield();
  }
  trimThumbnails(library.store, settingsOf(library.store).thumbnailMegabytes);
  return `${embedded} labelled${failed > 0 ? `, ${failed} couldn’t be read` : ""}`;
}

async function whileDecoding<T>(objects: DetectionScheduler, work: () => Promise<T>): Promise<T> {
  let isDone = false;
  objects.decoding();
  try {
    const result = await work();
    isDone = true;
    return result;
  } finally {
    objects.decoded(isDone);
  }
}
