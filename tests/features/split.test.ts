import { expect, onTestFinished, test } from "vitest";
import { completeQuery } from "../../src-main/features/browse/complete-query";
import { readQuery } from "../../src-main/features/browse/read-query";
import { makeSplit, placeNewcomers, planSplit, splitState } from "../../src-main/features/review/split-photos";
import { closeLibrary, type Library, openLibrary, prepared } from "../../src-main/store/database";
import { photoState, storeGroups } from "../../src-main/store/duplicate-groups";
import { storeFeatures } from "../../src-main/store/features";
import { conditionSql } from "../../src-main/store/query-condition";
import { partsOf, removeSplit } from "../../src-main/store/splits";
import { redo, undo } from "../../src-main/store/undo";
import type { Workbench } from "../../src-main/workspace/workbench";
import type { PhotoId } from "../../src-shared/contract";
import { PARTS } from "../../src-shared/split-parts";
import { emptyLibrary, imaginePhotos } from "../fixtures/photo-folder";

const SHARES = { train: 0.7, validation: 0.15, test: 0.15, seed: 1 };

/** As much of a workbench as a split needs. */
const benchOf = (library: Library) => ({ library, pack: { visualId: "v" } }) as unknown as Workbench;

function look(library: Library, photos: PhotoId[]): void {
  storeFeatures(
    library,
    "v",
    photos.map((photo) => ({
      photo,
      feature: Float32Array.of(1),
      classes: Uint16Array.of(0),
      probabilities: Float32Array.of(1),
    })),
  );
}

/** Keeps groups as if duplicates had been looked for just now. */
function group(library: Library, groups: PhotoId[][]): void {
  storeGroups(
    library,
    groups.map((photos) => ({ kind: "duplicate", photos, why: "sharpest" })),
    photoState(library, "v"),
  );
}

/** A library of photos that were looked at, the first of them in pairs. */
function splittable(photos = 60, pairs = 10) {
  const library = emptyLibrary();
  const ids = imaginePhotos(library, photos);
  look(library, ids);
  const groups = Array.from({ length: pairs }, (_, i) => [ids[2 * i], ids[2 * i + 1]]);
  group(library, groups);
  return { library, bench: benchOf(library), ids, groups };
}

const found = (bench: Workbench, text: string): PhotoId[] => {
  const { sql, values } = conditionSql(
    bench.library,
    readQuery(bench, text, () => ({ is: "all", parts: [] })).condition!,
  );
  return prepared<{ id: number }>(bench.library, `SELECT p.id FROM photo p WHERE ${sql} ORDER BY p.id`)
    .all(...values)
    .map(({ id }) => id);
};

test("a split is planned without a change, made by group, found by split:, and kept when the library is opened again", () => {
  const { library, bench, ids, groups } = splittable();
  const plan = planSplit(bench, SHARES);
  expect(plan).toEqual({ photos: { train: 42, validation: 9, test: 9 }, groups: 10, grouped: 20, moved: 0 });
  expect(partsOf(library)).toBeNull();
  expect(makeSplit(bench, SHARES)).toEqual(plan);
  const parts = partsOf(library)!;
  for (const [a, b] of groups) expect(parts.get(a)).toBe(parts.get(b));
  for (const part of PARTS)
    expect(found(bench, `split:${part}`)).toEqual(ids.filter((photo) => parts.get(photo) === part));
  expect(found(bench, "split:none")).toEqual([]);
  expect(found(bench, "-split:train split:TEST")).toEqual(found(bench, "split:test"));
  expect(splitState(bench)).toMatchObject({
    split: { train: 0.7, seed: 1, photos: plan.photos, waiting: 0, straddling: 0 },
    groups: 10,
    stale: false,
  });

  const { home, folder } = library;
  closeLibrary(library);
  const again = openLibrary({ home, folder });
  onTestFinished(() => closeLibrary(again));
  expect(partsOf(again)).toEqual(parts);
});

