import { setImmediate } from "node:timers/promises";
import type { PhotoId } from "../../../src-shared/contract";
import { formatCount } from "../../../src-shared/format-count";
import { Refusal } from "../../../src-shared/refusal";
import type { JobHandle } from "../../base/jobs";
import type { ComparedPhotos } from "../../curate/duplicate-pairs";
import { createCentring } from "../../curate/feature-codes";
import { findGroups } from "../../curate/find-groups";
import { rankForKeeping } from "../../curate/suggested-keep";
import { thumbnailQuality } from "../../images/decode-client";
import { GREY_SIDE } from "../../images/image-quality";
import {
  areGroupsStale,
  type DuplicateGroup,
  duplicateInputState,
  groupsFound,
  storeGroups,
} from "../../store/duplicate-groups";
import { featuresOf, photosWithFeatures } from "../../store/features";
import { type PhotoQuality, photosWithoutQuality, qualitiesOf, storeQualities } from "../../store/image-qualities";
import { picture } from "../../store/thumbnails";
import type { OpenLibrary } from "../../workspace/open-library";
import { addNewPhotosToSplit } from "./split-photos";

/** Photos read from the store between yields. */
const PHOTOS_PER_PAGE = 500;

/**
 * Finds near-duplicates and bursts among all present photos with features, and stores the groups. Comparison runs in
 * worker threads. Photos without image quality get it first, from their thumbnails. If the library is split, new photos
 * join a part.
 * @returns the job's message
 */
export async function findDuplicates(library: OpenLibrary, job: JobHandle): Promise<string> {
  const { store, pack } = library;
  const without = photosWithoutQuality(store, pack.visualId);
  const total = without.length + photosWithFeatures(store, pack.visualId).length;
  const unreadable = await measureMissingQualities(library, without, job, total);
  const state = duplicateInputState(store, pack.visualId);
  const { photos, pictures } = await readPictures(library, job);
  const groups = await findGroups(pictures, {
    signal: job.signal,
    onProgress: (compared) => job.progress(without.length + compared, total),
  });
  await job.yield();
  const ranked = groups.map(({ kind, members }): DuplicateGroup => {
    const { order, why } = rankForKeeping(
      members.map((row) => {
        const photo = photos[row]!;
        return { ...photo, pixels: photo.width * photo.height };
      }),
    );
    return { kind, photos: order.map((at) => photos[members[at]!]!.photo), why };
  });
  storeGroups(
    store,
    ranked.sort((a, b) => b.photos.length - a.photos.length || a.photos[0]! - b.photos[0]!),
    state,
  );
  const placed = addNewPhotosToSplit(library);
  const grouped = ranked.reduce((sum, group) => sum + group.photos.length, 0);
  return [
    `${formatCount(grouped, "photo")} in ${formatCount(ranked.length, "group")}`,
    ...(placed > 0 ? [`${formatCount(placed, "new photo")} added to the split`] : []),
    ...(unreadable > 0 ? [`${formatCount(unreadable, "photo")} couldn’t be read`] : []),
  ].join("; ");
}

/** The groups of the last search, largest first; null before the first search. `stale`: photos have changed since. */
export function duplicates({ store, pack }: OpenLibrary): {
  groups: (DuplicateGroup & { best: PhotoId })[] | null;
  stale: boolean;
} {
  return {
    groups: groupsFound(store)?.map((group) => ({ ...group, best: group.photos[0]! })) ?? null,
    stale: areGroupsStale(store, pack.visualId),
  };
}

/**
 * The groups that verdicts can be applied to: the group of one photo, or all.
 * @throws Refusal `no-groups` before the first search, `no-group` if the photo is in no group
 */
export function groupsToSpread({ store }: OpenLibrary, photo: PhotoId | null): PhotoId[][] {
  const groups = groupsFound(store)?.map(({ photos }) => photos);
  if (!groups) throw new Refusal("no-groups", "Find near-duplicates first.");
  const found = photo === null ? groups : groups.filter((photos) => photos.includes(photo));
  if (photo !== null && found.length === 0) throw new Refusal("no-group", `Photo ${photo} has no near-duplicates.`);
  return found;
}

/** @returns how many photos can't be read any more; they are left out */
async function measureMissingQualities(
  { store }: OpenLibrary,
  waiting: { photo: PhotoId; version: string }[],
  job: JobHandle,
  total: number,
): Promise<number> {
  let unreadable = 0;
  for (const [done, { photo, version }] of waiting.entries()) {
    job.progress(done, total);
    try {
      storeQualities(store, [
        { photo, version, imageQuality: await thumbnailQuality(await picture(store, photo, "thumbnail")) },
      ]);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      unreadable++;
    }
    await job.yield();
  }
  return unreadable;
}

/** Reads what photos are compared by into memory that threads can share. */
export async function readPictures(
  { store, pack }: OpenLibrary,
  job: JobHandle,
): Promise<{ photos: Omit<PhotoQuality, "grey">[]; pictures: ComparedPhotos }> {
  const ids = photosWithFeatures(store, pack.visualId);
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
