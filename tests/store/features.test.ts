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
import { judge, lastVerdictEvent } from "../../src-main/store/verdicts";
import { emptyLibrary, imaginePhotos } from "../fixtures/photo-folder";

const row = (photo: number) => ({
  photo,
  feature: Float32Array.from([photo, -photo / 3, 1e-30]),
  classes: Uint16Array.from([photo, 65535]),
  probabilities: Float32Array.from([0.75, 0.1]),
});

test("features come back bit for bit, under the visual model that made them", () => {
  const library = emptyLibrary();
  imaginePhotos(library, 4);
  // A view into a larger buffer is stored as the view, not as the buffer.
  const within = Float32Array.from([9, 9, 3, -1, 1e-30, 9]).subarray(2, 5);
  storeFeatures(library, "one", [row(2), row(1), { ...row(3), feature: within }]);
  storeFeatures(library, "two", [{ ...row(4), feature: Float32Array.from([1]) }]);
  expect(featuresOf(library, "one", photosWithFeatures(library, "one"))).toEqual({
    photos: Uint32Array.from([1, 2, 3]),
    features: Float32Array.from([1, -1 / 3, 1e-30, 2, -2 / 3, 1e-30, 3, -1, 1e-30]),
    classes: Uint16Array.from([1, 65535, 2, 65535, 3, 65535]),
    probabilities: Float32Array.from([0.75, 0.1, 0.75, 0.1, 0.75, 0.1]),
  });
  expect(featuresOf(library, "two", photosWithFeatures(library, "two")).features).toEqual(Float32Array.from([1]));
  expect(featuresOf(library, "three", photosWithFeatures(library, "three")).photos).toHaveLength(0);
  expect(featuresOf(library, "one", [3, 1, 4, 1]).photos).toEqual(Uint32Array.from([1, 3]));
});

test("vanished photos are left out of all, but not of those asked for", () => {
  const library = emptyLibrary();
  imaginePhotos(library, 2);
  storeFeatures(library, "v", [row(1), row(2)]);
  library.db.exec("UPDATE file SET missing = 1 WHERE photo = 1");
  expect(featuresOf(library, "v", photosWithFeatures(library, "v")).photos).toEqual(Uint32Array.from([2]));
  expect(featuresOf(library, "v", [1, 2]).photos).toEqual(Uint32Array.from([1, 2]));
});

test("rows that don't fit each other are named", () => {
  const library = emptyLibrary();
  imaginePhotos(library, 2);
  storeFeatures(library, "v", [row(1), { ...row(2), feature: new Float32Array(5) }]);
  expect(() => featuresOf(library, "v", photosWithFeatures(library, "v"))).toThrow(
    "photo 2: a row of 20 bytes among rows of 12",
  );
});

test("every model stays, one is in use, and any can be taken up again", () => {
  const library = emptyLibrary();
  expect(currentModelInfo(library)).toBeNull();
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
  const bundled = addModel(library, { ...model, kind: "bundled", loss: null });
  const retrained = addModel(library, { ...model, kind: "retrained", loss: { before: 0.5, after: 0.25 }, verdicts: 7 });
  expect(listModels(library)).toMatchObject([
    { model: retrained, current: true, loss: { before: 0.5, after: 0.25 }, verdicts: 7 },
    { model: bundled, current: false, loss: null },
  ]);
  useModel(library, bundled);
  expect(modelOf(library, bundled)).toMatchObject({
    model: bundled,
    projection,
    E: 2,
    D: 3,
    settings: { margin: 0.1 },
  });
  expect(modelOf(library, retrained).kind).toBe("retrained");
  expect(() => useModel(library, 99)).toThrow("there is no model 99");
  expect(currentModelInfo(library)?.model).toBe(bundled);
  expect(() => addModel(library, { ...model, E: 3, kind: "bundled", loss: null })).toThrow(
    "projection of 6 numbers is not 3 × 3",
  );
});

test("verdicts given during a fit are new to the model it makes", () => {
  const library = emptyLibrary();
  const photos = imaginePhotos(library, 3);
  judge(library, { photos: [photos[0]], label: "own:a", verdict: "accept", name: "a" });
  const lastEvent = lastVerdictEvent(library);
  judge(library, { photos: photos.slice(1), label: "own:a", verdict: "accept", name: "a" });
  addModel(library, {
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
  expect(countNewVerdicts(library)).toBe(2);
  undo(library);
  expect(countNewVerdicts(library)).toBe(0);
});
