import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { closeStore, openStore, type Store } from "../../src-main/store/database";
import { libraryDirectory } from "../../src-main/store/home";
import { labelCards } from "../../src-main/store/label-cards";
import { copyLibrary, openCopy } from "../../src-main/store/library-copy";
import { LABELS_CHECKED_SCHEMA, LIBRARY_STEPS, migrate, schemaOf } from "../../src-main/store/migrate";
import { restoreLibrary } from "../../src-main/store/restore";
import { listSavedSearches } from "../../src-main/store/saved-searches";
import { settingsOf } from "../../src-main/store/settings";
import { redo, undo, undoState } from "../../src-main/store/undo";
import { annotate, currentAnnotations } from "../../src-main/store/verdicts";
import { isLabelId } from "../../src-shared/label-id";
import { temporaryFolder } from "../fixtures/photo-folder";

const PHOTOS = 4;

interface OldLibrary {
  home: string;
  folder: string;
  directory: string;
}
interface OldVerdict {
  photo: number;
  label: string;
  verdict: "accept" | "reject";
}

/** A library of the last schema without checked names, with actions as `semblance correct` recorded them then. */
function oldLibrary(actions: OldVerdict[][], more: (db: Database.Database) => void = () => undefined): OldLibrary {
  const place = { home: temporaryFolder(), folder: temporaryFolder() };
  const directory = libraryDirectory(place.home, place.folder);
  mkdirSync(directory, { recursive: true });
  const db = new Database(join(directory, "library.db"));
  migrate(db, LIBRARY_STEPS.slice(0, LABELS_CHECKED_SCHEMA - 1));
  for (let i = 1; i <= PHOTOS; i++)
    db.prepare("INSERT INTO photo (hash, bytes, dated, added_at) VALUES (?, 1, '2020-01-01T00:00:00', 1)").run(
      Buffer.alloc(32, i),
    );
  for (const verdicts of actions) correct(db, verdicts);
  more(db);
  db.close();
  return { ...place, directory };
}

function correct(db: Database.Database, verdicts: OldVerdict[]): void {
  const description = `Take ${verdicts.length} verdicts from x.csv`;
  const action = db
    .prepare("INSERT INTO action (at, source, description, state) VALUES (1, 'import: CSV', ?, 'done')")
    .run(description).lastInsertRowid;
  for (const { photo, label, verdict } of verdicts) {
    db.prepare("INSERT OR IGNORE INTO label (key) VALUES (?)").run(label);
    const number = numberOf(db, label);
    const before = db.prepare<[number, number], { verdict: string; added: number }>(
      "SELECT verdict, added FROM standing WHERE photo = ? AND label = ?",
    );
    const { verdict: previous, added } = before.get(photo, number) ?? { verdict: "clear", added: 0 };
    const event = db
      .prepare(
        "INSERT INTO verdict_event (at, action, kind, photo, label, verdict, added, previous, previous_added) VALUES (1, ?, 'judge', ?, ?, ?, 1, ?, ?)",
      )
      .run(action, photo, number, verdict, previous, added).lastInsertRowid;
    db.prepare("INSERT OR REPLACE INTO standing (photo, label, verdict, added, event) VALUES (?, ?, ?, 1, ?)").run(
      photo,
      number,
      verdict,
      event,
    );
  }
}

const numberOf = (db: Database.Database, label: string): number =>
  db.prepare("SELECT id FROM label WHERE key = ?").pluck().get(label) as number;

function opened(place: OldLibrary): Store {
  const store = openStore(place);
  onTestFinished(() => closeStore(store));
  return store;
}

const verdictsIn = (store: Store): string[] =>
  currentAnnotations(store)
    .map(({ photo, label, verdict }) => `${photo} ${verdict} ${label}`)
    .sort();
const on = (photo: number, label: string, verdict: "accept" | "reject" = "accept"): OldVerdict => ({
  photo,
  label: `own:${label}`,
  verdict,
});

