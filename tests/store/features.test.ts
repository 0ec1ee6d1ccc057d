import { expect, test } from "vitest";
import { featuresOf, photosWithFeatures, storeFeatures } from "../../src-main/store/features";
import {
  addModel,
  countNewVerdicts,
  currentModelInfo,
  listModels,
  modelOf,
  useModel,
} from "../../src-main/store/models";
import { undo } from "../../src-main/store/undo";
import { annotate, lastVerdictEvent } from "../../src-main/store/verdicts";
import { addMockPhotos, emptyLibrary } from "../fixtures/photo-folder";

const row = (photo: number) => ({
  photo,
  feature: Float32Array.from([photo, -photo / 3, 1e-30]),
  classes: Uint16Array.from([photo, 65535]),
  probabilities: Float32Array.from([0.75, 0.1]),
});

test("features are stored bit for bit under the visual model that computed them", () => {
  const store = emptyLibrary();
  addMockPhotos(store, 4);
  // A view into a larger buffer is stored as the view, not as the buffer.
  const within = Float32Array.from([9, 9, 3, -1, 1e-30, 9]).subarray(2, 5);
  storeFeatures(store, "one", [row(2), row(1), { ...row(3), feature: within }]);
  storeFeatures(store, "two", [{ ...row(4), feature: Float32Array.from([1]) }]);
  expect(featuresOf(store, "one", photosWithFeatures(store, "one"))).toEqual({
    photos: Uint32Array.from([1, 2, 3]),
    features: Float32Array.from([1, -1 / 3, 1e-30, 2, -2 / 3, 1e-30, 3, -1, 1e-30]),
    classes: Uint16Array.from([1, 65535, 2, 65535, 3, 65535]),
    probabilities: Float32Array.from([0.75, 0.1, 0.75, 0.1, 0.75, 0.1]),
  });
  expect(featuresOf(store, "two", photosWithFeatures(store, "two")).features).toEqual(Float32Array.from([1]));
  expect(featuresOf(store, "three", photosWithFeatures(store, "three")).photos).toHaveLength(0);
  expect(featuresOf(store, "one", [3, 1, 4, 1]).photos).toEqual(Uint32Array.from([1, 3]));
});

test("missing photos are left out of the list of all, but not when asked for", () => {
  const store = emptyLibrary();
  addMockPhotos(store, 2);
  storeFeatures(store, "v", [row(1), row(2)]);
  store.db.exec("UPDATE file SET missing = 1 WHERE photo = 1");
  expect(featuresOf(store, "v", photosWithFeatures(store, "v")).photos).toEqual(Uint32Array.from([2]));
  expect(featuresOf(store, "v", [1, 2]).photos).toEqual(Uint32Array.from([1, 2]));
});

test("the error for rows of different sizes names the photo", () => {
  const store = emptyLibrary();
  addMockPhotos(store, 2);
  storeFeatures(store, "v", [row(1), { ...row(2), feature: new Float32Array(5) }]);
  expect(() => featuresOf(store, "v", photosWithFeatures(store, "v"))).toThrow(
    "photo 2: a row of 20 bytes among rows of 12",
  );
});

test("all models are kept, one is current, and any of them can be used again", () => {
  const store = emptyLibrary();
  expect(currentModelInfo(store)).toBeNull();
  const projection = Float32Array.from([1, 2, 3, 4, 5, 6]);
  const model = {
    visualId: "v",
    wordsId: "w",
    projection,
    E: 2,
    D: 3,
    settings: { margin: 0.1 },
    verdicts: 0,
    seconds: 1,
  };
  const bundled = addModel(store, { ...model, kind: "bundled", loss: null });
  const retrained = addModel(store, { ...model, kind: "retrained", loss: { before: 0.5, after: 0.25 }, verdicts: 7 });
  expect(listModels(store)).toMatchObject([
    { model: retrained, current: true, loss: { before: 0.5, after: 0.25 }, verdicts: 7 },
    { model: bundled, current: false, loss: null },
  ]);
  useModel(store, bundled);
  expect(modelOf(store, bundled)).toMatchObject({
    model: bundled,
    projection,
    E: 2,
    D: 3,
    settings: { margin: 0.1 },
  });
  expect(modelOf(store, retrained).kind).toBe("retrained");
  expect(() => useModel(store, 99)).toThrow("There is no model 99.");
  expect(currentModelInfo(store)?.model).toBe(bundled);
  expect(() => addModel(store, { ...model, E: 3, kind: "bundled", loss: null })).toThrow(
    "projection of 6 numbers is not 3 × 3",
  );
});

test("verdicts given during a fit count as new for the resulting model", () => {
  const store = emptyLibrary();
  const photos = addMockPhotos(store, 3);
  annotate(store, { photos: [photos[0]], label: "own:a", verdict: "accept", name: "a" });
  const lastEvent = lastVerdictEvent(store);
  annotate(store, { photos: photos.slice(1), label: "own:a", verdict: "accept", name: "a" });
  addModel(store, {
    kind: "retrained",
    visualId: "v",
    wordsId: "w",
    projection: new Float32Array(1),
    E: 1,
    D: 1,
    settings: {},
    verdicts: 1,
    lastEvent,
    loss: null,
    seconds: 1,
  });
  expect(countNewVerdicts(store)).toBe(2);
  undo(store);
  expect(countNewVerdicts(store)).toBe(0);
});