// guarantee: undo
test("another split takes the place of the first and says what moves; undo and redo go between them", () => {
  const { library, bench } = splittable();
  makeSplit(bench, SHARES);
  const first = partsOf(library)!;
  const { moved } = planSplit(bench, { ...SHARES, seed: 2 });
  expect(moved).toBeGreaterThan(0);
  expect(planSplit(bench, SHARES).moved).toBe(0);
  makeSplit(bench, { ...SHARES, seed: 2 });
  const second = partsOf(library)!;
  expect([...second].filter(([photo, part]) => first.get(photo) !== part)).toHaveLength(moved);
  removeSplit(library);
  expect(partsOf(library)).toBeNull();
  expect(undo(library)).toBe("Take the split away");
  expect(partsOf(library)).toEqual(second);
  expect(undo(library)).toBe("Split 60 photos into train, validation and test");
  expect(partsOf(library)).toEqual(first);
  undo(library);
  expect(partsOf(library)).toBeNull();
  redo(library);
  redo(library);
  expect(partsOf(library)).toEqual(second);
});

test("photos that come later move none: each goes with its group, else where its content and the seed say, in whatever order they come", () => {
  const { library, bench, ids } = splittable(60, 10);
  expect(placeNewcomers(bench)).toBe(0);
  makeSplit(bench, SHARES);
  const before = partsOf(library)!;
  const newcomers = imaginePhotos(library, 400, 60);
  look(library, newcomers);
  expect(found(bench, "split:none")).toEqual(newcomers);
  expect(splitState(bench)).toMatchObject({ split: { waiting: 400 }, stale: true });
  expect(() => planSplit(bench, SHARES)).toThrow(expect.objectContaining({ code: "no-groups" }) as Error);

  const [copy, one, two, ...others] = newcomers;
  const testPhoto = found(bench, "split:test")[0];
  group(library, [
    [copy, testPhoto],
    [one, two],
  ]);
  expect(placeNewcomers(bench)).toBe(400);
  const after = partsOf(library)!;
  for (const photo of ids) expect(after.get(photo)).toBe(before.get(photo));
  expect(after.get(copy)).toBe("test");
  expect(after.get(one)).toBe(after.get(two));
  expect(placeNewcomers(bench)).toBe(0);
  const inTest = others.filter((photo) => after.get(photo) === "test").length;
  expect(inTest).toBeGreaterThan(397 * 0.15 - 3 * Math.sqrt(397 * 0.15 * 0.85)); // three standard deviations
  expect(inTest).toBeLessThan(397 * 0.15 + 3 * Math.sqrt(397 * 0.15 * 0.85));

  // The same photos, come one half after the other.
  prepared(library, "DELETE FROM split_part WHERE photo > ?").run(others[199]);
  placeNewcomers(bench);
  prepared(library, "DELETE FROM split_part WHERE photo >= ? AND photo <= ?").run(others[0], others[199]);
  placeNewcomers(bench);
  expect(partsOf(library)).toEqual(after);
});

test("a photo that joins duplicates of two parts moves neither of them, and the group is told of until the photos are split again", () => {
  const { library, bench } = splittable(60, 0);
  makeSplit(bench, SHARES);
  const [train, other] = [found(bench, "split:train")[0], found(bench, "split:test")[0]];
  const bridge = imaginePhotos(library, 1, 60)[0];
  look(library, [bridge]);
  group(library, [[other, bridge, train]]);
  placeNewcomers(bench);
  expect([train, other, bridge].map((photo) => partsOf(library)!.get(photo))).toEqual(["train", "test", "test"]);
  expect(splitState(bench).split).toMatchObject({ straddling: 1, waiting: 0 });
  makeSplit(bench, SHARES);
  expect(splitState(bench).split).toMatchObject({ straddling: 0 });
});

test("without a split, split: says how there comes to be one, and is completed with nothing; with one, with its parts", () => {
  const { bench } = splittable();
  expect(() => found(bench, "split:train")).toThrow(/not split yet/);
  expect(completeQuery(bench, "split:", 6).options).toEqual([]);
  makeSplit(bench, SHARES);
  expect(completeQuery(bench, "split:t", 7).options.map(({ insert }) => insert)).toEqual(["train ", "test "]);
  expect(() => found(bench, "split:tset")).toThrow("split: is one of train, validation, test, none.");
  expect(() => planSplit(bench, { train: 0, validation: 0, test: 0, seed: 1 })).toThrow(
    expect.objectContaining({ code: "bad-shares" }) as Error,
  );
});
