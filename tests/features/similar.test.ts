import { readdirSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { browseListed } from "../../src-main/features/browse/listed-photos";
import { similarPhotos } from "../../src-main/features/browse/similar-photos";
import { random } from "../../src-main/math/random";
import { readArrays, writeArrays } from "../../src-main/store/array-file";
import { effectiveLabels } from "../../src-main/store/effective-labels";
import { storeFeatures } from "../../src-main/store/features";
import { labelsOfPhoto, replacePredictions } from "../../src-main/store/predictions";
import { annotate } from "../../src-main/store/verdicts";
import { createLibraryCaches } from "../../src-main/workspace/library-caches";
import type { OpenLibrary } from "../../src-main/workspace/open-library";
import { addMockPhotos, emptyLibrary } from "../fixtures/photo-folder";

const [n, D] = [120, 7];

function seenLibrary() {
  const store = emptyLibrary();
  const photos = addMockPhotos(store, n);
  const draw = random(9);
  const rows = photos.map(() => Float32Array.from({ length: D }, draw));
  storeFeatures(
    store,
    "seen",
    photos.map((photo, i) => ({
      photo,
      feature: rows[i],
      classes: Uint16Array.of(0),
      probabilities: Float32Array.of(1),
    })),
  );
  const library = {
    store,
    caches: createLibraryCaches(),
    pack: { visualId: "seen", dimensions: D },
  } as unknown as OpenLibrary;
  return { store, library, rows };
}

const unit = (row: ArrayLike<number>) => {
  const length = Math.hypot(...Array.from(row));
  return Array.from(row, (value) => value / length);
};

test("ranks photos by cosine similarity to the liked minus half of the disliked, as a brute-force comparison does", async () => {
  const { library, rows } = seenLibrary();
  const units = rows.map(unit);
  const mean = (ids: number[]) =>
    Array.from({ length: D }, (_, d) => ids.reduce((sum, id) => sum + units[id - 1][d] / ids.length, 0));
  const [liked, others] = [mean([3, 50]), mean([7, 8])];
  const query = unit(liked.map((value, d) => value - 0.5 * others[d]));
  const cosine = (id: number) => units[id - 1].reduce((sum, value, d) => sum + value * query[d], 0);
  const expected = Array.from({ length: n }, (_, i) => i + 1)
    .filter((id) => ![3, 50, 7, 8].includes(id))
    .sort((a, b) => cosine(b) - cosine(a))
    .slice(0, 10);
  const found = await similarPhotos(library, [3, 50], [7, 8], 10);
  expect(found.photos).toEqual(expected);
  found.scores.forEach((score, i) => expect(score).toBeCloseTo(Math.max(0, cosine(expected[i])), 5));
  const shown = await browseListed(library, {
    similar: { like: [3, 50], unlike: [7, 8] },
    sort: "relevance",
    descending: true,
    group: "none",
  });
  expect(shown.photos.slice(0, 10)).toEqual(expected);
  expect(shown.scores).toHaveLength(n - 4);
});

test("a photo without features is similar to nothing, and a list shows its photos in the view's order", async () => {
  const { library } = seenLibrary();
  await expect(similarPhotos(library, [999], [], 5)).rejects.toMatchObject({ code: "no-photo" });
  const listed = await browseListed(library, {
    photos: [9, 4, 77, 999],
    sort: "added",
    descending: false,
    group: "none",
  });
  expect(listed).toMatchObject({ photos: [4, 9, 77], scores: null });
});

test("returns each photo's labels, best first, with verdicts applied", () => {
  const { store } = seenLibrary();
  replacePredictions(
    store,
    1,
    [1, 2, 3, 4].map((photo) => ({
      photo,
      labels: ["wn:00000001", "wn:00000002", "wn:00000003"] as const,
      scores: [0.7, 0.9, 0.2],
    })),
  );
  annotate(store, { photos: [2], label: "wn:00000003", verdict: "accept", name: "three" });
  annotate(store, { photos: [3], label: "wn:00000001", verdict: "reject", name: "one" });
  annotate(store, { photos: [4], label: "own:Rex", verdict: "accept", name: "Rex" });
  const carried = effectiveLabels(store, 1, 4);
  for (const photo of [1, 2, 3, 4]) {
    const expected = labelsOfPhoto(store, photo)
      .filter(({ source }) => source !== "rejected")
      .map(({ label, score }) => ({ label, score }));
    expect(carried.get(photo)).toEqual(expected);
  }
  expect([...effectiveLabels(store, 2, 3).keys()].sort()).toEqual([2, 3]);
});

test("reads a stored array only for the same source, and never from a truncated file or another cache", () => {
  const { store } = seenLibrary();
  const arrays = { photos: Uint32Array.of(1, 2, 4_000_000_000), places: Float32Array.of(0.5, -1e-30, 3) };
  writeArrays(store, "map", { visualId: "seen", made: 3 }, arrays);
  expect(readArrays(store, "map", { visualId: "seen" })).toEqual({ about: { visualId: "seen", made: 3 }, arrays });
  expect(readArrays(store, "map", { visualId: "other" })).toBeNull();
  expect(readArrays(store, "reduced", {})).toBeNull();
  store.db.prepare("UPDATE cache.meta SET value = 'another' WHERE key = 'arrays map'").run();
  expect(readArrays(store, "map", { visualId: "seen" })).toBeNull();
  writeArrays(store, "map", { visualId: "seen" }, arrays);
  const file = join(
    store.directory,
    readdirSync(store.directory).find((name) => name.endsWith(".arrays"))!,
  );
  truncateSync(file, 150);
  expect(readArrays(store, "map", { visualId: "seen" })).toBeNull();
});