const BAD: [what: string, name: string, mended: string][] = [
  ["a line break", "two\nlines", "two lines"],
  ["escape sequences", "\u001b[31mred\u001b[0m", "[31mred [0m"],
  ["NUL", "nul\u0000 dog\r\n", "nul dog"],
  ["Unicode's line breaks", "two\u2028lines\u0085here", "two lines here"],
  ["300 letters", "x".repeat(300), "x".repeat(200)],
  ["250 emoji", "🐕".repeat(250), "🐕".repeat(200)],
  ["nothing that can be shown", "\u001b\u0000\n", "label 1"],
];

// guarantee: label-names
test.each(BAD)(
  "a library with a label of %s keeps its verdicts under a name that can be shown, cleared and copied",
  (_, bad, name) => {
    const place = oldLibrary([[on(1, bad), on(2, bad, "reject")], [on(3, "Rex")]]);
    const store = opened(place);
    const label = `own:${name}` as const;
    const kept = [`1 accept ${label}`, `2 reject ${label}`, "3 accept own:Rex"];
    expect(verdictsIn(store)).toEqual(kept);
    expect([...store.labels.numbers.keys()].every(isLabelId)).toBe(true);

    const file = join(temporaryFolder(), "copy.semblance");
    copyLibrary(store, file, false);
    const other = { home: temporaryFolder(), folder: temporaryFolder() };
    openCopy({ ...other, file, replace: false });
    const copy = openStore(other);
    expect(verdictsIn(copy)).toEqual(kept);
    closeStore(copy);

    expect(annotate(store, { photos: [1], label, verdict: "clear", name }).photos).toBe(1);
    expect(verdictsIn(store)).toEqual(kept.slice(1));
    undo(store);
    expect(verdictsIn(store)).toEqual(kept);
    // the corrections from before
    undo(store);
    undo(store);
    expect(verdictsIn(store)).toEqual([]);
    redo(store);
    redo(store);
    expect(verdictsIn(store)).toEqual(kept);
  },
);

// guarantee: label-names
test("a copy that an earlier version made of such a library can be opened too", () => {
  const place = oldLibrary([[on(1, "two\nlines")]]);
  const there = { home: temporaryFolder(), folder: temporaryFolder() };
  openCopy({ ...there, file: join(place.directory, "library.db"), replace: false });
  const store = openStore(there);
  expect(verdictsIn(store)).toEqual(["1 accept own:two lines"]);
  closeStore(store);
});

// guarantee: label-names
test("a label whose mended name another label has is merged into it: the newer verdict stays, and undo takes it back", () => {
  const place = oldLibrary([
    [on(1, "two lines"), on(2, "two\nlines", "reject"), on(3, "two\nlines"), on(4, "two lines")],
    [on(1, "two\nlines", "reject"), on(2, "two lines"), on(3, "two lines")],
    [on(4, "two\r\nlines", "reject")],
  ]);
  const store = opened(place);
  const merged = [
    "1 reject own:two lines", // newer
    "2 accept own:two lines", // older on the other label
    "3 accept own:two lines",
    "4 reject own:two lines", // of a third label
  ];
  expect(verdictsIn(store)).toEqual(merged);
  expect([...labelCards(store)].filter(([, { hidden }]) => hidden).map(([label]) => label)).toEqual([
    "own:two lines (2)",
    "own:two lines (3)",
  ]);
  expect(undoState(store).undo).toBe("Merge “two lines (3)” into “two lines”");
  undo(store);
  undo(store);
  expect(verdictsIn(store)).toEqual([
    "1 accept own:two lines",
    "1 reject own:two lines (2)",
    "2 accept own:two lines",
    "2 reject own:two lines (2)",
    "3 accept own:two lines",
    "3 accept own:two lines (2)",
    "4 accept own:two lines",
    "4 reject own:two lines (3)",
  ]);
  expect(labelCards(store).size).toBe(0);
  redo(store);
  redo(store);
  expect(verdictsIn(store)).toEqual(merged);
  for (let i = 0; i < 5; i++) undo(store);
  expect(verdictsIn(store)).toEqual([]);
});

