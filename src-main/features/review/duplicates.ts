import type { PhotoId } from "../../../src-shared/contract";
import { formatCount } from "../../../src-shared/format-count";
import { Refusal } from "../../../src-shared/refusal";
import type { JobHandle } from "../../base/jobs";
import { findGroups } from "../../curate/find-groups";
import { rankForKeeping } from "../../curate/suggested-keep";
import { thumbnailQuality } from "../../images/decode-client";
import {
  areGroupsStale,
  type DuplicateGroup,
  duplicateInputState,
  groupsFound,
  storeGroups,
} from "../../store/duplicate-groups";
import { photosWithFeatures } from "../../store/features";
import { photosWithoutQuality, storeQualities } from "../../store/image-qualities";
import { picture } from "../../store/thumbnails";
import type { OpenLibrary } from "../../workspace/open-library";
import { readPictures } from "../../workspace/read-pictures";
import { addNewPhotosToSplit } from "./split-photos";

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
