import { expect, onTestFinished, test } from "vitest";
import { completeQuery } from "../../src-main/features/browse/complete-query";
import { translateQuery } from "../../src-main/features/browse/translate-query";
import { addNewPhotosToSplit, makeSplit, planSplit, splitState } from "../../src-main/features/review/split-photos";
import { closeStore, openStore, prepared, type Store } from "../../src-main/store/database";
import { duplicateInputState, storeGroups } from "../../src-main/store/duplicate-groups";
import { storeFeatures } from "../../src-main/store/features";
import { conditionSql } from "../../src-main/store/query-condition";
import { partsOf, removeSplit } from "../../src-main/store/splits";
import { redo, undo } from "../../src-main/store/undo";
import { createLibraryCaches } from "../../src-main/workspace/library-caches";
import type { OpenLibrary } from "../../src-main/workspace/open-library";
import type { PhotoId } from "../../src-shared/contract";
import { PARTS } from "../../src-shared/split-parts";
import { addMockPhotos, emptyLibrary } from "../fixtures/photo-folder";

const SHARES = { train: 0.7, validation: 0.15, test: 0.15, seed: 1 };

/** The parts of an open library that a split needs. */
const libraryFor = (store: Store) =>
  ({ store, caches: createLibraryCaches(), pack: { visualId: "v" } }) as unknown as OpenLibrary;

function look(store: Store, photos: PhotoId[]): void {
  storeFeatures(
    store,
    "v",
    photos.map((photo) => ({
      photo,
      feature: Float32Array.of(1),
      classes: Uint16Array.of(0),
      probabilities: Float32Array.of(1),
    })),
  );
}

/** Stores groups as if duplicates had just been found. */
function group(store: Store, groups: PhotoId[][]): void {
  storeGroups(
    store,
    groups.map((photos) => ({ kind: "duplicate", photos, why: "sharpest" })),
    duplicateInputState(store, "v"),
  );
}

/** A library of photos with features, the first of them in pairs of duplicates. */
function splittable(photos = 60, pairs = 10) {
  const store = emptyLibrary();
  const ids = addMockPhotos(store, photos);
  look(store, ids);
  const groups = Array.from({ length: pairs }, (_, i) => [ids[2 * i], ids[2 * i + 1]]);
  group(store, groups);
  return { store, library: libraryFor(store), ids, groups };
}

const found = (library: OpenLibrary, text: string): PhotoId[] => {
  const { sql, values } = conditionSql(
    library.store,
    translateQuery(library, text, () => ({ is: "all", parts: [] })).condition!,
  );
  return prepared<{ id: number }>(library.store, `SELECT p.id FROM photo p WHERE ${sql} ORDER BY p.id`)
    .all(...values)
    .map(({ id }) => id);
};

test("planning a split changes nothing; photos are split by group, found with split:, and stay split when the library is reopened", () => {
  const { store, library, ids, groups } = splittable();
  const plan = planSplit(library, SHARES);
  expect(plan).toEqual({ photos: { train: 42, validation: 9, test: 9 }, groups: 10, grouped: 20, moved: 0 });
  expect(partsOf(store)).toBeNull();
  expect(makeSplit(library, SHARES)).toEqual(plan);
  const parts = partsOf(store)!;
  for (const [a, b] of groups) expect(parts.get(a)).toBe(parts.get(b));
  for (const part of PARTS)
    expect(found(library, `split:${part}`)).toEqual(ids.filter((photo) => parts.get(photo) === part));
  expect(found(library, "split:none")).toEqual([]);
  expect(found(library, "-split:train split:TEST")).toEqual(found(library, "split:test"));
  expect(splitState(library)).toMatchObject({
    split: { train: 0.7, seed: 1, photos: plan.photos, waiting: 0, leaking: 0 },
    groups: 10,
    stale: false,
  });

  const { home, folder } = store;
  closeStore(store);
  const again = openStore({ home, folder });
  onTestFinished(() => closeStore(again));
  expect(partsOf(again)).toEqual(parts);
});

