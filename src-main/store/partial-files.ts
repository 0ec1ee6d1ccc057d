import { createHash, randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** Folder inside the data folder with a note for each file or folder that is being written elsewhere. */
const NOTES = "unfinished";
const NAME = /^\.semblance-[0-9a-f]{16}\.tmp$/;
/** Unique to this process; a process id alone may be reused. */
const OWN = `${process.pid}-${Math.round(performance.timeOrigin)}-`;

/** Where a file is written until it is complete: hidden, and with a name short enough for any file system. */
export const partialPath = (file: string): string =>
  join(dirname(file), `.semblance-${createHash("sha256").update(basename(file)).digest("hex").slice(0, 16)}.tmp`);

/**
 * Notes a partial file, so that it is deleted if this process dies.
 * @param partial absolute path, from `partialPath`
 * @returns call it once the file is complete or deleted
 */
export function registerPartialFile(home: string, partial: string): () => void {
  const note = join(home, NOTES, writerName());
  mkdirSync(dirname(note), { recursive: true });
  writeFileSync(note, partial);
  return () => rmSync(note, { force: true });
}

/**
 * Deletes the partial files of processes that died. Those that can't be reached, for example on an offline volume, are
 * left for another time.
 */
export function removePartialFiles(home: string): void {
  const notes = join(home, NOTES);
  if (!existsSync(notes)) return;
  for (const name of readdirSync(notes)) {
    if (!isWriterGone(name)) continue;
    const note = join(notes, name);
    const partial = readFileSync(note, "utf8");
    if (NAME.test(basename(partial))) {
      // whoever wrote the note, delete nothing else
      if (!existsSync(dirname(partial))) continue;
      try {
        rmSync(partial, { recursive: true, force: true });
        rmSync(`${partial}-journal`, { force: true }); // SQLite's, while it writes a library copy
      } catch (error) {
        console.error(`Can’t delete ${partial}, which an interrupted run left behind: ${(error as Error).message}`);
        continue;
      }
    }
    rmSync(note, { force: true });
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
