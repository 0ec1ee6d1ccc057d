import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import type { LibraryBackup } from "../../src-shared/contract";
import { LIBRARY_STEPS, schemaOf } from "./migrate";

/** Backups kept of each kind. */
const MAX_BACKUPS = 3;

/**
 * Backs up library.db to `<directory>/backups/` and deletes all but the latest three backups of that kind. Backups made
 * at exit and before a migration are counted separately, so that quick restarts can't push out the last one before a
 * migration.
 * @returns the backup's path
 */
export function backUp(db: Database.Database, directory: string, kind: "exit" | "migration"): string {
  const backups = join(directory, "backups");
  mkdirSync(backups, { recursive: true });
  const time = new Date().toISOString().replace(/[:.]/g, "-");
  // Numbered, so that setting the clock back doesn't make the latest backup look like the oldest.
  const number = 1 + Math.max(0, ...readdirSync(backups).map(numberOf));
  const copy = join(backups, `library-${kind}-${String(number).padStart(6, "0")}-${time}.db`);
  const partial = `${copy}.tmp`;
  // left by a process that died
  for (const left of readdirSync(backups)) if (left.includes(".db.tmp")) rmSync(join(backups, left));
  db.prepare("VACUUM main INTO ?").run(partial);
  const handle = openSync(partial, "r+");
  fsyncSync(handle);
  closeSync(handle);
  renameSync(partial, copy);

  const copies = readdirSync(backups)
    .filter((name) => kindOf(name) === kind)
    .sort(byAge);
  for (const old of copies.slice(0, -MAX_BACKUPS)) rmSync(join(backups, old));
  return copy;
}

/** The backups of a library that can be restored, latest first. Corrupt ones are left out. */
export function listBackups(directory: string): LibraryBackup[] {
  const backups = join(directory, "backups");
  if (!existsSync(backups)) return [];
  return readdirSync(backups)
    .filter((name) => kindOf(name) !== undefined)
    .sort(byAge)
    .reverse()
    .map((copy) => look(backups, copy))
    .filter((backup) => backup !== null);
}

const kindOf = (name: string): string | undefined => /^library-(exit|migration)-.*\.db$/.exec(name)?.[1];

/** Older versions named backups by time alone; those sort first. */
const numberOf = (name: string): number => Number(/^library-\w+-(\d{6,})-/.exec(name)?.[1] ?? 0);
const byAge = (a: string, b: string): number => numberOf(a) - numberOf(b) || (timeOf(a) < timeOf(b) ? -1 : 1);
const timeOf = (name: string): string => /\d{4}-\d\d-\d\dT.*/.exec(name)?.[0] ?? "";

function look(backups: string, copy: string): LibraryBackup | null {
  const [, day, hour, minute, second] = /(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)/.exec(copy) ?? [];
  if (day === undefined) return null;
  const db = new Database(join(backups, copy), { readonly: true });
  try {
    const schema = schemaOf(db);
    if (schema === 0 || schema > LIBRARY_STEPS.length || db.pragma("quick_check(1)", { simple: true }) !== "ok")
      return null;
    const count = (table: string) => db.prepare<[], { n: number }>(`SELECT count(*) AS n FROM ${table}`).get()!.n;
    const hasVerdicts = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'standing'").get() !== undefined;
    return {
      copy,
      at: `${day}T${hour}:${minute}:${second}Z`,
      photos: count("photo"),
      verdicts: hasVerdicts ? count("standing") : 0,
    };
  } catch (error) {
    if (error instanceof Database.SqliteError) return null;
    throw error;
  } finally {
    db.close();
  }
}
