import { setImmediate } from "node:timers/promises";
import type { PhotoId } from "../../src-shared/contract";
import type { JobHandle } from "../base/jobs";
import type { ComparedPhotos } from "../curate/duplicate-pairs";
import { createCentring } from "../curate/feature-codes";
import { GREY_SIDE } from "../images/image-quality";
import { featuresOf, photosWithFeatures } from "../store/features";
import { type PhotoQuality, qualitiesOf } from "../store/image-qualities";
import type { OpenLibrary } from "./open-library";

/** Photos read from the store between yields. */
const PHOTOS_PER_PAGE = 500;

/**
 * Reads what photos are compared by into memory that threads can share.
 * @param ids photos with features; others are left out. By default all.
 */
export async function readPictures(
  { store, pack }: Pick<OpenLibrary, "store" | "pack">,
  job: JobHandle,
  ids: readonly PhotoId[] = photosWithFeatures(store, pack.visualId),
): Promise<{ photos: Omit<PhotoQuality, "grey">[]; pictures: ComparedPhotos }> {
  const [D, pixels] = [pack.dimensions, GREY_SIDE * GREY_SIDE];
  const features = new Float32Array(new SharedArrayBuffer(4 * ids.length * D));
  const greys = new Uint8Array(new SharedArrayBuffer(ids.length * pixels));
  const photos: Omit<PhotoQuality, "grey">[] = [];
  const centring = createCentring(D);
  await inPages(ids.length, job, (from, to) => {
    const before = photos.length;
    const imageQualities = qualitiesOf(store, ids.slice(from, to));
    const page = featuresOf(
      store,
      pack.visualId,
      imageQualities.map(({ photo }) => photo),
    );
    const seen = new Map(Array.from(page.photos, (photo, row) => [photo, row]));
    for (const { grey, ...imageQuality } of imageQualities) {
      const row = seen.get(imageQuality.photo);
      if (row === undefined) continue; // changed since its image quality was read
      features.set(page.features.subarray(row * D, (row + 1) * D), photos.length * D);
      greys.set(grey, photos.length * pixels);
      photos.push(imageQuality);
    }
    centring.take(features.subarray(before * D, photos.length * D));
  });
  const n = photos.length;
  await inPages(n, job, (from, to) => centring.centre(features.subarray(from * D, to * D)));
  const folders = new Map<string, number>();
  for (const { folder } of photos) if (!folders.has(folder)) folders.set(folder, folders.size);
  return {
    photos,
    pictures: {
      D,
      side: GREY_SIDE,
      features: features.subarray(0, n * D),
      greys: greys.subarray(0, n * pixels),
      taken: Float64Array.from(photos, ({ takenAt }) => secondsOf(takenAt)),
      folders: Uint32Array.from(photos, ({ folder }) => folders.get(folder)!),
    },
  };
}

async function inPages(n: number, job: JobHandle, work: (from: number, to: number) => void): Promise<void> {
  for (let from = 0; from < n; from += PHOTOS_PER_PAGE) {
    work(from, Math.min(n, from + PHOTOS_PER_PAGE));
    await job.yield();
    await setImmediate();
  }
}

/**
 * Seconds since 1970, or NaN if the camera wrote no time. A time without offset counts as UTC; times of the same camera
 * stay comparable.
 */
function secondsOf(takenAt: string | null): number {
  return takenAt === null ? NaN : Date.parse(/(Z|[+-]\d\d:\d\d)$/.test(takenAt) ? takenAt : `${takenAt}Z`) / 1000;
}
