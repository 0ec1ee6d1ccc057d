import { existsSync, readdirSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { syncFolder } from "../base/sync-to-disk";
import { forgetLibrary, holdsLibrary, isLibraryName, libraryDirectory, recentLibraries, rememberLibrary } from "./home";
import { removeBare } from "./library-swap";
import { acquireLock } from "./lock";

/**
 * How many of a library's files are looked for in a folder, and the share of them that must be found for it to be the
 * same one.
 */
const PROBED_FILES = 64;
const MIN_MATCHING_SHARE = 0.8;

interface OrphanedLibrary {
  directory: string;
  folder: string;
  files: { path: string; size: number }[];
  writtenMs: number;
}

/**
 * Gives a folder the library of one that is gone, if that library's files are here: the folder was moved or renamed, or
 * its drive has another letter. Does nothing if the folder has a library, if none matches, or if the one that matches
 * is open elsewhere. Call it in `withSwapLock`.
 * @param folder real path
 * @returns the library's previous folder; null if none was adopted
 */
export function adoptRelocatedLibrary(home: string, folder: string): string | null {
  const directory = libraryDirectory(home, folder);
  if (holdsLibrary(directory)) return null;
  const moved = orphanedLibraries(home).find(({ files }) => holdsMostOf(folder, files));
  if (!moved) return null;
  const lock = acquireLock(join(moved.directory, "lock.db"));
  if (!lock) return null;
  lock.close();
  if (!removeBare(directory)) return null;
  renameSync(moved.directory, directory);
  syncFolder(join(home, "libraries"));
  const before = recentLibraries(home).find((recent) => recent.folder === moved.folder);
  forgetLibrary(home, moved.folder);
  if (before) rememberLibrary(home, { ...before, folder });
  return moved.folder;
}

/** The libraries whose folder no longer exists, each with a sample of its files, last modified first. */
function orphanedLibraries(home: string): OrphanedLibrary[] {
  const libraries = join(home, "libraries");
  if (!existsSync(libraries)) return [];
  return readdirSync(libraries)
    .filter(isLibraryName)
    .map((name) => join(libraries, name))
    .map(orphanIn)
    .filter((each) => each !== null)
    .sort((a, b) => b.writtenMs - a.writtenMs);
}

function orphanIn(directory: string): OrphanedLibrary | null {
  const file = join(directory, "library.db");
  if (!existsSync(file)) return null;
  try {
    const db = new Database(file, { readonly: true, timeout: 0 });
    try {
      const folder = db.prepare<[], { value: string }>("SELECT value FROM meta WHERE key = 'folder'").get()?.value;
      if (folder === undefined || existsSync(folder)) return null;
      const files = db
        .prepare<[number], { path: string; size: number }>(
          "SELECT path, size FROM file WHERE photo IS NOT NULL AND missing = 0 ORDER BY id * 7919 % 10007 LIMIT ?",
        )
        .all(PROBED_FILES);
      return { directory, folder, files, writtenMs: statSync(file).mtimeMs };
    } finally {
      db.close();
    }
  } catch (error) {
    // Skip a library that is corrupt or has another schema; opening it will report that.
    if (error instanceof Database.SqliteError) return null;
    throw error;
  }
}

function holdsMostOf(folder: string, files: { path: string; size: number }[]): boolean {
  const found = files.filter(
    ({ path, size }) => statSync(join(folder, path), { throwIfNoEntry: false })?.size === size,
  );
  return found.length > 0 && found.length >= MIN_MATCHING_SHARE * files.length;
}