// guarantee: undo
test("a new split replaces the previous one and reports what moves; undo and redo switch between them", () => {
  const { store, library } = splittable();
  makeSplit(library, SHARES);
  const first = partsOf(store)!;
  const { moved } = planSplit(library, { ...SHARES, seed: 2 });
  expect(moved).toBeGreaterThan(0);
  expect(planSplit(library, SHARES).moved).toBe(0);
  makeSplit(library, { ...SHARES, seed: 2 });
  const second = partsOf(store)!;
  expect([...second].filter(([photo, part]) => first.get(photo) !== part)).toHaveLength(moved);
  removeSplit(store);
  expect(partsOf(store)).toBeNull();
  expect(undo(store)).toBe("Remove split");
  expect(partsOf(store)).toEqual(second);
  expect(undo(store)).toBe("Split 60 photos into train, validation and test");
  expect(partsOf(store)).toEqual(first);
  undo(store);
  expect(partsOf(store)).toBeNull();
  redo(store);
  redo(store);
  expect(partsOf(store)).toEqual(second);
});

test("new photos move no others: each joins its group's part, or one that its content and the seed determine, in any order", () => {
  const { store, library, ids } = splittable(60, 10);
  expect(addNewPhotosToSplit(library)).toBe(0);
  makeSplit(library, SHARES);
  const before = partsOf(store)!;
  const newcomers = addMockPhotos(store, 400, 60);
  look(store, newcomers);
  expect(found(library, "split:none")).toEqual(newcomers);
  expect(splitState(library)).toMatchObject({ split: { waiting: 400 }, stale: true });
  expect(() => planSplit(library, SHARES)).toThrow(expect.objectContaining({ code: "no-groups" }) as Error);

  const [copy, one, two, ...others] = newcomers;
  const testPhoto = found(library, "split:test")[0];
  group(store, [
    [copy, testPhoto],
    [one, two],
  ]);
  expect(addNewPhotosToSplit(library)).toBe(400);
  const after = partsOf(store)!;
  for (const photo of ids) expect(after.get(photo)).toBe(before.get(photo));
  expect(after.get(copy)).toBe("test");
  expect(after.get(one)).toBe(after.get(two));
  expect(addNewPhotosToSplit(library)).toBe(0);
  const inTest = others.filter((photo) => after.get(photo) === "test").length;
  expect(inTest).toBeGreaterThan(397 * 0.15 - 3 * Math.sqrt(397 * 0.15 * 0.85)); // three standard deviations
  expect(inTest).toBeLessThan(397 * 0.15 + 3 * Math.sqrt(397 * 0.15 * 0.85));

  // The same photos, added in two halves.
  prepared(store, "DELETE FROM split_part WHERE photo > ?").run(others[199]);
  addNewPhotosToSplit(library);
  prepared(store, "DELETE FROM split_part WHERE photo >= ? AND photo <= ?").run(others[0], others[199]);
  addNewPhotosToSplit(library);
  expect(partsOf(store)).toEqual(after);
});

test("a photo that links duplicates in two parts moves neither, and the group is reported as leaking until the next split", () => {
  const { store, library } = splittable(60, 0);
  makeSplit(library, SHARES);
  const [train, other] = [found(library, "split:train")[0], found(library, "split:test")[0]];
  const bridge = addMockPhotos(store, 1, 60)[0];
  look(store, [bridge]);
  group(store, [[other, bridge, train]]);
  addNewPhotosToSplit(library);
  expect([train, other, bridge].map((photo) => partsOf(store)!.get(photo))).toEqual(["train", "test", "test"]);
  expect(splitState(library).split).toMatchObject({ leaking: 1, waiting: 0 });
  makeSplit(library, SHARES);
  expect(splitState(library).split).toMatchObject({ leaking: 0 });
});

test("without a split, split: explains how to make one and completes nothing; with one, it completes the parts", () => {
  const { library } = splittable();
  expect(() => found(library, "split:train")).toThrow(/aren’t split yet/);
  expect(completeQuery(library, "split:", 6).options).toEqual([]);
  makeSplit(library, SHARES);
  expect(completeQuery(library, "split:t", 7).options.map(({ insert }) => insert)).toEqual(["train ", "test "]);
  expect(() => found(library, "split:tset")).toThrow("split: must be one of train, validation, test, none.");
  expect(() => planSplit(library, { train: 0, validation: 0, test: 0, seed: 1 })).toThrow(
    expect.objectContaining({ code: "bad-shares" }) as Error,
  );
});
