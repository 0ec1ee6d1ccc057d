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
 * The second look at photos: a pack's detectors find objects and faces in what has its first labels already. While
 * photos are decoded for
 * those, their pixels are kept in memory; detectors begin once it is full, or when no photo is decoded any more. What
 * was not kept is
 * decoded again after that: photos of a program that was ended meanwhile, and those of a time when detectors were
 * switched off.
 */
export interface DetectionScheduler {
  /** What photos are to be decoded to for it; null where no detector is wanted. */
  input(): DetectorInput | null;
  /** A look through the folder begins: what was cancelled, or failed, may be tried again. */
  beginScan(jobs: Jobs, watcher: FolderWatcher): void;
  /** Photos are decoded until `decoded` is called as often. */
  decoding(): void;
  /** @param inFull false where it was broken off */
  decoded(inFull: boolean): void;
  /** Takes in photos that have their first labels; resolves when there is room for more. */
  keep(photos: DecodedForDetectors[]): Promise<void>;
  /** Starts the job "detect" where photos wait and it does not run. */
  begin(): void;
  /** Resolves when the job does not run. */
  settled(): Promise<void>;
  /** The library is about to be closed: no job begins any more. */
  close(): void;
}

/** Bytes of pixels that are kept: some 400 photos. */
const MAX_QUEUED_PIXEL_BYTES = 128 * 2 ** 20;
/** Photos that are labelled and stored together. */
const BATCH_PHOTOS = 16;
/** Batches at the detectors at a time: their processes have the next at hand while one is stored. */
const MAX_BATCHES_IN_FLIGHT = 2;
/** Photos that are asked of the store at a time. */
const PHOTOS_PER_PAGE = 200;
/** Between two looks whether pixels came, or whether there is room for more. Milliseconds. */
const POLL_MS = 50;

/** @property handedOut photos that went to the detectors: until they are stored they wait, as the store says */
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
  /** Detectors are at work beside decoders, because the memory was full. */
  let isDraining = false;
  /** Cancelled or failed. */
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
        else if (!kept.isEmpty && decoders === 0) start(); // came at the last moment
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
        sent.catch(() => undefined); // awaited above or below; until then a failure must not count as unhandled
        atDetectors.push(sent);
        await run.job.yield();
      }
      await Promise.all(atDetectors);
    } finally {
      await Promise.allSettled(atDetectors); // nothing is stored after the job has ended
    }
    return `${formatCount(done, "photo")} looked at${unreadable.size > 0 ? `, ${unreadable.size} could not be read` : ""}`;
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

  /** While photos are decoded, those that are too many to be kept; afterwards all. */
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

  /** Photos that are not kept, each once, those too that come to wait meanwhile. */
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
      storeQualities(store, [{ photo, version, imageQuality }]); // that of an earlier program lacks what a later one takes in
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
      if (isOff || input() === null || running?.job.isPaused) return; // they will be decoded again
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
