import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { isCorruption } from "./disk-fault";
import { isLibraryName } from "./home";

/** What a library of the data folder says about its model pack. */
export interface PackUser {
  /** The photo folder. */
  folder: string;
  /** The pack that its settings name, by name or folder; null if it follows the default. */
  preferred: string | null;
  /** How the pack of its current model was named when the library was last opened; null if that isn't known. */
  labelledBy: string | null;
}

/**
 * Which packs the libraries of a data folder use. Reads without opening them, so that it also works while another
 * Semblance has one open. Leaves out libraries that are damaged: nobody can say what they use.
 */
export function packUsers(home: string): PackUser[] {
  const libraries = join(home, "libraries");
  if (!existsSync(libraries)) return [];
  return readdirSync(libraries)
    .filter(isLibraryName)
    .map((name) => join(libraries, name, "library.db"))
    .filter((file) => existsSync(file))
    .flatMap((file) => userIn(file) ?? []);
}

function userIn(file: string): PackUser | null {
  let db: Database.Database | null = null;
  try {
    db = new Database(file, { readonly: true });
    const read = (sql: string, ...key: string[]) =>
      db!
        .prepare(sql)
        .pluck()
        .get(...key) as string | undefined;
    const folder = read("SELECT value FROM meta WHERE key = 'folder'");
    if (folder === undefined) return null; // it was never opened
    const preferred = read("SELECT value FROM setting WHERE key = 'pack'");
    const hasModels = read("SELECT name FROM sqlite_master WHERE name = 'model'") !== undefined;
    const visualId = hasModels ? read("SELECT visual_id FROM model WHERE current = 1") : undefined;
    const remembered =
      visualId === undefined ? undefined : read("SELECT value FROM meta WHERE key = ?", `pack ${visualId}`);
    return {
      folder,
      preferred: preferred === undefined ? null : (JSON.parse(preferred) as string),
      labelledBy: remembered === undefined ? null : (JSON.parse(remembered) as { from: string }).from,
    };
  } catch (error) {
    if (isCorruption(error)) return null;
    throw error;
  } finally {
    db?.close();
  }
}
