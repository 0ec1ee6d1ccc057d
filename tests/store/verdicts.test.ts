import fc from "fast-check";
import { expect, test } from "vitest";
import { closeLibrary, openLibrary } from "../../src-main/store/database";
import { replacePredictions } from "../../src-main/store/predictions";
import { redo, undo, undoState } from "../../src-main/store/undo";
import { copyVerdicts, judge, judgeAll, standingVerdicts } from "../../src-main/store/verdicts";
import type { LabelId, Verdict } from "../../src-shared/contract";
import { emptyLibrary, imaginePhotos, temporaryFolder } from "../fixtures/photo-folder";

type Standing = Map<string, Verdict>;

// guarantee: undo
test("undo and redo agree with a plain list of states, whatever is done in whatever order", () => {
  const library = emptyLibrary();
  const photos = imaginePhotos(library, 4);
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

  let state: Standing = new Map();
  const past: Standing[] = [];
  let future: Standing[] = []; // the library goes on from one run to the next, and so does the model of it
  let events = 0;
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      for (const s of steps) {
        if (s === "undo") {
          expect(undo(library) !== null).toBe(past.length > 0);
          if (past.length > 0) {
            future.push(state);
            state = past.pop()!;
          }
        } else if (s === "redo") {
          expect(redo(library) !== null).toBe(future.length > 0);
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
          expect(judge(library, { ...s, name: "it" }).photos).toBe(changed);
          if (changed > 0) {
            past.push(state);
            future = [];
            state = next;
          }
        }
        const standing = standingVerdicts(library);
        expect(new Map(standing.map(({ photo, label, verdict }) => [`${photo} ${label}`, verdict]))).toEqual(state);
        expect([undoState(library).undo !== null, undoState(library).redo !== null]).toEqual([
          past.length > 0,
          future.length > 0,
        ]);
        const logged = library.db.prepare("SELECT count(*) FROM verdict_event").pluck().get() as number;
        expect(logged).toBeGreaterThanOrEqual(events);
        events = logged;
      }
    }),
    { numRuns: 40 },
  );
});

// guarantee: append-only
test("what stands is what the log comes to", () => {
  const library = emptyLibrary();
  const photos = imaginePhotos(library, 3);
  judge(library, { photos, label: "own:a", verdict: "accept", name: "a" });
  judge(library, { photos: [1], label: "own:a", verdict: "reject", name: "a" });
  undo(library);
  judge(library, { photos: [2], label: "own:a", verdict: "clear", name: "a" });
  const replayed = library.db
    .prepare(
      `
    SELECT photo, label, verdict, added FROM verdict_event WHERE id IN (SELECT max(id) FROM verdict_event GROUP BY photo, label) AND verdict <> 'clear' ORDER BY photo`,
    )
    .all();
  expect(library.db.prepare("SELECT photo, label, verdict, added FROM standing ORDER BY photo").all()).toEqual(
    replayed,
  );
});

// guarantee: append-only
test("nobody takes a line out of the log or changes one", () => {
  const library = emptyLibrary();
  judge(library, { photos: imaginePhotos(library, 1), label: "own:a", verdict: "accept", name: "a" });
  expect(() => library.db.exec("DELETE FROM verdict_event")).toThrow("only grows");
  expect(() => library.db.exec("UPDATE verdict_event SET verdict = 'reject'")).toThrow("only grows");
});

// guarantee: undo
test("actions are described in words, and undo outlives a restart", () => {
  const place = { home: temporaryFolder(), folder: temporaryFolder() };
  let library = openLibrary(place);
  const photos = imaginePhotos(library, 3);
  judge(library, { photos, label: "own:dog", verdict: "accept", name: "dog" });
  judge(library, { photos: [1], label: "own:cat", verdict: "reject", name: "cat" });
  expect(undo(library)).toBe("Reject “cat” on 1 photo");
  closeLibrary(library);
  library = openLibrary(place);
  expect(undoState(library)).toEqual({ undo: "Accept “dog” on 3 photos", redo: "Reject “cat” on 1 photo" });
  undo(library);
  expect(standingVerdicts(library)).toEqual([]);
  redo(library);
  expect(redo(library)).toBe("Reject “cat” on 1 photo");
  expect(standingVerdicts(library)).toHaveLength(4);
  closeLibrary(library);
});

test("a label that nobody had predicted is added, also when it was undone and done again, and on an edited copy", () => {
  const library = emptyLibrary();
  imaginePhotos(library, 3);
  replacePredictions(library, 1, [{ photo: 1, labels: ["own:dog"], scores: [0.5] }]);
  judge(library, { photos: [1, 2], label: "own:dog", verdict: "accept", name: "dog" });
  undo(library);
  redo(library);
  copyVerdicts(library, 1, 3);
  expect(standingVerdicts(library).map(({ photo, added }) => [photo, added])).toEqual([
    [1, false],
    [2, true],
    [3, false],
  ]);
});

test("one import is one action, and an unknown photo in it leaves nothing behind", () => {
  const library = emptyLibrary();
  imaginePhotos(library, 2);
  const rows = [
    { photo: 1, label: "own:a", verdict: "accept" },
    { photo: 2, label: "own:b", verdict: "reject" },
  ] as const;
  expect(judgeAll(library, rows, { source: "import: CSV", describe: (n) => `Import ${n}` })).toBe(2);
  expect(() =>
    judgeAll(library, [...rows, { photo: 99, label: "own:c", verdict: "accept" }], {
      source: "import: CSV",
      describe: () => "",
    }),
  ).toThrow();
  expect(undo(library)).toBe("Import 2");
  expect(undo(library)).toBeNull();
});

test("ten thousand photos are one action", () => {
  const library = emptyLibrary();
  const photos = imaginePhotos(library, 10_000);
  expect(judge(library, { photos, label: "own:a", verdict: "accept", name: "a" }).photos).toBe(10_000);
  undo(library);
  expect(standingVerdicts(library)).toEqual([]);
});
