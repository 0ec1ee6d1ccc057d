import { expect, test } from "vitest";
import type { Detections } from "../../src-main/base/detections";
import {
  type Box,
  boxChange,
  boxesJudged,
  boxesOfLabel,
  photosOfBoxes,
  recordBoxes,
} from "../../src-main/store/box-verdicts";
import { closeStore, openStore, type Store } from "../../src-main/store/database";
import { detectionsOf, judgedDetections, storeDetections } from "../../src-main/store/detections";
import { storeFeatures } from "../../src-main/store/features";
import { countPeople, peopleOf, type PeopleRule } from "../../src-main/store/people";
import { photosToRank, replacePredictions } from "../../src-main/store/predictions";
import { copyVerdicts, transferVerdicts } from "../../src-main/store/transfer-verdicts";
import { redo, undo, undoState } from "../../src-main/store/undo";
import type { LabelId, PhotoId } from "../../src-shared/contract";
import { addMockPhotos, emptyLibrary, temporaryFolder } from "../fixtures/photo-folder";

const LABELS: LabelId[] = ["wn:00007846", "wn:02084071"];
const [PERSON, DOG] = LABELS;
const labelOf = (type: number) => LABELS[type]!;
const classOf = (label: LabelId) => (LABELS.includes(label) ? LABELS.indexOf(label) : undefined);

type Found = [type: number, score: number, box: [number, number, number, number]];
const LEFT: Found = [0, 0.9, [0, 0, 0.5, 1]];
const RIGHT: Found = [0, 0.8, [0.5, 0, 1, 1]];
const PET: Found = [1, 0.6, [0.5, 0, 1, 1]]; // in the same place as the right person

const found = (...boxes: Found[]): Detections => ({
  boxes: Float32Array.from(boxes.flatMap(([, , box]) => box)),
  scores: Float32Array.from(boxes, ([, score]) => score),
  classes: Uint16Array.from(boxes, ([type]) => type),
});

function libraryWith(...boxes: Found[]): Store {
  const store = emptyLibrary();
  addMockPhotos(store, 3);
  storeDetections(store, "things", [{ photo: 1, detections: found(...boxes) }]);
  return store;
}
const kept = (store: Store, photo: PhotoId = 1, id = "things") =>
  judgedDetections(store, { id, labelOf, classOf }, [photo]).get(photo);
const judge = (
  store: Store,
  verdict: "accept" | "reject" | "clear",
  box: Partial<Box> & Pick<Box, "label" | "box">,
  description = verdict as string,
) => recordBoxes(store, [boxChange({ photo: 1, detector: "things", ...box }, verdict)], { description });
const rejectedBoxes = (store: Store, photo: PhotoId) =>
  boxesJudged(store, photo, "reject").map(({ label, box }) => ({ label, box }));
const rejectRight = (store: Store) => judge(store, "reject", { label: PERSON!, box: RIGHT[2] }, "Reject box “person”");

// guarantee: undo
test("a rejected box is left out, alone, until undo; what the detector stored stays", () => {
  const store = libraryWith(LEFT, RIGHT, PET);
  rejectRight(store);
  expect(kept(store)).toEqual(found(LEFT, PET));
  expect(detectionsOf(store, "things", [1]).get(1)).toEqual(found(LEFT, RIGHT, PET));
  expect(undoState(store)).toEqual({ undo: "Reject box “person”", redo: null });
  expect(undo(store)).toBe("Reject box “person”");
  expect(kept(store)).toEqual(found(LEFT, RIGHT, PET));
  expect(redo(store)).toBe("Reject box “person”");
  expect(kept(store)).toEqual(found(LEFT, PET));
  expect(store.db.prepare("SELECT kind, verdict FROM box_verdict ORDER BY id").raw().all()).toEqual([
    ["judge", "reject"],
    ["undo", "clear"],
    ["redo", "reject"],
  ]);
});

test("undo takes back its own box only", () => {
  const store = libraryWith(LEFT, RIGHT, PET);
  rejectRight(store);
  judge(store, "reject", { label: DOG!, box: PET[2] });
  undo(store);
  expect(kept(store)).toEqual(found(LEFT, PET));
  undo(store);
  expect(kept(store)).toEqual(found(LEFT, RIGHT, PET));
});

test("a box that is found again stays rejected, by another detector too; one elsewhere is another box", () => {
  const store = libraryWith(LEFT, RIGHT);
  rejectRight(store);
  const again: Found = [0, 0.7, [0.55, 0, 1, 0.9]]; // overlap 0.81
  const elsewhere: Found = [0, 0.7, [0.66, 0, 1, 1]]; // overlap 0.68
  storeDetections(store, "things", [{ photo: 1, detections: found(LEFT, again) }]);
  expect(kept(store)).toEqual(found(LEFT));
  storeDetections(store, "things", [{ photo: 1, detections: found(LEFT, elsewhere) }]);
  expect(kept(store)).toEqual(found(LEFT, elsewhere));
  storeDetections(store, "newer", [{ photo: 1, detections: found(again) }]);
  expect(kept(store, 1, "newer")).toEqual(found());
  store.db.exec("DELETE FROM cache.detection"); // the cache may be made again
  storeDetections(store, "things", [{ photo: 1, detections: found(RIGHT) }]);
  expect(kept(store)).toEqual(found());
});

