import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { isCorruption } from "./disk-fault";
import { CACHE_STEPS, migrate, schemaOf } from "./migrate";

/**
 * Attaches cache.db. Its rows refer to photos by id, so it fits only the library.db it was last opened with. Each time
 * the library is opened, both files get the same new session mark; a cache with a different mark (library.db was
 * restored from a backup) is recreated.
 * In WAL mode, a transaction over two files is not atomic if the process dies. So library.db gets the mark first and
 * also keeps the previous one.
 */
export function attachCache(db: Database.Database, directory: string): void {
  try {
    attach(db, directory);
  } catch (error) {
    if (!isCorruption(error)) throw error;
    if ((db.pragma("database_list") as { name: string }[]).some(({ name }) => name === "cache"))
      db.exec("DETACH cache");
    recreateCache(directory);
    attach(db, directory);
  }
}

function attach(db: Database.Database, directory: string): void {
  const file = join(directory, "cache.db");
  const mark = (from: string, key: string) =>
    db.prepare<[string], { value: string }>(`SELECT value FROM ${from}.meta WHERE key = ?`).get(key)?.value;
  const put = (into: string, key: string, value: string) =>
    db
      .prepare(
        `INSERT INTO ${into}.meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
      )
      .run(key, value);
  if (!prepareCache(file)) recreateCache(directory);
  db.prepare("ATTACH ? AS cache").run(file);
  let last = mark("cache", "session");
  if (last !== mark("main", "session") && (last === undefined || last !== mark("main", "session before"))) {
    last = undefined;
    db.exec("DETACH cache");
    recreateCache(directory);
    db.prepare("ATTACH ? AS cache").run(file);
  }
  const session = randomUUID();
  db.transaction(() => {
    put("main", "session before", last ?? session);
    put("main", "session", session);
  })();
  db.pragma("cache.synchronous = FULL"); // losing the mark would cost the whole cache
  put("cache", "session", session);
  db.pragma("cache.synchronous = NORMAL");
  db.pragma("cache.cache_size = -32000");
}

/** @returns false if the file is corrupt or from a newer version and must be recreated */
function prepareCache(file: string): boolean {
  const cache = new Database(file, { timeout: 5000 });
  try {
    cache.pragma("page_size = 16384"); // features and thumbnails are large rows
    cache.pragma("auto_vacuum = INCREMENTAL"); // of a new file, so that dropped features can free space on the disk
    cache.pragma("journal_mode = WAL");
    if (schemaOf(cache) > CACHE_STEPS.length) return false;
    migrate(cache, CACHE_STEPS);
    return true;
  } catch (error) {
    if (!isCorruption(error)) throw error;
    return false;
  } finally {
    cache.close();
  }
}

/** Deletes the cache of a library that is not open. */
export function deleteCache(directory: string): void {
  for (const suffix of ["", "-wal", "-shm"]) rmSync(join(directory, `cache.db${suffix}`), { force: true });
}

function recreateCache(directory: string): void {
  deleteCache(directory);
  const file = join(directory, "cache.db");
  if (!prepareCache(file)) throw new Error(`can't create ${file}`);
}

/** A corrupt cache is repaired where it is used; it must not keep the library from closing. */
export function optimizeCache(db: Database.Database): void {
  try {
    db.pragma("cache.optimize");
  } catch (error) {
    if (!isCorruption(error)) throw error;
  }
}
