import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import type { LibraryBackup } from "../../src-shared/contract";
import { syncFile, syncFolder } from "../base/sync-to-disk";
import { expiredBackups, latestWithLackingVerdict } from "./backup-rotation";
import { LIBRARY_STEPS, schemaOf } from "./migrate";

/**
 * Backs up library.db to `<directory>/backups/`. Keeps the last three backups of that kind, of those made at exit also
 * one a day for a week and one a week for a month, and always the latest one with a verdict that this library lacks.
 * Backups before a migration are counted separately, so that quick restarts can't push out the last one.
 * @returns the backup's path
 */
export function backUp(
  db: Database.Database,
  directory: string,
  kind: "exit" | "migration",
  now: Date = new Date(),
): string {
  const backups = join(directory, "backups");
  mkdirSync(backups, { recursive: true });
  const time = now.toISOString().replace(/[:.]/g, "-");
  // Numbered, so that setting the clock back doesn't make the latest backup look like the oldest.
  const number = 1 + Math.max(0, ...readdirSync(backups).map(numberOf));
  const copy = join(backups, `library-${kind}-${String(number).padStart(6, "0")}-${time}.db`);
  const partial = `${copy}.tmp`;
  // left by a process that died
  for (const left of readdirSync(backups)) if (left.includes(".db.tmp")) rmSync(join(backups, left));
  db.prepare("VACUUM main INTO ?").run(partial);
  syncFile(partial);
  renameSync(partial, copy);
  syncFolder(backups);

  const all = readdirSync(backups)
    .filter((name) => kindOf(name) !== undefined)
    .sort(byAge);
  const dated = all
    .filter((name) => kindOf(name) === kind)
    .map((name) => ({ file: join(backups, name), at: dateOf(name) ?? new Date(0) }));
  const expired = expiredBackups(dated, kind === "exit" ? now : null);
  if (expired.length === 0) return copy;
  const needed = latestWithLackingVerdict(
    db,
    all.reverse().map((name) => join(backups, name)),
  );
  for (const { file } of expired) if (file !== needed) rmSync(file);
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

/** When a backup was made, to the second; null if its name doesn't say. */
function dateOf(name: string): Date | null {
  const [, day, hour, minute, second] = /(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)/.exec(name) ?? [];
  const date = new Date(`${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(date.getTime()) ? null : date;
}

function look(backups: string, copy: string): LibraryBackup | null {
  const at = dateOf(copy);
  if (at === null) return null;
  const db = new Database(join(backups, copy), { readonly: true });
  try {
    const schema = schemaOf(db);
    if (schema === 0 || schema > LIBRARY_STEPS.length || db.pragma("quick_check(1)", { simple: true }) !== "ok")
      return null;
    const count = (table: string) => db.prepare<[], { n: number }>(`SELECT count(*) AS n FROM ${table}`).get()!.n;
    const has = (table: string) => db.prepare("SELECT 1 FROM sqlite_schema WHERE name = ?").get(table) !== undefined;
    return {
      copy,
      at: at.toISOString().replace(".000Z", "Z"),
      photos: count("photo"),
      verdicts: has("standing") ? count("standing") : 0,
      marked: has("standing_mark") ? count("(SELECT DISTINCT photo FROM standing_mark)") : 0,
    };
  } catch (error) {
    if (error instanceof Database.SqliteError) return null;
    throw error;
  } finally {
    db.close();
  }
}
