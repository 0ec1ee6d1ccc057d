import Database from "better-sqlite3";
import { isLabelId, isLikeLabelId, labelIdFault, quotedName } from "../../src-shared/label-id";
import { Refusal, withFullStop } from "../../src-shared/refusal";
import { LABELS_CHECKED_SCHEMA, LIBRARY_STEPS, migrate, schemaOf } from "./migrate";

/** The storage classes that a column's declared type allows. SQLite itself accepts any. */
const KINDS: Record<"INTEGER" | "REAL" | "TEXT" | "BLOB", readonly string[]> = {
  INTEGER: ["integer"],
  REAL: ["real", "integer"],
  TEXT: ["text"],
  BLOB: ["blob"],
};
/**
 * The longest text and blob that Semblance can have written, in bytes: a path or a label card; a projection of 8,192
 * features into 1,024 dimensions.
 */
const MAX_VALUE_BYTES: Record<string, number> = { TEXT: 2 ** 20, BLOB: 2 ** 25 };

interface Part {
  type: string;
  name: string;
  sql: string | null;
}

/**
 * Checks a library file from elsewhere before it is used. It must be intact, its schema must be exactly one that this
 * program creates (so that no foreign trigger or view can run), and each value must have the type and size that its
 * column allows.
 * @param file the file to check
 * @param shown its name in error messages
 * @throws Refusal `not-a-library` with the reason, `library-newer`
 */
export function checkCopy(file: string, shown: string): void {
  const odd = (what: string) =>
    new Refusal("not-a-library", `${shown} is not a Semblance library: ${withFullStop(what)}`);
  const db = new Database(file, { timeout: 0 });
  try {
    db.pragma("trusted_schema = OFF");
    db.pragma("cell_size_check = ON");
    db.pragma("mmap_size = 0");
    const schema = schemaOf(db);
    if (schema > LIBRARY_STEPS.length)
      throw new Refusal(
        "library-newer",
        `${shown} was created by a newer version of Semblance (schema ${schema}; this version reads ` +
          `up to ${LIBRARY_STEPS.length}). Update Semblance to open it.`,
      );
    if (schema < 1) throw odd("it has no tables");
    const strange = unexpectedSchema(db, schema); // before any table is read, because code in a schema can run
    if (strange !== null) throw odd(strange);
    const fault = db.pragma("integrity_check(1)", { simple: true }) as string;
    if (fault !== "ok") throw new Refusal("not-a-library", `${shown} is damaged: ${fault.replace(/\s+/g, " ")}.`);
    if ((db.pragma("foreign_key_check") as unknown[]).length > 0)
      throw odd("some of its rows refer to rows that don’t exist");
    const wrong = invalidValue(db) ?? invalidLabel(db, schema) ?? invalidPath(db) ?? invalidModel(db);
    if (wrong !== null) throw odd(wrong);
  } catch (error) {
    if (error instanceof Database.SqliteError) throw odd(error.message);
    throw error;
  } finally {
    db.close();
  }
}

/** How the file's schema differs from the program's, null if it doesn't. SQLite's own tables don't count. */
function unexpectedSchema(db: Database.Database, schema: number): string | null {
  const partsOf = (from: Database.Database) =>
    from
      .prepare<[], Part>("SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")
      .all();
  const expected = new Database(":memory:");
  try {
    migrate(expected, LIBRARY_STEPS.slice(0, schema));
    const known = new Map(partsOf(expected).map((part) => [`${part.type} ${part.name}`, part.sql]));
    for (const { type, name, sql } of partsOf(db)) {
      const key = `${type} ${name}`;
      if (!known.has(key)) return `unexpected ${type} ${JSON.stringify(name.slice(0, 100))}`;
      if (known.get(key) !== sql) return `the definition of its ${type} ${name} differs`;
      known.delete(key);
    }
    for (const lacking of known.keys()) return `missing ${lacking}`;
    return null;
  } finally {
    expected.close();
  }
}

function invalidValue(db: Database.Database): string | null {
  const tables = db
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")
    .pluck()
    .all() as string[];
  for (const table of tables) {
    for (const { name, type } of db.pragma(`table_info("${table}")`) as { name: string; type: keyof typeof KINDS }[]) {
      const kinds = KINDS[type].map((kind) => `'${kind}'`).join(", ");
      const other = db
        .prepare(`SELECT typeof("${name}") FROM "${table}" WHERE typeof("${name}") NOT IN (${kinds}, 'null') LIMIT 1`)
        .pluck()
        .get();
      if (other !== undefined) return `${table}.${name} holds a ${String(other)} instead of ${type}`;
      const longest = MAX_VALUE_BYTES[type];
      const long =
        longest && (db.prepare(`SELECT max(octet_length("${name}")) FROM "${table}"`).pluck().get() as number | null);
      if (longest && (long ?? 0) > longest) return `${table}.${name} holds ${long} bytes (maximum ${longest})`;
    }
  }
  return null;
}

/** A library from before names were checked may hold others, which are mended when it is opened. */
function invalidLabel(db: Database.Database, schema: number): string | null {
  if (!has(db, "label")) return null;
  const isValid = schema < LABELS_CHECKED_SCHEMA ? isLikeLabelId : isLabelId;
  for (const key of db.prepare("SELECT key FROM label").pluck().iterate() as IterableIterator<string>)
    if (!isValid(key)) return labelIdFault(key) ?? `${quotedName(key)} is not a label`;
  return null;
}

/** Finds a path that leads out of the photo folder. */
function invalidPath(db: Database.Database): string | null {
  for (const path of db.prepare("SELECT path FROM file").pluck().iterate() as IterableIterator<string>)
    if (path === "" || path.startsWith("/") || path.includes("\0") || path.split("/").includes(".."))
      return `${JSON.stringify(path.slice(0, 100))} is not a path inside the folder`;
  const hash = db.prepare("SELECT id FROM photo WHERE length(hash) <> 32 LIMIT 1").pluck().get();
  return hash === undefined ? null : `the hash of photo ${String(hash)} is not 32 bytes long`;
}

function invalidModel(db: Database.Database): string | null {
  if (!has(db, "model")) return null;
  const models = db.prepare<[], { id: number; projection: Buffer; rows: number; columns: number; settings: string }>(
    "SELECT id, projection, projection_rows AS rows, projection_columns AS columns, settings FROM model",
  );
  for (const { id, projection, rows, columns, settings } of models.iterate()) {
    if (rows < 1 || columns < 1 || projection.length !== 4 * rows * columns)
      return `model ${id} has ${projection.length} bytes for a projection of ${rows} × ${columns} numbers`;
    const numbers = new Float32Array(new Uint8Array(projection).buffer);
    const at = numbers.findIndex((number) => !Number.isFinite(number));
    if (at >= 0) return `number ${at} of model ${id}’s projection is ${numbers[at]}`;
    if (!isObject(settings)) return `the settings of model ${id} are not a JSON object`;
  }
  if (!has(db, "label_card")) return null;
  for (const { label, card } of db
    .prepare<[], { label: number; card: string }>("SELECT label, card FROM label_card")
    .iterate())
    if (!isObject(card)) return `the card of label ${label} is not a JSON object`;
  return null;
}

const has = (db: Database.Database, table: string): boolean =>
  db.prepare("SELECT 1 FROM sqlite_schema WHERE name = ?").get(table) !== undefined;

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false; // the caller reports it
  }
}
