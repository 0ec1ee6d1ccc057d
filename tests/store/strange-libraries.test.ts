import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { closeStore, openStore } from "../../src-main/store/database";
import { copyLibrary, openCopy } from "../../src-main/store/library-copy";
import { addModel } from "../../src-main/store/models";
import { annotate, currentAnnotations } from "../../src-main/store/verdicts";
import { addMockPhotos, temporaryFolder } from "../fixtures/photo-folder";

const HTML = "own:<img src=x onerror=alert(1)>";

let made: Buffer | undefined;

function copied(): Buffer {
  const store = openStore({ home: temporaryFolder(), folder: temporaryFolder() });
  const photos = addMockPhotos(store, 20);
  annotate(store, { photos, label: HTML, verdict: "accept", name: "html" });
  addModel(store, {
    kind: "retrained",
    visualId: "v",
    wordsId: "w",
    projection: new Float32Array(12).fill(0.5),
    E: 3,
    D: 4,
    settings: {},
    verdicts: 20,
    loss: null,
    seconds: 1,
  });
  const file = join(temporaryFolder(), "gift.semblance");
  copyLibrary(store, file, false);
  closeStore(store);
  return readFileSync(file);
}

/** A library copy, modified by SQL. */
function copyWith(sql: string): string {
  const file = join(temporaryFolder(), "gift.semblance");
  writeFileSync(file, (made ??= copied()));
  const gift = new Database(file);
  gift.unsafeMode();
  gift.pragma("foreign_keys = OFF");
  gift.exec(sql);
  gift.close();
  return file;
}

const place = () => ({ home: temporaryFolder(), folder: temporaryFolder(), replace: false });

// guarantee: strange-library
test("an unmodified copy is accepted, with HTML in labels kept as it is", () => {
  const there = place();
  openCopy({ ...there, file: copyWith("") });
  const store = openStore(there);
  onTestFinished(() => closeStore(store));
  expect(currentAnnotations(store).map(({ label }) => label)).toEqual(Array(20).fill(HTML));
});

const NAN = "x'0000c07f'";
// guarantee: strange-library
test.each([
  [
    "a trigger",
    "CREATE TRIGGER greedy AFTER INSERT ON photo BEGIN DELETE FROM standing; END",
    'unexpected trigger "greedy"',
  ],
  [
    "a trigger that fires itself",
    "PRAGMA recursive_triggers = ON; CREATE TRIGGER endless AFTER UPDATE ON meta BEGIN UPDATE meta SET value = value || 'x'; END",
    'unexpected trigger "endless"',
  ],
  [
    "a view instead of a table",
    "ALTER TABLE setting RENAME TO s; CREATE VIEW setting AS SELECT * FROM s",
    'unexpected table "s"',
  ],
  ["an additional table", "CREATE TABLE stowaway (x)", 'unexpected table "stowaway"'],
  [
    "a modified trigger",
    "DROP TRIGGER verdict_event_stays; CREATE TRIGGER verdict_event_stays BEFORE DELETE ON verdict_event BEGIN SELECT 1; END",
    "the definition of its trigger verdict_event_stays differs",
  ],
  ["a missing trigger", "DROP TRIGGER file_went", "missing trigger file_went"],
  [
    "a schema edited by hand",
    "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, 'NOT NULL', '') WHERE name = 'photo'",
    "the definition of its table photo differs",
  ],
  ["a schema number without its tables", "PRAGMA user_version = 3", "the definition of its table photo differs"],
  [
    "text in place of a number",
    "UPDATE photo SET width = 'wide' WHERE id = 3",
    "photo.width holds a text instead of INTEGER",
  ],
  [
    "a blob in place of text",
    "UPDATE file SET path = zeroblob(9) WHERE id = 3",
    "file.path holds a blob instead of TEXT",
  ],
  ["a huge text", "UPDATE action SET description = hex(zeroblob(1000000))", "action.description holds 2000000 bytes"],
  ["a huge blob", "UPDATE model SET projection = zeroblob(40000000)", "model.projection holds 40000000 bytes"],
  ["a short hash", "UPDATE photo SET hash = x'00ff' WHERE id = 3", "the hash of photo 3 is not 32 bytes long"],
  [
    "an invalid label",
    "INSERT INTO label (key) VALUES ('javascript:alert(1)')",
    "“javascript:alert(1)” is neither wn: with 8 digits nor own: with a name",
  ],
  [
    "a path out of the folder",
    "UPDATE file SET path = '../../etc/passwd' WHERE id = 3",
    '"../../etc/passwd" is not a path inside the folder',
  ],
  ["dangling foreign keys", "UPDATE standing SET photo = 999 WHERE photo = 3", "refer to rows that don’t exist"],
  [
    "a model with NaN in it",
    `UPDATE model SET projection = CAST(substr(projection, 1, 8) || ${NAN} || substr(projection, 13) AS BLOB)`,
    "number 2 of model 1’s projection is NaN",
  ],
  [
    "a model of the wrong shape",
    "UPDATE model SET projection_rows = 1000000",
    "model 1 has 48 bytes for a projection of 1000000 × 4 numbers",
  ],
  ["settings that are not JSON", "UPDATE model SET settings = '[['", "the settings of model 1 are not a JSON object"],
])("a library copy with %s is refused with that reason, and nothing of it remains", (_, sql, odd) => {
  const file = copyWith(sql);
  const there = place();
  expect(() => openCopy({ ...there, file })).toThrow(
    expect.objectContaining({ code: "not-a-library", message: expect.stringContaining(odd) as string }) as Error,
  );
  expect(existsSync(join(there.home, "libraries")) ? readdirSync(join(there.home, "libraries")) : []).toEqual([]);
});
