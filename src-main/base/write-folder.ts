import { existsSync, lstatSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { Refusal } from "../../src-shared/refusal";
import { isOriginalName } from "./original-names";
import { partialPath } from "./partial-files";
import { nearestFolder, refuseDataFolder, unwritableFile } from "./refuse-target";
import { syncFile, syncFolder } from "./sync-to-disk";
import { isSystemError } from "./system-error";
import { noteIn, writeProbe } from "./write-file";

/** A kind of folder that Semblance writes, and how to recognise one. */
export interface OwnFolder {
  /** With its article: "a model pack". */
  name: string;
  /**
   * Whether Semblance wrote this folder and all that it holds.
   * @param files the names in it, without what file managers leave behind
   */
  isOurs(folder: string, files: readonly string[]): boolean;
}

/** Writes a file of the folder. */
export type Put = (name: string, content: string | Uint8Array) => void;

export interface FolderTarget {
  /** The data folder: keeps track of partial folders, and nothing is written in it. */
  home: string;
  folder: string;
  /** Folders that may be replaced. With null, only an empty one. */
  format: OwnFolder | null;
  /** For a folder that Semblance itself keeps in the data folder: it and its files can only be read by this user. */
  isData?: boolean;
}

/** Files that Finder and Explorer leave in folders that they show. */
const LEFTOVERS = new Set([".DS_Store", "Thumbs.db", "desktop.ini"]);

/**
 * Refuses a folder that must not be written: a link, one in the data folder, and one that holds anything, unless it is
 * a folder of this format by Semblance and holds nothing else.
 * @returns whether there is one to replace
 * @throws Refusal `bad-output`, `not-empty`, `cannot-write`
 */
export function refuseFolder({ home, folder, format, isData }: FolderTarget): boolean {
  const path = resolve(folder);
  try {
    if (!isData) refuseDataFolder(home, path);
    const there = lstatSync(path, { throwIfNoEntry: false });
    if (!there) return false;
    if (there.isSymbolicLink())
      throw new Refusal("bad-output", `${path} is a symbolic link, which Semblance doesn’t write through.`);
    if (!there.isDirectory()) throw new Refusal("bad-output", `${path} is not a folder. Choose another name.`);
    const names = readdirSync(path).filter((name) => !LEFTOVERS.has(name));
    if (names.length === 0) return true;
    if (!format) throw new Refusal("not-empty", `${path} isn’t empty. Choose a new or empty folder.`);
    const stray = names.find((name) => isStray(path, name));
    if (stray !== undefined || !format.isOurs(path, names))
      throw new Refusal(
        "bad-output",
        `${path} already exists and isn’t ${format.name} that Semblance wrote${stray === undefined ? "" : `: it holds ${stray}`}. Nothing was replaced; choose another folder.`,
      );
    return true;
  } catch (error) {
    throw isSystemError(error) ? unwritableFile(path, error) : error;
  }
}

/** Whether a folder that Semblance writes can't hold this: an original, a folder, or a file with another name too. */
function isStray(folder: string, name: string): boolean {
  const about = lstatSync(join(folder, name));
  return isOriginalName(name) || !about.isFile() || about.nlink > 1;
}

/**
 * Finds out before long work whether a folder could be written. Creates nothing.
 * @param bytes how large it will be, as far as known
 * @throws Refusal of `refuseFolder`, `cannot-write`
 */
export function tryFolder(target: FolderTarget, bytes = 0): void {
  refuseFolder(target);
  writeProbe(target.home, target.folder, bytes);
}

/**
 * Writes a folder under a temporary name beside it, so that it is complete or absent, and creates those above it. Waits
 * until its files are on disk, but not those in its subfolders: they are copies of photos.
 * @param fill creates the contents, in the folder at this path; if it throws, nothing changes
 * @throws Refusal of `refuseFolder`, before anything is written and again before a folder is replaced; `cannot-write`
 */
export async function writeFolder<Outcome>(
  target: FolderTarget,
  fill: (path: string, put: Put) => Promise<Outcome> | Outcome,
): Promise<Outcome> {
  const folder = resolve(target.folder);
  refuseFolder(target);
  const partial = partialPath(folder);
  const settled = noteIn(target.home, partial);
  const above = nearestFolder(folder);
  try {
    const [mode, fileMode] = target.isData ? [0o700, 0o600] : [0o777, 0o666];
    mkdirSync(dirname(folder), { recursive: true, mode });
    mkdirSync(partial, { mode });
    const outcome = await fill(partial, (name, content) =>
      writeFileSync(join(partial, name), content, { mode: fileMode }),
    );
    for (const entry of readdirSync(partial, { withFileTypes: true }))
      if (entry.isFile()) syncFile(join(partial, entry.name));
    syncFolder(partial);
    if (refuseFolder(target)) replace(target.home, folder, partial);
    else renameSync(partial, folder);
    syncFolder(dirname(folder));
    return outcome;
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    removeEmpty(dirname(folder), above);
    throw isSystemError(error) ? unwritableFile(folder, error) : error;
  } finally {
    settled();
  }
}

/** Puts a folder in the place of another. If the process dies in between, the next one puts the former back. */
function replace(home: string, folder: string, partial: string): void {
  const former = partialPath(folder);
  const settled = noteIn(home, former, folder);
  renameSync(folder, former);
  try {
    renameSync(partial, folder);
  } catch (error) {
    renameSync(former, folder);
    settled();
    throw error;
  }
  rmSync(former, { recursive: true, force: true });
  settled();
}

/** Removes the folders that were created from `lowest` up to `above`, which was there before. */
function removeEmpty(lowest: string, above: string): void {
  for (let folder = lowest; folder !== above && existsSync(folder); folder = dirname(folder)) {
    if (readdirSync(folder).length > 0) return; // somebody else uses it by now
    rmdirSync(folder);
  }
}
