import { statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Store } from "../../src-main/store/database";
import { dropFeatures, featureSets } from "../../src-main/store/feature-sets";
import { countFeatures, featuresOf, storeFeatures } from "../../src-main/store/features";
import { addMockPhotos, emptyLibrary } from "../fixtures/photo-folder";

const [N, D] = [1200, 320];

function storeSet(store: Store, visualId: string, photos: number[]): void {
  storeFeatures(
    store,
    visualId,
    photos.map((photo) => ({
      photo,
      feature: new Float32Array(D).fill(photo),
      classes: Uint16Array.of(1, 2),
      probabilities: Float32Array.of(0.5, 0.25),
    })),
  );
}

const sizeOf = ({ directory }: Store) => statSync(join(directory, "cache.db")).size;

test.each([
  { title: "a new cache", prepare: () => undefined },
  {
    title: "a cache of an earlier version",
    prepare: ({ db }: Store) => {
      db.pragma("cache.auto_vacuum = NONE");
      db.exec("VACUUM cache");
    },
  },
])("dropping features of $title frees their space and leaves others as they are", async ({ prepare }) => {
  const store = emptyLibrary();
  prepare(store);
  const photos = addMockPhotos(store, N);
  storeSet(store, "one", photos);
  storeSet(store, "other", photos.slice(0, 700));
  const row = 4 * D + 2 * 2 + 4 * 2;
  expect(featureSets(store)).toEqual([
    { visualId: "one", photos: N, bytes: N * row },
    { visualId: "other", photos: 700, bytes: 700 * row },
  ]);
  store.db.pragma("cache.wal_checkpoint(TRUNCATE)");
  const [before, kept] = [sizeOf(store), featuresOf(store, "other", photos)];

  const { photos: dropped, bytes } = await dropFeatures(store, "one");
  expect(dropped).toBe(N);
  expect(bytes).toBe(before - sizeOf(store));
  expect(bytes).toBeGreaterThan(N * row * 0.8);
  expect(featureSets(store).map(({ visualId }) => visualId)).toEqual(["other"]);
  expect(featuresOf(store, "other", photos)).toEqual(kept);
  expect(countFeatures(store, "one")).toBe(0);
  expect(store.db.pragma("cache.integrity_check", { simple: true })).toBe("ok");

  storeSet(store, "one", photos.slice(0, 5)); // analysed again
  expect(countFeatures(store, "one")).toBe(5);
  expect(await dropFeatures(store, "unknown")).toEqual({ photos: 0, bytes: 0 });
});