// guarantee: append-only
test("mending changes no entry of the log of verdicts", () => {
  const place = oldLibrary([[on(1, "two lines")], [on(1, "two\nlines", "reject")]]);
  const logOf = (db: Database.Database) => db.prepare("SELECT * FROM verdict_event ORDER BY id").all();
  const old = new Database(join(place.directory, "library.db"));
  const before = logOf(old);
  old.close();
  expect(logOf(opened(place).db).slice(0, before.length)).toEqual(before);
});

// guarantee: label-names
test("what a library stores about such a label follows it: cards and their undo, thresholds, searches, examples, actions", () => {
  const lessons = [
    { label: "own:Rex", accepted: [1], rejected: [2], surer: [] },
    { label: "own:Re\nx", accepted: [3], rejected: [], surer: [] },
    { label: "own:R\u0007ex", accepted: [2, 4], rejected: [1], surer: [] },
  ];
  const place = oldLibrary(
    [[on(1, "Re\nx"), on(2, "R ex"), on(3, "R\u0007ex"), on(1, "puppy"), on(1, "Rex")]],
    (db) => {
      const card = (label: string, text: unknown) =>
        db
          .prepare("INSERT INTO label_card (label, card, hidden) VALUES (?, ?, 0)")
          .run(numberOf(db, label), JSON.stringify(text));
      card("own:puppy", { parent: "own:Re\nx", name: "the\u2028puppy", synonyms: ["a\u2028b", "ok", "\u2028"] });
      db.prepare("INSERT INTO action (at, source, description, state) VALUES (1, 'person', ?, 'done')").run(
        "Accept “Re\nx” on 3 photos",
      );
      db.prepare("INSERT INTO label_event (action, label, before, after) VALUES (2, ?, ?, ?)").run(
        numberOf(db, "own:puppy"),
        JSON.stringify({ parent: "own:Re\nx", colour: "red" }),
        JSON.stringify({ parent: "own:Re\nx", name: "the\u2028puppy", synonyms: ["a\u2028b", "ok", "\u2028"] }),
      );
      db.prepare("INSERT INTO setting (key, value) VALUES ('labelThresholds', ?)").run(
        JSON.stringify({ "own:Re\nx": 0.2, "own:R\u0007ex": 0.3, "own:R ex": 0.4 }),
      );
      const search = (name: string, query: string) =>
        db
          .prepare(
            "INSERT INTO saved_set (name, query, sort, descending, grouping, saved_at) VALUES (?, ?, 'name', 0, 'none', 1)",
          )
          .run(name, query);
      search("by id", 'label:="own:Re\nx" taken:2024');
      search("by name", 'rejected:"R\u0007ex" OR (sunset -accepted:"R\u0007ex")');
      search("by another", "label:Rex name:own");
      search("broken", '"R\u0007ex" OR');
      db.prepare(
        "INSERT INTO model (created_at, kind, visual_id, words_id, projection, projection_rows, projection_columns, settings, verdicts, last_event, seconds) VALUES (1, 'retrained', 'v', 'w', zeroblob(4), 1, 1, ?, 1, 1, 1)",
      ).run(JSON.stringify({ steps: 5, lessons }));
    },
  );
  const store = opened(place);
  expect([...store.labels.numbers.keys()].sort()).toEqual(
    ["own:R ex", "own:R ex (2)", "own:Re x", "own:Rex", "own:puppy"].sort(),
  );
  expect(labelCards(store).get("own:puppy")).toEqual({
    parent: "own:Re x",
    name: "the puppy",
    synonyms: ["a b", "ok"],
  });
  expect(settingsOf(store).labelThresholds).toEqual({ "own:R ex": 0.4, "own:Re x": 0.2 });
  expect(Object.fromEntries(listSavedSearches(store).map(({ name, query }) => [name, query]))).toEqual({
    "by id": 'label:="own:Re x" taken:2024',
    "by name": 'rejected:"R ex" OR (sunset -accepted:"R ex")',
    "by another": "label:Rex name:own",
    broken: '"R\u0007ex" OR',
  });
  const settings = store.db.prepare("SELECT settings FROM model").pluck().get() as string;
  expect(JSON.parse(settings)).toEqual({
    steps: 5,
    lessons: [
      { label: "own:Rex", accepted: [1], rejected: [2], surer: [] },
      { label: "own:Re x", accepted: [3], rejected: [], surer: [] },
      { label: "own:R ex", accepted: [2, 4], rejected: [1], surer: [] },
    ],
  });
  expect(undoState(store).undo).toBe("Merge “R ex (2)” into “R ex”");
  undo(store);
  expect(undoState(store).undo).toBe("Accept “Re x” on 3 photos");
  undo(store);
  expect(labelCards(store).get("own:puppy")).toEqual({ parent: "own:Re x", colour: "red" });
});