test("a rejected person doesn't count as one of the photo's people", () => {
  const store = libraryWith(LEFT, RIGHT);
  const rule: PeopleRule = { persons: { detector: "things", class: 0, label: PERSON!, from: 0.5 }, faces: null };
  countPeople(store, rule, [1]);
  expect(peopleOf(store, 1)).toEqual({ people: 2, faces: null });
  rejectRight(store);
  countPeople(store, rule, [1]);
  expect(peopleOf(store, 1)).toEqual({ people: 1, faces: null });
});

test("a photo's labels wait to be predicted again after a rejection, its undo and its redo", () => {
  const store = libraryWith(RIGHT);
  storeFeatures(store, "v", [
    { photo: 1, feature: new Float32Array(2), classes: new Uint16Array(1), probabilities: new Float32Array(1) },
  ]);
  const waiting = () => {
    const photos = photosToRank(store, "v", 1);
    replacePredictions(store, 1, [{ photo: 1, labels: [], scores: [] }]);
    return photos;
  };
  waiting();
  expect(waiting()).toEqual([]);
  rejectRight(store);
  expect(waiting()).toEqual([1]);
  undo(store);
  expect(waiting()).toEqual([1]);
  redo(store);
  expect(waiting()).toEqual([1]);
});

// guarantee: undo
test("an accepted box is certain, one that nobody detected too; undo brings the verdict before back", () => {
  const store = libraryWith(LEFT, RIGHT);
  const drawn: Found = [1, 1, [0.1, 0.1, 0.3, 0.4]];
  judge(store, "accept", { label: PERSON!, box: RIGHT[2] });
  judge(store, "accept", { label: DOG!, box: drawn[2], detector: "drawn" });
  expect(kept(store)).toEqual(found([0, 1, RIGHT[2]], drawn, LEFT));
  rejectRight(store);
  expect(kept(store)).toEqual(found(drawn, LEFT));
  undo(store);
  expect(kept(store)).toEqual(found(drawn, [0, 1, RIGHT[2]], LEFT));
  expect(boxesOfLabel(store, DOG!, "accept")).toEqual([{ photo: 1, detector: "drawn", label: DOG, box: drawn[2] }]);
  expect(judge(store, "accept", { label: PERSON!, box: RIGHT[2] })).toBe(0);
  expect(undoState(store).undo).toBe("accept"); // of the dog: what changes nothing is no step
  undo(store);
  undo(store);
  expect(kept(store)).toEqual(found(LEFT, RIGHT));
});

// guarantee: annotations-follow
test("rejections pass on to another file of the photo, the latest decision first", () => {
  const store = libraryWith(RIGHT);
  rejectRight(store);
  copyVerdicts(store, 1, 2);
  transferVerdicts(store, 1, 3);
  const place = [{ label: PERSON, box: RIGHT[2] }];
  expect([rejectedBoxes(store, 2), rejectedBoxes(store, 3)]).toEqual([place, place]);
  const rows = () => store.db.prepare("SELECT count(*) FROM box_verdict").pluck().get();
  expect(rows()).toBe(3);
  copyVerdicts(store, 1, 2); // nothing new
  expect(rows()).toBe(3);
  undo(store);
  expect([rejectedBoxes(store, 1), rejectedBoxes(store, 2)]).toEqual([[], place]);
  transferVerdicts(store, 1, 2);
  expect(rejectedBoxes(store, 2)).toEqual([]);
});

// guarantee: restart
test("rejections survive a restart, and the log of them only grows", () => {
  const place = { home: temporaryFolder(), folder: temporaryFolder() };
  let store = openStore(place);
  addMockPhotos(store, 1);
  rejectRight(store);
  expect(() => judge(store, "reject", { photo: 99, label: DOG!, box: [0, 0, 1, 1] })).toThrow();
  expect(() => store.db.exec("DELETE FROM box_verdict")).toThrow("only grows");
  expect(() => store.db.exec("UPDATE box_verdict SET verdict = 'clear'")).toThrow("only grows");
  closeStore(store);
  store = openStore(place);
  expect(rejectedBoxes(store, 1)).toEqual([{ label: PERSON, box: RIGHT[2] }]);
  expect(photosOfBoxes(store, 1)).toEqual([1]);
  expect(undo(store)).toBe("Reject box “person”");
  expect(undo(store)).toBeNull();
  closeStore(store);
});
