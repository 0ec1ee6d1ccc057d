import { describe, expect, test } from "vitest";
import type { Detections } from "../../src-main/base/detections";
import type { Store } from "../../src-main/store/database";
import { photosToEmbed } from "../../src-main/store/decoded-photos";
import {
  countToDetect,
  detectionsOf,
  detectorsToRun,
  photosToDetect,
  storeDetections,
} from "../../src-main/store/detections";
import { storeFeatures } from "../../src-main/store/features";
import { deleteDerivedData } from "../../src-main/store/identity";
import { coloursOf, photosWithoutQuality, qualitiesOf, storeQualities } from "../../src-main/store/image-qualities";
import { countPeople, countPeopleBy, peopleOf, type PeopleRule } from "../../src-main/store/people";
import { addMockPhotos, emptyLibrary } from "../fixtures/photo-folder";

const NOTHING: Detections = { boxes: new Float32Array(0), scores: new Float32Array(0), classes: new Uint16Array(0) };
const TWO: Detections = {
  boxes: Float32Array.from([0, 0.1, 1 / 3, 1, 0.5, 0.5, 0.6, 0.7]),
  scores: Float32Array.from([0.9, 0.1]),
  classes: Uint16Array.from([79, 65535]),
};
const feature = (photo: number) => ({
  photo,
  feature: new Float32Array(2),
  classes: new Uint16Array(1),
  probabilities: new Float32Array(1),
});

test("detections are stored bit for bit under their detector; a photo without boxes counts as done", () => {
  const store = emptyLibrary();
  addMockPhotos(store, 3);
  // Views into larger arrays are stored as views.
  const within = {
    boxes: new Float32Array([7, ...TWO.boxes, 7]).subarray(1, 9),
    scores: TWO.scores,
    classes: new Uint16Array([7, ...TWO.classes]).subarray(1),
  };
  expect(
    storeDetections(store, "objects", [
      { photo: 2, detections: NOTHING },
      { photo: 1, detections: within },
    ]),
  ).toEqual([2, 1]);
  storeDetections(store, "faces", [{ photo: 2, detections: TWO }]);
  expect(detectionsOf(store, "objects", [3, 1, 2])).toEqual(
    new Map([
      [1, TWO],
      [2, NOTHING],
    ]),
  );
  expect(detectionsOf(store, "faces", [1, 2, 3])).toEqual(new Map([[2, TWO]]));
  expect(detectionsOf(store, "none", [1, 2, 3])).toEqual(new Map());
  storeDetections(store, "objects", [{ photo: 1, detections: NOTHING }]);
  expect(detectionsOf(store, "objects", [1])).toEqual(new Map([[1, NOTHING]]));
});

test("boxes that don't have four numbers per score are refused, and nothing of the batch is stored", () => {
  const store = emptyLibrary();
  addMockPhotos(store, 2);
  const rows = [
    { photo: 1, detections: TWO },
    { photo: 2, detections: { ...TWO, boxes: TWO.boxes.subarray(4) } },
  ];
  expect(() => storeDetections(store, "objects", rows)).toThrow("photo 2: 1 boxes with 2 scores and 2 classes");
  expect(detectionsOf(store, "objects", [1, 2])).toEqual(new Map());
});

test("detections in a photo that has changed since are not stored, and those from before the change are deleted", () => {
  const store = emptyLibrary();
  addMockPhotos(store, 2);
  const [{ version }] = photosToEmbed(store, "v", 1);
  expect(
    storeDetections(store, "objects", [
      { photo: 1, version, detections: TWO },
      { photo: 2, version, detections: TWO },
      { photo: 99, detections: TWO },
    ]),
  ).toEqual([1]);
  deleteDerivedData(store, 1);
  expect(detectionsOf(store, "objects", [1, 2])).toEqual(new Map());
});

test("a photo waits for detectors once it has features, until all of them have seen it", () => {
  const store = emptyLibrary();
  addMockPhotos(store, 5);
  const waiting = (...ids: string[]) => photosToDetect(store, "v", ids, 100).map(({ photo }) => photo);
  expect(waiting("objects", "faces")).toEqual([]);
  storeFeatures(store, "v", [1, 2, 3, 4].map(feature));
  storeFeatures(store, "w", [5].map(feature));
  storeDetections(store, "objects", [
    { photo: 1, detections: NOTHING },
    { photo: 2, detections: TWO },
  ]);
  storeDetections(store, "faces", [{ photo: 2, detections: NOTHING }]);
  expect(waiting("objects", "faces")).toEqual([1, 3, 4]);
  expect(waiting("objects")).toEqual([3, 4]);
  expect(waiting()).toEqual([]);
  expect(countToDetect(store, "v", ["objects", "faces"])).toBe(3);
  expect(countToDetect(store, "v", [])).toBe(0);
  expect(detectorsToRun(store, 1, ["objects", "faces"])).toEqual(["faces"]);
  expect(detectorsToRun(store, 3, ["objects", "faces"])).toEqual(["objects", "faces"]);
  store.db.exec("UPDATE file SET missing = 1 WHERE photo = 3; UPDATE photo SET error_code = 'damaged' WHERE id = 4");
  expect(waiting("objects", "faces")).toEqual([1]);
  expect(countToDetect(store, "v", ["objects", "faces"])).toBe(1);
});

