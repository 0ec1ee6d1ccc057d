import { createHash } from "node:crypto";
import type { Part, PhotoId, SplitPlan, SplitQuery, SplitState } from "../../../src-shared/contract";
import { Refusal } from "../../../src-shared/refusal";
import { PARTS } from "../../../src-shared/split-parts";
import { groupedSplit } from "../../curate/split";
import type { Store } from "../../store/database";
import { areGroupsStale, type DuplicateGroup, groupsFound } from "../../store/duplicate-groups";
import { photosWithFeatures } from "../../store/features";
import { mainLabels } from "../../store/main-labels";
import { hashesOf } from "../../store/photos";
import { addToSplit, currentSplit, partsOf, storeSplit } from "../../store/splits";
import type { OpenLibrary } from "../../workspace/open-library";

/** The current split, and the groups that a new one would keep together. */
export function splitState({ store, pack }: OpenLibrary): SplitState {
  const groups = groupsFound(store);
  const split = currentSplit(store);
  const known = { groups: groups?.length ?? null, stale: groups === null || areGroupsStale(store, pack.visualId) };
  if (!split) return { split: null, ...known };
  const parts = partsOf(store)!;
  const present = photosWithFeatures(store, pack.visualId);
  return {
    split: {
      ...split.shares,
      seed: split.seed,
      madeAt: new Date(split.madeAt).toISOString(),
      photos: countParts(present.map((photo) => parts.get(photo))),
      waiting: present.filter((photo) => !parts.has(photo)).length,
      leaking: (groups ?? []).filter(
        ({ photos }) => new Set(photos.flatMap((photo) => parts.get(photo) ?? [])).size > 1,
      ).length,
    },
    ...known,
  };
}

/** Previews a split without changing anything. @throws Refusal `no-groups`, `bad-shares` */
export function planSplit(library: OpenLibrary, query: SplitQuery): SplitPlan {
  return describe(library, partition(library, query));
}

/** Splits the photos, replacing an earlier split. One undo step. @throws Refusal `no-groups`, `bad-shares` */
export function makeSplit(library: OpenLibrary, query: SplitQuery): SplitPlan {
  const parts = partition(library, query);
  const plan = describe(library, parts);
  const { seed, ...shares } = query;
  storeSplit(library.store, shares, seed, parts);
  return plan;
}

/**
 * Adds photos that are newer than the split to one of its parts; moves none. A photo joins the part that holds most of
 * its group. Otherwise a hash of its content (for a new group, of its lowest content hash) and the seed decides, so
 * that the result doesn't depend on when or in what order photos arrive.
 * @returns how many photos were added; 0 if the library isn't split
 */
export function addNewPhotosToSplit({ store, pack }: OpenLibrary): number {
  const split = currentSplit(store);
  const groups = groupsFound(store);
  if (!split || !groups) return 0;
  const parts = partsOf(store)!;
  const grouped = new Set(groups.flatMap(({ photos }) => photos));
  const units = [
    ...groups.map(({ photos }) => photos),
    ...photosWithFeatures(store, pack.visualId)
      .filter((photo) => !grouped.has(photo))
      .map((photo) => [photo]),
  ];
  const placed = new Map<PhotoId, Part>();
  for (const unit of units) {
    const newcomers = unit.filter((photo) => !parts.has(photo));
    if (newcomers.length === 0) continue;
    const part =
      mostFrequent(unit.flatMap((photo) => parts.get(photo) ?? [])) ?? drawPart(store, unit, split.shares, split.seed);
    for (const photo of newcomers) placed.set(photo, part);
  }
  addToSplit(store, split.id, placed);
  return placed.size;
}

/** Keeps groups together, and balances labels as far as that allows. */
function partition({ store, pack }: OpenLibrary, { seed, ...shares }: SplitQuery): Map<PhotoId, Part> {
  const groups = groupsFound(store);
  if (groups === null || areGroupsStale(store, pack.visualId))
    throw new Refusal(
      "no-groups",
      groups === null
        ? "Find near-duplicates first."
        : "Photos have changed since near-duplicates were found. Find near-duplicates again first.",
    );
  if (!PARTS.some((part) => shares[part] > 0))
    throw new Refusal(
      "bad-shares",
      `At least one split must be larger than 0, but the proportions are ${PARTS.map((part) => shares[part]).join(", ")}.`,
    );
  const photos = photosWithFeatures(store, pack.visualId);
  const rows = new Map(photos.map((photo, row) => [photo, row]));
  const labels = mainLabels(store);
  const parts = groupedSplit(
    photos.length,
    rowsOf(groups, rows),
    shares,
    seed,
    photos.map((photo) => labels.get(photo) ?? 0),
  );
  return new Map(photos.map((photo, row) => [photo, PARTS[parts[row]!]!]));
}

const rowsOf = (groups: readonly DuplicateGroup[], rows: ReadonlyMap<PhotoId, number>): number[][] =>
  groups.map(({ photos }) => photos.map((photo) => rows.get(photo)!));

function describe({ store }: OpenLibrary, parts: ReadonlyMap<PhotoId, Part>): SplitPlan {
  const groups = groupsFound(store) ?? [];
  const before = partsOf(store) ?? new Map<PhotoId, Part>();
  return {
    photos: countParts([...parts.values()]),
    groups: groups.length,
    grouped: groups.reduce((sum, { photos }) => sum + photos.length, 0),
    moved: [...parts].filter(([photo, part]) => before.has(photo) && before.get(photo) !== part).length,
  };
}

function countParts(parts: readonly (Part | undefined)[]): Record<Part, number> {
  const counts = { train: 0, validation: 0, test: 0 };
  for (const part of parts) if (part) counts[part]++;
  return counts;
}

/** The most frequent part; on a tie, the first. */
function mostFrequent(parts: readonly Part[]): Part | undefined {
  const counts = countParts(parts);
  return parts.toSorted((a, b) => counts[b] - counts[a])[0];
}

/** A part drawn in proportion to the shares, by the lowest content hash of the photos and the seed. */
function drawPart(store: Store, photos: readonly PhotoId[], shares: Record<Part, number>, seed: number): Part {
  const least = hashesOf(store, photos).sort(Buffer.compare)[0]!;
  let left =
    (createHash("sha256").update(`${seed} `).update(least).digest().readUInt32BE(0) / 2 ** 32) *
    PARTS.reduce((sum, part) => sum + shares[part], 0);
  return PARTS.find((part) => (left -= shares[part]) < 0)!;
}
