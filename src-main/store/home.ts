import { createHash } from "node:crypto";
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { basename, join } from "node:path";
import type { Welcome } from "../../src-shared/contract";
import { syncFolder } from "../base/sync-to-disk";

type Recent = Omit<Welcome["recent"][number], "exists">;

/** The directory of a folder's library, named by a hash of the folder's real path and a readable form of its name. */
export function libraryDirectory(home: string, folder: string): string {
  const hash = createHash("sha256").update(folder).digest("hex").slice(0, 16);
  const slug = basename(folder)
    .normalize("NFKD")
    .replace(/[^A-Za-z0-9]+/g, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 40)
    .toLowerCase();
  return join(home, "libraries", `${hash}-${slug || "photos"}`);
}

/** Whether a name in `libraries` is that of a library, and not of one that is set aside or still arriving. */
export const isLibraryName = (name: string): boolean => /^[0-9a-f]{16}-[a-z0-9-]+$/.test(name);

/** Whether a directory holds a library, even one that has lost its library.db. */
export const holdsLibrary = (directory: string): boolean =>
  existsSync(join(directory, "library.db")) || holdsTraces(directory);

/** Whether there is what only an existing library leaves beside its library.db. */
export const holdsTraces = (directory: string): boolean =>
  ["cache.db", "backups"].some((name) => existsSync(join(directory, name)));

/** Recently opened libraries, latest first. */
export function recentLibraries(home: string): Welcome["recent"] {
  return readRecent(home).map((recent) => ({ ...recent, exists: existsSync(recent.folder) }));
}

export function rememberLibrary(home: string, recent: Recent): void {
  writeRecent(home, [recent, ...readRecent(home).filter(({ folder }) => folder !== recent.folder)]);
}

/** Removes a folder from the recent libraries. Its library is not deleted. */
export function forgetLibrary(home: string, folder: string): void {
  writeRecent(
    home,
    readRecent(home).filter((recent) => recent.folder !== folder),
  );
}

function readRecent(home: string): Recent[] {
  const file = join(home, "recent.json");
  if (!existsSync(file)) return [];
  const list: unknown = parseOrSetAside(file);
  return Array.isArray(list) ? list.filter(isRecent) : [];
}

/** A corrupt list must not keep the program from starting: it is renamed, so that it can still be examined. */
function parseOrSetAside(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    renameSync(file, `${file}.damaged`);
    return [];
  }
}

function isRecent(value: unknown): value is Recent {
  const recent = value as Recent | null;
  return (
    typeof recent?.folder === "string" &&
    typeof recent.name === "string" &&
    typeof recent.photos === "number" &&
    typeof recent.openedAt === "string"
  );
}

/** Written by a rename, so that a crash leaves either the old list or the new one. */
function writeRecent(home: string, list: Recent[]): void {
  mkdirSync(home, { recursive: true });
  const file = join(home, "recent.json");
  const partial = `${file}.${process.pid}.tmp`;
  const handle = openSync(partial, "w");
  writeSync(handle, JSON.stringify(list, null, 2));
  fsyncSync(handle);
  closeSync(handle);
  renameSync(partial, file);
  syncFolder(home);
}