test("waiting photos are paged through by id, with path and version", () => {
  const store = emptyLibrary();
  addMockPhotos(store, 5);
  storeFeatures(store, "v", [1, 2, 3, 4, 5].map(feature));
  const page = photosToDetect(store, "v", ["objects"], 2, 3);
  expect(page).toEqual(photosToEmbed(store, "none", 2, 3));
  expect(page.map(({ photo }) => photo)).toEqual([4, 5]);
});

test("colours are stored; photos whose image quality an earlier version measured without them are asked for again", () => {
  const store = emptyLibrary();
  addMockPhotos(store, 2);
  storeFeatures(store, "v", [1, 2].map(feature));
  const colours = Uint8Array.from({ length: 48 }, (_, i) => i);
  const imageQuality = { grey: new Uint8Array(1024), sharpness: 1, brightness: 0.5, clipped: 0, colours };
  storeQualities(
    store,
    photosToEmbed(store, "none", 10).map(({ photo, version }) => ({ photo, version, imageQuality })),
  );
  expect(photosWithoutQuality(store, "v")).toEqual([]);
  expect(coloursOf(store, [1, 2, 3])).toEqual(
    new Map([
      [1, colours],
      [2, colours],
    ]),
  );
  store.db.exec("UPDATE cache.glance SET colours = NULL WHERE photo = 2");
  expect(photosWithoutQuality(store, "v").map(({ photo }) => photo)).toEqual([2]);
  expect(coloursOf(store, [1, 2])).toEqual(new Map([[1, colours]]));
  expect(qualitiesOf(store, [1, 2]).map(({ photo }) => photo)).toEqual([1, 2]);
});

describe("people in photos", () => {
  const RULE: PeopleRule = {
    persons: { detector: "objects", class: 0, label: "wn:00007846", from: 0.5 },
    faces: { detector: "faces", class: 0, label: "own:face", from: 0.6 },
  };
  const scored = (...scores: [score: number, type: number][]): Detections => ({
    boxes: new Float32Array(4 * scores.length),
    scores: Float32Array.from(scores, ([score]) => score),
    classes: Uint16Array.from(scores, ([, type]) => type),
  });
  const counts = (store: Store) =>
    store.db.prepare("SELECT photo, persons, faces, people FROM cache.people ORDER BY photo").raw().all();

  test("are the boxes of their class above its threshold; the larger number of persons and faces counts", () => {
    const store = emptyLibrary();
    addMockPhotos(store, 4);
    storeDetections(store, "objects", [
      { photo: 1, detections: scored([0.9, 0], [0.8, 7], [0.5, 0], [0.49, 0]) },
      { photo: 2, detections: NOTHING },
      { photo: 3, detections: scored([0.9, 7]) },
    ]);
    storeDetections(store, "faces", [
      { photo: 1, detections: scored([0.7, 0]) },
      { photo: 2, detections: scored([0.9, 0], [0.6, 0], [0.3, 0]) },
    ]);
    countPeople(store, RULE, [1, 2, 3, 4]);
    expect(counts(store)).toEqual([
      [1, 2, 1, 2],
      [2, 0, 2, 2],
      [3, 0, null, 0],
    ]);
    expect([1, 2, 3, 4].map((photo) => peopleOf(store, photo))).toEqual([
      { people: 2, faces: 1 },
      { people: 2, faces: 2 },
      { people: 0, faces: null },
      null,
    ]);
    deleteDerivedData(store, 1);
    expect(counts(store)).toEqual([
      [2, 0, 2, 2],
      [3, 0, null, 0],
    ]);
  });

  test("are counted again only when the rule changes", () => {
    const store = emptyLibrary();
    addMockPhotos(store, 2);
    storeDetections(store, "objects", [
      { photo: 1, detections: scored([0.9, 0], [0.6, 0]) },
      { photo: 2, detections: scored([0.6, 0]) },
    ]);
    countPeopleBy(store, RULE);
    expect(counts(store)).toEqual([
      [1, 2, null, 2],
      [2, 1, null, 1],
    ]);
    store.db.exec("DELETE FROM cache.people WHERE photo = 2");
    countPeopleBy(store, RULE);
    expect(counts(store)).toEqual([[1, 2, null, 2]]);
    countPeopleBy(store, { persons: { ...RULE.persons!, from: 0.7 }, faces: null });
    expect(counts(store)).toEqual([
      [1, 1, null, 1],
      [2, 0, null, 0],
    ]);
    // Those of another pack's detectors don't count.
    countPeopleBy(store, { persons: { ...RULE.persons!, detector: "others" }, faces: null });
    expect(counts(store)).toEqual([]);
  });
});
