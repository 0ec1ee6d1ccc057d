import { randomBytes, randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** Folder inside the data folder with a note for each file or folder that is being written elsewhere. */
const NOTES = "unfinished";
const NAME = /^\.semblance-[0-9a-f]{16}\.tmp$/;
/** Unique to this process; a process id alone may be reused. */
const OWN = `${process.pid}-${Math.round(performance.timeOrigin)}-`;
/** Between the two paths of a note: no path contains it. */
const SEPARATOR = "\0";

/**
 * Where a file is written until it is complete: beside it, hidden, with a name that is short enough for any file system
 * and that no other call or process uses.
 */
export const partialPath = (file: string): string =>
  join(dirname(file), `.semblance-${randomBytes(8).toString("hex")}.tmp`);

/**
 * Notes a partial file, so that it is deleted if this process dies.
 * @param partial absolute path, from `partialPath`
 * @param replaced if `partial` is what lay at this path and is about to be replaced, it moves back there unless the
 *   replacement has arrived
 * @returns call it once the file is complete or deleted
 */
export function registerPartialFile(home: string, partial: string, replaced?: string): () => void {
  const note = join(home, NOTES, writerName());
  mkdirSync(dirname(note), { recursive: true });
  writeFileSync(note, replaced === undefined ? partial : partial + SEPARATOR + replaced);
  return () => rmSync(note, { force: true });
}

/**
 * Deletes the partial files of processes that died, and moves back what they had not replaced yet. Those that can't be
 * reached, for example on an offline volume, are left for another time.
 */
export function removePartialFiles(home: string): void {
  const notes = join(home, NOTES);
  if (!existsSync(notes)) return;
  for (const name of readdirSync(notes)) {
    if (!isWriterGone(name)) continue;
    const note = join(notes, name);
    const [partial = "", replaced] = contentOf(note).split(SEPARATOR);
    if (NAME.test(basename(partial))) {
      // whoever wrote the note, delete nothing else
      if (!existsSync(dirname(partial))) continue;
      try {
        settle(partial, replaced);
        rmSync(`${partial}-journal`, { force: true }); // SQLite's, while it writes a library copy
      } catch (error) {
        console.error(`Can’t delete ${partial}, which an interrupted run left behind: ${(error as Error).message}`);
        continue;
      }
    }
    rmSync(note, { force: true });
  }
}

function settle(partial: string, replaced: string | undefined): void {
  if (replaced !== undefined && dirname(replaced) === dirname(partial) && !existsSync(replaced)) {
    if (existsSync(partial)) renameSync(partial, replaced);
  } else rmSync(partial, { recursive: true, force: true });
}

/** Empty if another process has just removed the note. */
function contentOf(note: string): string {
  try {
    return readFileSync(note, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}
/** A name that no other process or call uses, and that tells later who wrote under it. */
export const writerName = (): string => OWN + randomUUID();

/** Whether the process that made this name with `writerName` has ended. */
export const isWriterGone = (name: string): boolean =>
  !name.startsWith(OWN) && (name.startsWith(`${process.pid}-`) || !isAlive(parseInt(name)));

function isAlive(process_: number): boolean {
  try {
    return process.kill(process_, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"; // it belongs to another user
  }
}
