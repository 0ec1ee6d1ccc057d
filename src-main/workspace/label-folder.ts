import type { Job, JobId, PhotoId } from "../../src-shared/contract";
import { formatCount } from "../../src-shared/format-count";
import type { JobHandle, Jobs } from "../base/jobs";
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
import { type OpenLibrary } from "./open-library";
import { updateLibraryPrior } from "./prepare-library";
import { labelPhotos, rankPhotos } from "./rank-photos";

/** What looks at the photos of an open folder. */
export interface VisionModels {
  /** The visual model, loaded on first use. */
  visual(): Promise<VisualModel>;
  objects: DetectionScheduler;
}

/** What labelling a folder started. */
export interface FolderJobs {
  scan: JobId;
  /** The scan as it ended. */
  scanned: Promise<Job>;
  /**
   * Resolves when no photo is being looked at for its first labels any more, with that job; null where no photo was
   * new.
   */
  embedded: Promise<Job | null>;
  /** Resolves when all its jobs have ended, however they did. */
  finished: Promise<void>;
}

/**
 * Everything between a folder and its labels, as jobs: known photos find their places among the words, the folder is
 * scanned, and
 * new photos are looked at while the scan still runs, by the visual model first and by detectors behind it. What was
 * stored stays when a
 * job is cancelled.
 * @param earlier what looks at the same folder already: this scan begins after that one, and no photo is looked at by
 *   both
 * @param places looks through these alone; all other photos have their places among the words by then
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
  /** Files a millisecond. */
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
    return formatCount(files, "file");
  });
  const embedded = async () => {
    const { state } = await scanned.finished;
    scanning = false; // also when it was cancelled or failed
    const before = await earlier?.embedded;
    waiting = false;
    // what came too late for the earlier one
    if (earlier && state === "done" && before?.state !== "cancelled") embedNew();
    return embedding;
  };
  const work = embedded();
  // Now that all photos are known: where much is shown that the model knows, or little, confidences are others.
  const settled = work.then(async (looked) => {
    if (looked?.state === "done" && updateLibraryPrior(library))
      await jobs.run("rank", (job) => rankAll(library, job, watcher)).finished;
  });
  const undisturbed = work.then(
    async (looked) => (await scanned.finished).state === "done" && (looked === null || looked.state === "done"),
  );
  const asked = undisturbed.then((is) =>
    is && countWithoutMetadata(store) > 0 ? jobs.run("exif", (job) => extractMetadata(store, job)).finished : null,
  );
  const found = undisturbed.then((is) => {
    if (is) objects.begin();
    return objects.settled();
  });
  return {
    scan: scanned.job,
    scanned: scanned.finished,
    embedded: work,
    finished: Promise.all([settled, ranked, asked, found]).then(() => undefined),
  };
}

/**
 * Labels all photos that the model in use has not labelled yet. @param first photos that come before all others @param
 * onFirst told when those are labelled, see `rankPhotos`
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

/** While a scan runs new photos may come at any time: then it waits for them. */
const POLL_MS = 100;
/**
 * So long a quick scan has the machine for itself: many photos that come at once are all seen before the first is
 * looked at. Milliseconds.
 */
const HEAD_START_MS = 2000;
/** Files a millisecond. A scan that reads large files takes long anyway, and the first label need not wait for it. */
const FAST_SCAN_FILES_PER_MS = 1;

/** The scan that finds what is embedded: whether it runs, and whether it soon will have found all. */
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
    const waitForMore = more(); // asked before looking, so that what came in between is not missed
    await library.ranker.index(); // another one after a retraining
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
        { before: embedded + failed, objects },
      ),
    );
    embedded += round.embedded;
    failed += round.failed;
    if (!waitForMore) break;
    if (more()) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    await job.yield();
  }
  trimThumbnails(library.store, settingsOf(library.store).thumbnailMegabytes);
  return `${embedded} labelled${failed > 0 ? `, ${failed} could not be read` : ""}`;
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