// guarantee: label-names
test("examples of a merged label join those of the other, which decide where both differ", () => {
  const place = oldLibrary([[on(1, "R ex"), on(2, "R\u0007ex")]], (db) => {
    const lessons = [
      { label: "own:R ex", accepted: [1], rejected: [2], surer: [9] },
      { label: "own:R\u0007ex", accepted: [2, 3], rejected: [1, 4] },
    ];
    db.prepare(
      "INSERT INTO model (created_at, kind, visual_id, words_id, projection, projection_rows, projection_columns, settings, verdicts, last_event, seconds) VALUES (1, 'retrained', 'v', 'w', zeroblob(4), 1, 1, ?, 1, 1, 1)",
    ).run(JSON.stringify({ lessons }));
  });
  const settings = opened(place).db.prepare("SELECT settings FROM model").pluck().get() as string;
  expect(JSON.parse(settings)).toEqual({
    lessons: [{ label: "own:R ex", accepted: [1, 3], rejected: [2, 4], surer: [9] }],
  });
});

test("a label that the user renamed or deleted is not merged, and one that they deleted is shown again with the verdicts", () => {
  const place = oldLibrary([[on(1, "Rex\u0007"), on(2, "Bello"), on(3, "Bello\u0007"), on(4, "Waldi\u0007")]], (db) => {
    db.prepare("INSERT OR IGNORE INTO label (key) VALUES ('own:Rex')").run();
    const card = (label: string, text: string, hidden: number) =>
      db
        .prepare("INSERT INTO label_card (label, card, hidden) VALUES (?, ?, ?)")
        .run(numberOf(db, label), text, hidden);
    card("own:Rex", '{"hidden":true,"colour":"red"}', 1);
    card("own:Bello\u0007", '{"name":"Bellissimo"}', 0);
    card("own:Waldi\u0007", '{"hidden":true}', 1);
  });
  const store = opened(place);
  expect(verdictsIn(store)).toEqual([
    "1 accept own:Rex",
    "2 accept own:Bello",
    "3 accept own:Bello (2)",
    "4 accept own:Waldi",
  ]);
  expect(Object.fromEntries(labelCards(store))).toEqual({
    "own:Rex": { colour: "red" },
    "own:Rex (2)": { hidden: true },
    "own:Bello (2)": { name: "Bellissimo" },
    "own:Waldi": { hidden: true },
  });
});

// guarantee: label-names
test("verdicts newer than a backup are recovered from a damaged library, whatever mending adds to the backup's log", () => {
  const place = oldLibrary([[on(1, "two lines"), on(2, "two\nlines")]]);
  const backups = join(place.directory, "backups");
  mkdirSync(backups);
  const db = new Database(join(place.directory, "library.db"));
  const copy = "library-exit-000001-2026-01-01T00-00-00-000Z.db";
  db.prepare("VACUUM INTO ?").run(join(backups, copy));
  correct(db, [on(3, "two lines"), on(3, "new\nname", "reject"), on(4, "two lines", "reject")]);
  expect(schemaOf(db)).toBe(LABELS_CHECKED_SCHEMA - 1);
  db.close();
  expect(readdirSync(backups)).toEqual([copy]);

  const { takenOver, lost } = restoreLibrary({ ...place, copy });
  expect({ takenOver, lost }).toEqual({ takenOver: 3, lost: 0 });
  expect(verdictsIn(opened(place))).toEqual([
    "1 accept own:two lines",
    "2 accept own:two lines",
    "3 accept own:two lines",
    "3 reject own:new name",
    "4 reject own:two lines",
  ]);
});
