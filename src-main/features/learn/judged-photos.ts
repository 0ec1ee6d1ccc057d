import type { PhotoId } from "../../../src-shared/contract";
import type { JobHandle } from "../../base/jobs";
import { findGroups } from "../../curate/find-groups";
import type { JudgedPhoto } from "../../evaluation/verdict-truth";
import { random } from "../../math/random";
import { shuffled } from "../../math/shuffle";
import type { Store } from "../../store/database";
import { areGroupsStale, groupsFound } from "../../store/duplicate-groups";
import { currentAnnotations } from "../../store/verdicts";
import type { PackLibrary } from "../../workspace/open-library";
import { readPictures } from "../../workspace/read-pictures";

/** The library's photos with verdicts, by id. Files may be missing. */
export function judgedPhotos(store: Store): JudgedPhoto[] {
  const photos = new Map<PhotoId, JudgedPhoto>();
  for (const { photo, label, verdict } of currentAnnotations(store)) {
    const judged = photos.get(photo) ?? { photo, accepted: [], rejected: [] };
    photos.set(photo, judged);
    (verdict === "accept" ? judged.accepted : judged.rejected).push(label);
  }
  return [...photos.values()].sort((a, b) => a.photo - b.photo);
}

/** An even sample of at most n. */
export const evenSample = <T>(all: readonly T[], n: number): T[] =>
  all.length <= n ? [...all] : Array.from({ length: n }, (_, i) => all[Math.floor((i * all.length) / n)]!);

/**
 * Rows of photos that are near-duplicates or of one burst, and single photos: what must lie on one side when verdicts
 * are held out. Uses the groups that were found in the library, or finds those among these photos if there are none or
 * they are out of date.
 * @param photos `[n]` with features of the pack
 */
export async function unitsOf(
  { store, pack }: Pick<PackLibrary, "store" | "pack">,
  photos: readonly PhotoId[],
  job: JobHandle,
): Promise<number[][]> {
  const stored = areGroupsStale(store, pack.visualId) ? null : groupsFound(store);
  const groups = stored ? stored.map((group) => group.photos) : await groupsAmong({ store, pack }, photos, job);
  const rows = new Map(photos.map((photo, row) => [photo, row]));
  const together = groups
    .map((group) => group.flatMap((photo) => rows.get(photo) ?? []))
    .filter((unit) => unit.length > 1);
  const grouped = new Set(together.flat());
  return [...together, ...photos.flatMap((_, row) => (grouped.has(row) ? [] : [[row]]))];
}

async function groupsAmong(
  library: Pick<PackLibrary, "store" | "pack">,
  ids: readonly PhotoId[],
  job: JobHandle,
): Promise<PhotoId[][]> {
  const { photos, pictures } = await readPictures(library, job, ids);
  const groups = await findGroups(pictures, { signal: job.signal });
  return groups.map(({ members }) => members.map((row) => photos[row]!.photo));
}

/**
 * Deals units into folds of about equal numbers of photos, largest units first.
 * @returns `[n]` each row's fold; the same every time
 */
export function foldsOf(units: readonly (readonly number[])[], folds: number): Uint8Array {
  const n = units.reduce((sum, unit) => sum + unit.length, 0);
  const sizes = new Array<number>(folds).fill(0);
  const fold = new Uint8Array(n);
  const order = shuffled([...units], random(1)).sort((a, b) => b.length - a.length);
  for (const unit of order) {
    const smallest = sizes.indexOf(Math.min(...sizes));
    sizes[smallest] = sizes[smallest]! + unit.length;
    for (const row of unit) fold[row] = smallest;
  }
  return fold;
}
