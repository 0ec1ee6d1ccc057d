import fc from "fast-check";
import { expect, test } from "vitest";
import { photosWhere, queryView } from "../../src-main/store/browse";
import type { Store } from "../../src-main/store/database";
import { changesTo, coloursInUse, markPhotos, marksOf, recordMarks } from "../../src-main/store/marks";
import { storeMetadata } from "../../src-main/store/metadata";
import { copyVerdicts, transferVerdicts } from "../../src-main/store/transfer-verdicts";
import { redo, undo, undoState } from "../../src-main/store/undo";
import type { PhotoId } from "../../src-shared/contract";
import { FLAGS, MARKS, NO_MARKS, type PhotoMarks } from "../../src-shared/photo-marks";
import { addMockPhotos, emptyLibrary } from "../fixtures/photo-folder";

const marksIn = (store: Store, photos: PhotoId[]) => photos.map((photo) => marksOf(store, [photo]).get(photo)!);

// guarantee: undo
test("marks of any photos are one step each, which undo and redo take back and do again", () => {
  const store = emptyLibrary();
  const photos = addMockPhotos(store, 4);
  const marks = fc.record(
    {
      flag: fc.constantFrom(...FLAGS),
      rating: fc.integer({ min: 0, max: 5 }),
      colour: fc.constantFrom("", "red", "To Do"),
    },
    { requiredKeys: [] },
  );
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.record({ of: fc.uniqueArray(fc.constantFrom(...photos)), marks }) },
    { weight: 2, arbitrary: fc.constant("undo" as const) },
    { weight: 1, arbitrary: fc.constant("redo" as const) },
  );
  type State = PhotoMarks[];
  let state: State = photos.map(() => NO_MARKS);
  const past: State[] = [];
  let future: State[] = [];
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      for (const s of steps) {
        if (s === "undo") {
          expect(undo(store) !== null).toBe(past.length > 0);
          if (past.length > 0) [state] = [past.pop()!, future.push(state)];
        } else if (s === "redo") {
          expect(redo(store) !== null).toBe(future.length > 0);
          if (future.length > 0) [state] = [future.pop()!, past.push(state)];
        } else {
          const next = state.map((now, i) => (s.of.includes(photos[i]!) ? { ...now, ...s.marks } : now));
          const changed = next.filter((now, i) => MARKS.some((mark) => now[mark] !== state[i]![mark])).length;
          expect(markPhotos(store, s.of, s.marks)).toBe(changed);
          if (changed > 0) {
            past.push(state);
            future = [];
            state = next;
          }
        }
        expect(marksIn(store, photos)).toEqual(state);
      }
    }),
    { numRuns: 40 },
  );
});

test("an action says what it did, and the log can't be changed", () => {
  const store = emptyLibrary();
  const photos = addMockPhotos(store, 3);
  const did = (marks: Partial<PhotoMarks>, of = photos) => {
    markPhotos(store, of, marks);
    return undoState(store).undo;
  };
  expect(did({ flag: "pick" })).toBe("Pick 3 photos");
  expect(did({ flag: "none" }, photos.slice(0, 1))).toBe("Unflag 1 photo");
  expect(did({ rating: 4 })).toBe("Rate 3 photos 4 stars");
  expect(did({ rating: 0 })).toBe("Remove the stars from 3 photos");
  expect(did({ colour: "red" })).toBe("Label 3 photos red");
  expect(did({ colour: "", rating: 1 })).toBe("Mark 3 photos");
  expect(() => store.db.exec("DELETE FROM mark_event")).toThrow("only grows");
  expect(() => store.db.exec("UPDATE mark_event SET value = '5'")).toThrow("only grows");
});

test("a photo that doesn't exist stops the whole action", () => {
  const store = emptyLibrary();
  const photos = addMockPhotos(store, 2);
  expect(() => markPhotos(store, [...photos, 99], { rating: 3 })).toThrow();
  expect(marksIn(store, photos)).toEqual([NO_MARKS, NO_MARKS]);
  expect(undoState(store).undo).toBeNull();
});

test("a person's mark counts before the file's, also when that is read again; undo brings the file's back", () => {
  const store = emptyLibrary();
  const [photo] = addMockPhotos(store, 1) as [PhotoId];
  const version = store.db.prepare("SELECT lower(hex(hash)) FROM photo").pluck().get() as string;
  const file = { takenAt: null, camera: "", lens: "", location: null, place: null, keywords: [], motion: false };
  const read = (marks: { flag: "pick" | null; rating: number | null; colour: string | null }) =>
    expect(storeMetadata(store, photo, version, { ...file, ...marks })).toBe(true);
  read({ flag: "pick", rating: 4, colour: "Vienna" });
  expect(marksIn(store, [photo])).toEqual([{ flag: "pick", rating: 4, colour: "Vienna" }]);
  markPhotos(store, [photo], { rating: 2, flag: "none" });
  read({ flag: "pick", rating: 5, colour: null });
  expect(marksIn(store, [photo])).toEqual([{ flag: "none", rating: 2, colour: "" }]);
  undo(store);
  expect(marksIn(store, [photo])).toEqual([{ flag: "pick", rating: 5, colour: "" }]);
});

// guarantee: annotations-follow
test("marks go along to an edited copy and to another file of the photo; there, the later one counts", () => {
  const store = emptyLibrary();
  const [one, two, three] = addMockPhotos(store, 3) as [PhotoId, PhotoId, PhotoId];
  markPhotos(store, [one], { flag: "pick", rating: 5, colour: "green" });
  copyVerdicts(store, one, two);
  expect(marksIn(store, [two])).toEqual(marksIn(store, [one]));
  expect(undoState(store).undo).toBe("Mark 1 photo"); // the copy is no step of its own
  markPhotos(store, [three], { rating: 1 });
  markPhotos(store, [one], { colour: "red" });
  transferVerdicts(store, one, three);
  expect(marksIn(store, [three])).toEqual([{ flag: "pick", rating: 1, colour: "red" }]);
});

test("photos are found and sorted by their marks", () => {
  const store = emptyLibrary();
  const [a, b, c, d] = addMockPhotos(store, 4) as [PhotoId, PhotoId, PhotoId, PhotoId];
  markPhotos(store, [a, b], { rating: 3 });
  markPhotos(store, [c], { rating: 5, flag: "pick", colour: "Red" });
  markPhotos(store, [d], { flag: "reject" });
  const found = (condition: Parameters<typeof photosWhere>[2]) => photosWhere(store, {}, condition).sort();
  const stars = (least: number | null, most: number | null) =>
    found({ is: "number", column: "rating", within: { least, minOpen: false, most, maxOpen: false } });
  expect(stars(3, null)).toEqual([a, b, c]);
  expect(stars(0, 0)).toEqual([d]);
  expect(found({ is: "state", state: "picked" })).toEqual([c]);
  expect(found({ is: "state", state: "unflagged" })).toEqual([a, b]);
  expect(found({ is: "flagged", flag: "reject" })).toEqual([d]);
  expect(found({ is: "coloured", among: ["red"] })).toEqual([c]);
  expect(queryView(store, { sort: "rating", descending: true, group: "none" }).photos[0]).toBe(c);
  expect(queryView(store, { sort: "rating", descending: false, group: "none" }).photos[0]).toBe(d);
  recordMarks(store, changesTo([a], { colour: "To Do" }), { source: "person", describe: () => "" });
  expect(coloursInUse(store).filter(({ photos }) => photos > 0)).toEqual([
    { colour: "Red", photos: 1 },
    { colour: "To Do", photos: 1 },
  ]);
});
