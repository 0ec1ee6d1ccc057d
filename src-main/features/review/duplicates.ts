import { setImmediate } from "node:timers/promises";
import type { PhotoId } from "../../../src-shared/contract";
import { counted } from "../../../src-shared/counted";
import { Refusal } from "../../../src-shared/refusal";
import type { JobHandle } from "../../base/jobs";
import { rankShots } from "../../curate/best-shot";
import type { Pictures } from "../../curate/duplicate-pairs";
import { createCentring } from "../../curate/feature-codes";
import { findGroups } from "../../curate/find-groups";
import { glanceAtThumbnail } from "../../images/contained-decode";
import { GREY } from "../../images/glance";
import {
  areGroupsStale,
  type DuplicateGroup,
  groupsFound,
  photoState,
  storeGroups,
} from "../../store/duplicate-groups";
import { featuresOf, photosWithFeatures } from "../../store/features";
import { type GlancedPhoto, glancesOf, photosToGlance, storeGlances } from "../../store/glances";
import { picture } from "../../store/thumbnails";
import type { Workbench } from "../../workspace/workbench";
import { placeNewcomers } from "./split-photos";

/** Photos that are read from the store between two breaths. */
const PAGE = 500;

/**
 * Finds near-duplicates and bursts among all present photos that were looked at, and keeps them with the library. The
 * comparing is
 * done by threads of its own. Photos from before there were glances get theirs first, from their thumbnails. Photos
 * that a split does
 * not have yet get a part of it.
 * @returns the job's message
 */
export async function findDuplicates(bench: Workbench, job: JobHandle): Promise<string> {
  const { library, pack } = bench;
  const without = photosToGlance(library, pack.visualId);
  const total = without.length + photosWithFeatures(library, pack.visualId).length;
  const unreadable = await glanceAtRest(bench, without, job, total);
  const state = photoState(library, pack.visualId);
  const { photos, pictures } = await gatherPictures(bench, job);
  const groups = await findGroups(pictures, {
    signal: job.signal,
    onProgress: (compared) => job.progress(without.length + compared, total),
  });
  await job.breath();
  const ranked = groups.map(({ kind, members }): DuplicateGroup => {
    const { order, why } = rankShots(
      members.map((row) => ({ ...photos[row], pixels: photos[row].width * photos[row].height })),
    );
    return { kind, photos: order.map((at) => photos[members[at]].photo), why };
  });
  storeGroups(
    library,
    ranked.sort((a, b) => b.photos.length - a.photos.length || a.photos[0] - b.photos[0]),
    state,
  );
  const placed = placeNewcomers(bench);
  const grouped = ranked.reduce((sum, group) => sum + group.photos.length, 0);
  return `${counted(grouped, "photo")} in ${counted(ranked.length, "group")}${placed > 0 ? `; ${counted(placed, "new photo")} placed in the split` : ""}${unreadable > 0 ? `; ${counted(unreadable, "photo")} could not be read` : ""}`;
}

/**
 * The groups that were found last, largest first; null before the first time. `stale`: photos came, went or changed
 * since.
 */
export function duplicates({ library, pack }: Workbench): {
  groups: (DuplicateGroup & { best: PhotoId })[] | null;
  stale: boolean;
} {
  return {
    groups: groupsFound(library)?.map((group) => ({ ...group, best: group.photos[0] })) ?? null,
    stale: areGroupsStale(library, pack.visualId),
  };
}

/**
 * The groups that verdicts can be spread over: that of a photo, or all.
 * @throws Refusal `no-groups` before duplicates were looked for, `no-group` where the photo is in none
 */
export function groupsToSpread({ library }: Workbench, photo: PhotoId | null): PhotoId[][] {
  const groups = groupsFound(library)?.map(({ photos }) => photos);
  if (!groups) throw new Refusal("no-groups", "look for duplicates first: nobody has yet");
  const wanted = photo === null ? groups : groups.filter((photos) => photos.includes(photo));
  if (photo !== null && wanted.length === 0)
    throw new Refusal("no-group", `photo ${photo} is in no group of duplicates`);
  return wanted;
}

/** @returns how many photos can't be read any more: they are left out */
async function glanceAtRest(
  { library }: Workbench,
  waiting: { photo: PhotoId; version: string }[],
  job: JobHandle,
  total: number,
): Promise<number> {
  let unreadable = 0;
  for (const [done, { photo, version }] of waiting.entries()) {
    job.progress(done, total);
    try {
      storeGlances(library, [
        { photo, version, glance: await glanceAtThumbnail(await picture(library, photo, "thumbnail")) },
      ]);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      unreadable++;
    }
    await job.breath();
  }
  return unreadable;
}

/** All that the photos that were looked at are compared by, in memory that threads can share. */
export async function gatherPictures(
  { library, pack }: Workbench,
  job: JobHandle,
): Promise<{ photos: Omit<GlancedPhoto, "grey">[]; pictures: Pictures }> {
  const ids = photosWithFeatures(library, pack.visualId);
  const [D, pixels] = [pack.dimensions, GREY * GREY];
  const features = new Float32Array(new SharedArrayBuffer(4 * ids.length * D));
  const greys = new Uint8Array(new SharedArrayBuffer(ids.length * pixels));
  const photos: Omit<GlancedPhoto, "grey">[] = [];
  const centring = createCentring(D);
  await inPages(ids.length, job, (from, to) => {
    const before = photos.length;
    const glances = glancesOf(library, ids.slice(from, to));
    const page = featuresOf(
      library,
      pack.visualId,
      glances.map(({ photo }) => photo),
    );
    const seen = new Map(Array.from(page.photos, (photo, row) => [photo, row]));
    for (const { grey, ...glance } of glances) {
      const row = seen.get(glance.photo);
      if (row === undefined) continue; // edited this moment
      features.set(page.features.subarray(row * D, (row + 1) * D), photos.length * D);
      greys.set(grey, photos.length * pixels);
      photos.push(glance);
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
      side: GREY,
      features: features.subarray(0, n * D),
      greys: greys.subarray(0, n * pixels),
      taken: Float64Array.from(photos, ({ takenAt }) => secondsOf(takenAt)),
      folders: Uint32Array.from(photos, ({ folder }) => folders.get(folder)!),
    },
  };
}

async function inPages(n: number, job: JobHandle, work: (from: number, to: number) => void): Promise<void> {
  for (let from = 0; from < n; from += PAGE) {
    work(from, Math.min(n, from + PAGE));
    await job.breath();
    await setImmediate();
  }
}

/** NaN where the camera wrote no time; without an offset it is taken for UTC, like those of the same camera. */
function secondsOf(takenAt: string | null): number {
  return takenAt === null ? NaN : Date.parse(/(Z|[+-]\d\d:\d\d)$/.test(takenAt) ? takenAt : `${takenAt}Z`) / 1000;
}
