import { closeSync, lstatSync, openSync, readSync, realpathSync, type Stats, statSync } from "node:fs";
import { basename, dirname, isAbsolute, relative, resolve, sep } from "node:path";
import { Refusal } from "../../src-shared/refusal";
import { isOriginalName } from "./original-names";
import { isSystemError } from "./system-error";

/** A kind of file that Semblance writes, and how to recognise one. */
export interface OwnFormat {
  /** With its article: "a label table". */
  name: string;
  /**
   * Whether Semblance wrote this file.
   * @param head its first bytes, `HEAD_BYTES` at most
   * @param file its path, for what lies further back
   */
  isOurs(head: Buffer, file: string): boolean;
  /** For XMP sidecars, which Semblance merges its keywords into: the only name of originals that it may write. */
  extension?: ".xmp";
}

export interface FileTarget {
  /** The data folder: keeps track of partial files, and nothing is written in it. */
  home: string;
  file: string;
  format: OwnFormat;
  /** Replace an earlier file of the same format. Files of others are never replaced. */
  overwrite: boolean;
}

/** Bytes that `OwnFormat.isOurs` gets. */
export const HEAD_BYTES = 1 << 16;

/**
 * Refuses a file that must not be written: a name of an original, a place in the data folder, and whatever exists there
 * already, unless it is a file of this format by Semblance and may be replaced. An empty file counts as replaceable.
 * @returns the file to replace; undefined if there is none
 * @throws Refusal `takes-photo`, `no-folder`, `bad-output`, `file-exists`, `cannot-write`
 */
export function refuseTarget({ home, file, format, overwrite }: FileTarget): Stats | undefined {
  const path = resolve(file);
  if (isOriginalName(basename(path)) && !(format.extension && path.toLowerCase().endsWith(format.extension)))
    throw new Refusal(
      "takes-photo",
      `${path} has the name of a photo, film or sidecar, which Semblance never writes. Choose another file name.`,
    );
  try {
    if (!statSync(dirname(path), { throwIfNoEntry: false })?.isDirectory())
      throw new Refusal("no-folder", `There is no folder ${dirname(path)} to write ${basename(path)} in.`);
    refuseDataFolder(home, path);
    const there = lstatSync(path, { throwIfNoEntry: false });
    if (there) {
      refuseSpecial(path, there);
      if (there.size > 0 && !format.isOurs(headOf(path), path))
        throw new Refusal(
          "bad-output",
          `${path} already exists and isn’t ${format.name} that Semblance wrote, so it is never replaced. Choose another file name.`,
        );
      if (!overwrite) throw new Refusal("file-exists", `${path} already exists.`);
    }
    return there;
  } catch (error) {
    throw isSystemError(error) ? unwritableFile(path, error) : error;
  }
}

/** @throws Refusal `bad-output` for links, for files with several names, and for what isn't a file */
export function refuseSpecial(path: string, there: Stats): void {
  const refuse = (what: string) => new Refusal("bad-output", `${path} is ${what}. Choose another file name.`);
  if (there.isSymbolicLink()) throw refuse("a symbolic link, which Semblance doesn’t write through");
  if (there.isDirectory()) throw refuse("a folder");
  if (!there.isFile()) throw refuse("a device or a pipe, not a file");
  if (there.nlink > 1) throw refuse(`a hard link: the same file has ${there.nlink} names`);
}

/**
 * Compares folders themselves as well as their paths, because links, `..` and upper and lower case can give one folder
 * many paths.
 * @throws Refusal `bad-output` for a path in the data folder
 */
export function refuseDataFolder(home: string, path: string): void {
  const refusal = new Refusal(
    "bad-output",
    `${path} is in ${home}, where Semblance keeps its libraries. Choose another folder.`,
  );
  if (isWithin(resolve(home), path)) throw refusal;
  const data = statSync(home, { throwIfNoEntry: false });
  if (!data) return;
  for (let folder = realpathSync(nearestFolder(path)); ; folder = dirname(folder)) {
    const { dev, ino } = statSync(folder);
    if (dev === data.dev && ino === data.ino) throw refusal;
    if (dirname(folder) === folder) return;
  }
}

/** The folder that a new file or folder would be created in, or the nearest one above it that exists. */
export function nearestFolder(path: string): string {
  const above = dirname(path);
  return above === path || statSync(above, { throwIfNoEntry: false }) ? above : nearestFolder(above);
}

function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function headOf(file: string): Buffer {
  const handle = openSync(file, "r");
  try {
    const head = Buffer.alloc(HEAD_BYTES);
    return head.subarray(0, readSync(handle, head, 0, HEAD_BYTES, 0));
  } finally {
    closeSync(handle);
  }
}

/** Whether anything has this name, even a broken link. */
export const pathExists = (file: string): boolean => lstatSync(file, { throwIfNoEntry: false }) !== undefined;

const REASONS: Record<string, string> = {
  ENOSPC: "the disk is full",
  SQLITE_FULL: "the disk is full",
  EDQUOT: "your share of the disk is used up",
  EFBIG: "the file would be larger than the system allows",
  EROFS: "the disk is read-only",
  EACCES: "you may not write there",
  EPERM: "you may not write there",
};

/** What to say of a file that the system didn't let us write: `cannot-write`. */
export function unwritableFile(file: string, error: unknown): Refusal {
  const code = (error as NodeJS.ErrnoException).code ?? String(error);
  const reason = REASONS[code];
  return new Refusal("cannot-write", `Couldn’t write ${file}${reason ? `: ${reason}` : ""} (${code}).`);
}
