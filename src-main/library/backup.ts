import type Database from "better-sqlite3";
import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

/** How many copies of each kind are kept. */
const KEPT = 3;

/**
 * Copies library.db into `<directory>/backups/`, and drops the oldest copies of that kind beyond three.
 * Copies made at exit and before a migration are counted apart, so that quick restarts can't push the last one
 * before a migration out.
 * @returns the copy's path
 */
export function backUp(db: Database.Database, directory: string, kind: "exit" | "migration"): string {
  const backups = join(directory, "backups");
  mkdirSync(backups, { recursive: true });
  const time = new Date().toISOString().replace(/[:.]/g, "-");
  const copy = join(backups, `library-${kind}-${time}.db`);
  const unfinished = `${copy}.tmp`;
  rmSync(unfinished, { force: true });
  db.prepare("VACUUM main INTO ?").run(unfinished);
  const handle = openSync(unfinished, "r+");
  fsyncSync(handle);
  closeSync(handle);
  renameSync(unfinished, copy);

  const copies = readdirSync(backups).filter((name) => name.startsWith(`library-${kind}-`) && name.endsWith(".db")).sort();
  for (const old of copies.slice(0, -KEPT)) rmSync(join(backups, old));
  return copy;
}
