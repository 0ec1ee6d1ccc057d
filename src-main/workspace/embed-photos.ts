import { availableParallelism } from "node:os";
import type { PhotoId } from "../../src-shared/contract";
import { Refusal } from "../../src-shared/refusal";
import { mapInOrder } from "../base/in-order";
import type { JobHandle } from "../base/jobs";
import type { DetectorInput } from "../base/preprocess";
import { STORED_CLASSES, topClasses, type VisualOutput } from "../devise/semantic-embedding";
import type { TowerClasses } from "../devise/tower-classes";
import type { Decoded } from "../images/decode";
import { decode } from "../images/decode-client";
import { inTransaction, type Store } from "../store/database";
import { countToEmbed, photosToEmbed, type PhotoToEmbed, storeDecoded, storeFailure } from "../store/decoded-photos";
import { storeFeatures, writeClassesId } from "../store/features";
import { storeQualities } from "../store/image-qualities";
import type { Pack } from "../vision/pack";
import type { Embedded, VisualModel } from "../vision/visual-model";
import type { DetectionScheduler } from "./detection-scheduler";
import type { LibraryTower } from "./open-library";

/** Photos labelled and stored together … */
const BATCH_PHOTOS = 16;
/** … except for the first batch: the user is waiting for the first labels. */
const FIRST_BATCH_PHOTOS = 4;
/** Two batches, so that the network works on one while the other is stored. */
const MAX_BATCHES_IN_FLIGHT = 2;
/** Photos read from the store at a time. */
const PHOTOS_PER_PAGE = 200;
type Ready = PhotoToEmbed & { decoded: Decoded };

/**
 * Decodes and embeds every photo that this visual model hasn't seen. Decodes the next batch while the network works on
 * the current one, so that all cores are busy. What is stored is never computed again: after a crash the job continues
 * where it stopped.
 * @param onBatch called with each batch after it was stored
 * @param before photos that the job has already processed
 * @param tower classifies photos if the pack has a text tower; without it, they are classified when the library is
 *   prepared with that pack
 * @param objects receives the pixels decoded for detectors
 * @param only embeds only these photos
 */
export async function embedPhotos(
  store: Store,
  pack: Pack,
  model: VisualModel,
  job: JobHandle,
  onBatch: (photos: PhotoId[], output: VisualOutput) => void,
  {
    before = 0,
    objects = null,
    tower = null,
    only = null,
  }: {
    before?: number;
    objects?: DetectionScheduler | null;
    tower?: Pick<LibraryTower, "classify"> | null;
    only?: readonly PhotoId[] | null;
  } = {},
): Promise<{ embedded: number; failed: number }> {
  let [embedded, failed, total] = [0, 0, 0];
  const report = () => job.progress(before + embedded + failed, before + total);
  // A running scan adds photos to the total.
  const recount = () => {
    total = embedded + failed + countToEmbed(store, pack.visualId, only);
    report();
  };

  async function infer(batch: Ready[]): Promise<void> {
    const { features, logits } = await model.embed(batch.map(({ decoded }) => decoded.pixels!));
    const seen = { features, ...classesOf(pack, { features, logits }, tower) };
    storeBatch(store, pack, batch, seen);
    embedded += batch.length;
    onBatch(
      batch.map(({ photo }) => photo),
      seen,
    );
    report();
    await objects?.keep(
      batch.flatMap(({ photo, version, decoded: { detectorPixels } }) =>
        detectorPixels ? [{ photo, version, pixels: detectorPixels }] : [],
      ),
    );
  }

  const inferring: Promise<void>[] = [];
  let batch: Ready[] = [];
  let wanted = FIRST_BATCH_PHOTOS;
  const send = async () => {
    if (inferring.length === MAX_BATCHES_IN_FLIGHT) await inferring.shift();
    const sent = infer(batch);
    sent.catch(() => undefined); // awaited above or below; prevents an unhandled rejection until then
    inferring.push(sent);
    batch = [];
    wanted = Math.min(BATCH_PHOTOS, 2 * wanted);
  };
  try {
    for await (const { waiting, decoded, failure } of decodeAhead(store, pack, objects, only, job, recount)) {
      if (decoded) batch.push({ ...waiting, decoded });
      else {
        failed++;
        storeFailure(store, waiting.photo, waiting.version, failure!);
      }
      if (batch.length === wanted) await send();
      await job.yield();
    }
    if (batch.length > 0) await send();
    await Promise.all(inferring);
  } finally {
    await Promise.allSettled(inferring); // nothing may be stored after the job has ended
  }
  recount();
  return { embedded, failed };
}

/** The most probable classes of photos or crops; none if a text tower is to classify them later. */
export function classesOf(
  pack: Pack,
  { features, logits }: Embedded,
  tower: Pick<LibraryTower, "classify"> | null,
): TowerClasses {
  if (!pack.text) return topClasses(logits, pack.classes.length, Math.min(STORED_CLASSES, pack.classes.length));
  return tower?.classify(features) ?? { classes: new Uint16Array(0), probabilities: new Float32Array(0) };
}

function storeBatch(
  store: Store,
  pack: Pack,
  batch: Ready[],
  { features, classes, probabilities }: VisualOutput,
): void {
  const D = pack.dimensions;
  const K = classes.length / batch.length;
  inTransaction(store, () => {
    if (K === 0) writeClassesId(store, pack.visualId, "");
    storeDecoded(
      store,
      batch.map(({ photo, version, decoded }) => ({ ...decoded, photo, version })),
    );
    storeQualities(
      store,
      batch.map(({ photo, version, decoded: { imageQuality } }) => ({ photo, version, imageQuality })),
    );
    storeFeatures(
      store,
      pack.visualId,
      batch.map(({ photo, version }, i) => ({
        photo,
        version,
        feature: features.subarray(i * D, (i + 1) * D),
        classes: classes.subarray(i * K, (i + 1) * K),
        probabilities: probabilities.subarray(i * K, (i + 1) * K),
      })),
    );
  });
}

interface Attempt {
  waiting: PhotoToEmbed;
  decoded?: Decoded;
  failure?: Refusal;
}

/** Decodes photos in order of their ids, two per core in flight, so that no decoder has to wait. */
function decodeAhead(
  store: Store,
  pack: Pack,
  objects: DetectionScheduler | null,
  only: readonly PhotoId[] | null,
  job: JobHandle,
  onPage: () => void,
): AsyncGenerator<Attempt> {
  function* waiting(): Generator<PhotoToEmbed> {
    for (let last: PhotoId = 0; ;) {
      const page = photosToEmbed(store, pack.visualId, PHOTOS_PER_PAGE, last, only);
      onPage();
      if (page.length === 0) return;
      for (const each of page) {
        job.signal.throwIfAborted();
        last = each.photo;
        yield each;
      }
    }
  }
  return mapInOrder(waiting(), 2 * availableParallelism(), (each) => decodeOne(pack, objects?.input() ?? null, each));
}

async function decodeOne(pack: Pack, detection: DetectorInput | null, waiting: PhotoToEmbed): Promise<Attempt> {
  try {
    return { waiting, decoded: await decode(waiting.path, pack.preprocess, detection) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { waiting, failure: error };
  }
}
