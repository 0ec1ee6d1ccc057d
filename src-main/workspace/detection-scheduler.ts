import { availableParallelism } from "node:os";
import { setTimeout } from "node:timers/promises";
import type { Job, PhotoId } from "../../src-shared/contract";
import { formatCount } from "../../src-shared/format-count";
import { Refusal } from "../../src-shared/refusal";
import { mapInOrder } from "../base/in-order";
import type { JobHandle, Jobs } from "../base/jobs";
import type { DetectorInput } from "../base/preprocess";
import { decode } from "../images/decode-client";
import type { PhotoToEmbed } from "../store/decoded-photos";
import { countToDetect, photosToDetect } from "../store/detections";
import { storeQualities } from "../store/image-qualities";
import type { Detector } from "../vision/detector";
import type { PackDetector } from "../vision/pack-detectors";
import { detectObjects, enabledDetectors, idsOf } from "./detect-objects";
import type { FolderWatcher } from "./folder-watcher";
import type { OpenLibrary } from "./open-library";
import { createPixelQueue, type DecodedForDetectors } from "./pixel-queue";

/**
 * The second pass over photos: a pack's detectors find objects and faces in photos that already have their first
 * labels. Pixels decoded for those labels are kept in memory; detectors start when that is full, or when no photo is
 * being decoded. Photos whose pixels weren't kept are decoded again afterwards: those of an earlier run of the program,
 * and those from before detectors were switched on.
 */
export interface DetectionScheduler {
  /** How photos must be decoded for the detectors; null if no detector is enabled. */
  input(): DetectorInput | null;
  /** Call when a scan begins. Allows a new attempt after a cancelled or failed one. */
  beginScan(jobs: Jobs, watcher: FolderWatcher): void;
  /** Call when decoding starts. Each call needs a matching `decoded`. */
  decoding(): void;
  /** @param inFull false if decoding was interrupted */
  decoded(inFull: boolean): void;
  /** Queues photos that have their first labels; resolves when there is room for more. */
  keep(photos: DecodedForDetectors[]): Promise<void>;
  /** Starts the job "detect" if photos are waiting and it isn't running. */
  begin(): void;
  /** Resolves when the job isn't running. */
  settled(): Promise<void>;
  /** Call before the library closes; no further job starts. */
  close(): void;
}

/** Bytes of pixels kept in memory, about 400 photos. */
const MAX_QUEUED_PIXEL_BYTES = 128 * 2 ** 20;
/** Photos labelled and stored together. */
const BATCH_PHOTOS = 16;
/** Two batches, so that the detectors work on one while the other is stored. */
const MAX_BATCHES_IN_FLIGHT = 2;
/** Photos read from the store at a time. */
const PHOTOS_PER_PAGE = 200;
/** Milliseconds between checks for new pixels or free room. */
const POLL_MS = 50;

/**
 * @property handedOut photos sent to the detectors. The store lists them as waiting until their detections are stored.
 */
interface Running {
  job: JobHandle;
  total: number;
  handedOut: Set<PhotoId>;
}

/**
 * @param detectorOf loads a detector, on first use
 * @param room for pixels, in bytes
 */
