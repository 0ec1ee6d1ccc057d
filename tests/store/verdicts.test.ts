import fc from "fast-check";
import { expect, test } from "vitest";
import { closeStore, openStore } from "../../src-main/store/database";
import { replacePredictions } from "../../src-main/store/predictions";
import { copyVerdicts } from "../../src-main/store/transfer-verdicts";
import { redo, undo, undoState } from "../../src-main/store/undo";
import { annotate, currentAnnotations, recordAll } from "../../src-main/store/verdicts";
import type { LabelId, Verdict } from "../../src-shared/contract";
import { addMockPhotos, emptyLibrary, temporaryFolder } from "../fixtures/photo-folder";

type Annotations = Map<string, Verdict>;

// guarantee: undo
test("undo and redo agree with a plain list of states after any sequence of actions", () => {
  const store = emptyLibrary();
  const photos = addMockPhotos(store, 4);
  const act = fc.record({
    photos: fc.uniqueArray(fc.constantFrom(...photos), { minLength: 1 }),
    label: fc.constantFrom<LabelId>("own:a", "own:b", "wn:02086723"),
    verdict: fc.constantFrom<Verdict>("accept", "reject", "clear"),
  });
  const step = fc.oneof(
    { weight: 3, arbitrary: act },
    { weight: 2, arbitrary: fc.constant("undo" as const) },
    { weight: 1, arbitrary: fc.constant("redo" as const) },
  );

  let state: Annotations = new Map();
  const past: Annotations[] = [];
  let future: Annotations[] = []; // the library continues from run to run, and so does its model
  let events = 0;
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      for (const s of steps) {
        if (s === "undo") {
          expect(undo(store) !== null).toBe(past.length > 0);
          if (past.length > 0) {
            future.push(state);
            state = past.pop()!;
          }
        } else if (s === "redo") {
          expect(redo(store) !== null).toBe(future.length > 0);
          if (future.length > 0) {
            past.push(state);
            state = future.pop()!;
          }
        } else {
          const next = new Map(state);
          for (const photo of s.photos) {
            if (s.verdict === "clear") next.delete(`${photo} ${s.label}`);
            else next.set(`${photo} ${s.label}`, s.verdict);
          }
          const changed = s.photos.filter(
            (photo) => state.get(`${photo} ${s.label}`) !== next.get(`${photo} ${s.label}`),
          ).length;
          expect(annotate(store, { ...s, name: "it" }).photos).toBe(changed);
          if (changed > 0) {
            past.push(state);
            future = [];
            state = next;
          }
        }
        const standing = currentAnnotations(store);
        expect(new Map(standing.map(({ photo, label, verdict }) => [`${photo} ${label}`, verdict]))).toEqual(state);
        expect([undoState(store).undo !== null, undoState(store).redo !== null]).toEqual([
          past.length > 0,
          future.length > 0,
        ]);
        const logged = store.db.prepare("SELECT count(*) FROM verdict_event").pluck().get() as number;
        expect(logged).toBeGreaterThanOrEqual(events);
        events = logged;
      }
    }),
    { numRuns: 40 },
  );
});

// guarantee: append-only
test("the current verdicts follow from the log", () => {
  const store = emptyLibrary();
  const photos = addMockPhotos(store, 3);
  annotate(store, { photos, label: "own:a", verdict: "accept", name: "a" });
  annotate(store, { photos: [1], label: "own:a", verdict: "reject", name: "a" });
  undo(store);
  annotate(store, { photos: [2], label: "own:a", verdict: "clear", name: "a" });
  const replayed = store.db
    .prepare(
      `
    SELECT photo, label, verdict, added FROM verdict_event WHERE id IN (SELECT max(id) FROM verdict_event GROUP BY photo, label) AND verdict <> 'clear' ORDER BY photo`,
    )
    .all();
  expect(store.db.prepare("SELECT photo, label, verdict, added FROM standing ORDER BY photo").all()).toEqual(replayed);
});

// guarantee: append-only
test("the log can't be deleted from or modified", () => {
  const store = emptyLibrary();
  annotate(store, { photos: addMockPhotos(store, 1), label: "own:a", verdict: "accept", name: "a" });
  expect(() => store.db.exec("DELETE FROM verdict_event")).toThrow("only grows");
  expect(() => store.db.exec("UPDATE verdict_event SET verdict = 'reject'")).toThrow("only grows");
});

// guarantee: undo
test("actions have readable descriptions, and undo survives a restart", () => {
  const place = { home: temporaryFolder(), folder: temporaryFolder() };
  let store = openStore(place);
  const photos = addMockPhotos(store, 3);
  annotate(store, { photos, label: "own:dog", verdict: "accept", name: "dog" });
  annotate(store, { photos: [1], label: "own:cat", verdict: "reject", name: "cat" });
  expect(undo(store)).toBe("Reject “cat” on 1 photo");
  closeStore(store);
  store = openStore(place);
  expect(undoState(store)).toEqual({ undo: "Accept “dog” on 3 photos", redo: "Reject “cat” on 1 photo" });
  undo(store);
  expect(currentAnnotations(store)).toEqual([]);
  redo(store);
  expect(redo(store)).toBe("Reject “cat” on 1 photo");
  expect(currentAnnotations(store)).toHaveLength(4);
  closeStore(store);
});

test("a label that was not predicted counts as added, also after undo and redo, and on an edited copy", () => {
  const store = emptyLibrary();
  addMockPhotos(store, 3);
  replacePredictions(store, 1, [{ photo: 1, labels: ["own:dog"], scores: [0.5] }]);
  annotate(store, { photos: [1, 2], label: "own:dog", verdict: "accept", name: "dog" });
  undo(store);
  redo(store);
  copyVerdicts(store, 1, 3);
  expect(currentAnnotations(store).map(({ photo, added }) => [photo, added])).toEqual([
    [1, false],
    [2, true],
    [3, false],
  ]);
});

test("an import is one action, and an unknown photo in it leaves nothing behind", () => {
  const store = emptyLibrary();
  addMockPhotos(store, 2);
  const rows = [
    { photo: 1, label: "own:a", verdict: "accept" },
    { photo: 2, label: "own:b", verdict: "reject" },
  ] as const;
  expect(recordAll(store, rows, { source: "import: CSV", describe: (n) => `Import ${n}` })).toBe(2);
  expect(() =>
    recordAll(store, [...rows, { photo: 99, label: "own:c", verdict: "accept" }], {
      source: "import: CSV",
      describe: () => "",
    }),
  ).toThrow();
  expect(undo(store)).toBe("Import 2");
  expect(undo(store)).toBeNull();
});

test("ten thousand photos are one action", () => {
  const store = emptyLibrary();
  const photos = addMockPhotos(store, 10_000);
  expect(annotate(store, { photos, label: "own:a", verdict: "accept", name: "a" }).photos).toBe(10_000);
  undo(store);
  expect(currentAnnotations(store)).toEqual([]);
});