export function createDetectionScheduler(
  library: OpenLibrary,
  detectorOf: (detector: PackDetector) => Promise<Detector>,
  room = MAX_QUEUED_PIXEL_BYTES,
): DetectionScheduler {
  const { store, pack } = library;
  const kept = createPixelQueue(room);
  let watched: { jobs: Jobs; watcher: FolderWatcher } | null = null;
  let decoders = 0;
  /** Detectors run while photos are still being decoded, because memory was full. */
  let isDraining = false;
  /** The last job was cancelled or failed. */
  let isOff = false;
  let running: Running | null = null;
  let finished: Promise<unknown> = Promise.resolve();

  const input = () => (enabledDetectors(library).length > 0 ? pack.detection : null);
  const countWaiting = () => countToDetect(store, pack.visualId, idsOf(enabledDetectors(library)));

  function start(): void {
    if (running || isOff || !watched) return;
    const { jobs, watcher } = watched;
    finished = jobs
      .run("detect", async (job) => {
        running = { job, total: countWaiting(), handedOut: new Set() };
        return detectAll(running, watcher);
      })
      .finished.then(({ state }: Job) => {
        running = null;
        isOff = state !== "done";
        if (isOff) kept.clear();
        else if (!kept.isEmpty && decoders === 0) start(); // photos that arrived as the job ended
      });
  }

  async function detectAll(run: Running, watcher: FolderWatcher): Promise<string> {
    let done = 0;
    const atDetectors: Promise<void>[] = [];
    const unreadable = new Set<PhotoId>();
    const detectBatch = async (photos: DecodedForDetectors[]) => {
      const labelled = await detectObjects(library, detectorOf, photos);
      done += photos.length;
      run.job.progress(done, Math.max(done, run.total));
      if (labelled.length > 0) watcher.changed(labelled);
    };
    try {
      for await (const photos of batches(run, unreadable)) {
        if (atDetectors.length === MAX_BATCHES_IN_FLIGHT) await atDetectors.shift();
        const sent = detectBatch(photos);
        sent.catch(() => undefined); // awaited above or below; prevents an unhandled rejection until then
        atDetectors.push(sent);
        await run.job.yield();
      }
      await Promise.all(atDetectors);
    } finally {
      await Promise.allSettled(atDetectors); // nothing may be stored after the job has ended
    }
    return `${formatCount(done, "photo")} checked${unreadable.size > 0 ? `, ${unreadable.size} couldn’t be read` : ""}`;
  }

  async function* batches(run: Running, unreadable: Set<PhotoId>): AsyncGenerator<DecodedForDetectors[]> {
    yield* queuedBatches(run);
    let batch: DecodedForDetectors[] = [];
    for await (const decoded of mapInOrder(waiting(run), 2 * availableParallelism(), decodeOne)) {
      if ("pixels" in decoded) batch.push(decoded);
      else unreadable.add(decoded.photo);
      if (batch.length === BATCH_PHOTOS) {
        yield batch;
        batch = [];
      }
      await run.job.yield();
      yield* queuedBatches(run);
    }
    if (batch.length > 0) yield batch;
    yield* queuedBatches(run);
  }

  /** While photos are being decoded, yields batches only if memory is full; afterwards yields all that is queued. */
  async function* queuedBatches(run: Running): AsyncGenerator<DecodedForDetectors[]> {
    for (;;) {
      if (decoders > 0 && kept.hasRoom) isDraining = false;
      if (!kept.isEmpty && (decoders === 0 || isDraining)) {
        const batch = kept.take(BATCH_PHOTOS);
        for (const { photo } of batch) run.handedOut.add(photo);
        yield batch;
      } else if (decoders === 0) return;
      else await setTimeout(POLL_MS);
      await run.job.yield();
    }
  }

  /** Photos whose pixels weren't kept, each once, including photos that start to wait meanwhile. */
  function* waiting({ handedOut }: Running): Generator<PhotoToEmbed> {
    let isNew = true;
    while (isNew) {
      isNew = false;
      let last: PhotoId = 0;
      for (;;) {
        const page = photosToDetect(store, pack.visualId, idsOf(enabledDetectors(library)), PHOTOS_PER_PAGE, last);
        if (page.length === 0) break;
        last = page.at(-1)!.photo;
        for (const each of page) {
          if (handedOut.has(each.photo) || kept.has(each.photo)) continue;
          handedOut.add(each.photo);
          isNew = true;
          yield each;
        }
      }
    }
  }

  async function decodeOne({ photo, path, version }: PhotoToEmbed): Promise<DecodedForDetectors | { photo: PhotoId }> {
    try {
      const { detectorPixels, imageQuality } = await decode(path, null, pack.detection);
      storeQualities(store, [{ photo, version, imageQuality }]); // image quality from earlier versions lacks newer measurements
      return { photo, version, pixels: detectorPixels! };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { photo };
    }
  }

  return {
    input,
    beginScan(jobs, watcher) {
      watched = { jobs, watcher };
      isOff = false;
    },
    decoding() {
      decoders++;
      isDraining = false;
    },
    decoded(inFull) {
      decoders--;
      if (!inFull && !running) kept.clear();
      if (!kept.isEmpty && decoders === 0) start();
    },
    async keep(photos) {
      if (isOff || input() === null || running?.job.isPaused) return; // these are decoded again later
      kept.put(photos);
      if (running) running.total += photos.length;
      if (kept.isFull) {
        isDraining = true;
        start();
      }
      while (kept.isFull && running && !running.job.isPaused) await setTimeout(POLL_MS);
    },
    begin() {
      if (countWaiting() > 0) start();
    },
    settled: async () => {
      for (let last = null; last !== finished;) {
        last = finished;
        await last;
      }
    },
    close() {
      watched = null;
      kept.clear();
    },
  };
}
