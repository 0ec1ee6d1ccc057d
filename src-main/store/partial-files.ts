import { createHash, randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** In the data folder: a note for each file or folder that is being written elsewhere. */
const NOTES = "unfinished";
const NAME = /^\.semblance-[0-9a-f]{16}\.tmp$/;
/** Of this process alone: ids of processes are given again. */
const OWN = `${process.pid}-${Math.round(performance.timeOrigin)}-`;

/** What is being written lies here until it is whole: hidden, and short enough for any file system. */
export const partialPath = (file: string): string =>
  join(dirname(file), `.semblance-${createHash("sha256").update(basename(file)).digest("hex").slice(0, 16)}.tmp`);

/**
 * Notes what is being written, so that it is taken away if this process dies. @param unfinished absolute, by
 * `unfinishedOf` @returns to be called once it is whole, or taken away
 */
export function registerPartialFile(home: string, partial: string): () => void {
  const note = join(home, NOTES, OWN + randomUUID());
  mkdirSync(dirname(note), { recursive: true });
  writeFileSync(note, partial);
  return () => rmSync(note, { force: true });
}

/**
 * Takes away what processes that died were writing. What can't be reached now, such as on a drive that is away, is
 * tried again another time.
 */
export function removePartialFiles(home: string): void {
  const notes = join(home, NOTES);
  if (!existsSync(notes)) return;
  for (const name of readdirSync(notes)) {
    if (name.startsWith(OWN) || (!name.startsWith(`${process.pid}-`) && isAlive(parseInt(name)))) continue;
    const note = join(notes, name);
    const partial = readFileSync(note, "utf8");
    if (NAME.test(basename(partial))) {
      // whoever wrote the note, nothing else is taken away
      if (!existsSync(dirname(partial))) continue;
      try {
        rmSync(partial, { recursive: true, force: true });
      } catch (error) {
        console.error(
          `${partial} was left by a program that died, and can't be taken away: ${(error as Error).message}`,
        );
        continue;
      }
    }
    rmSync(note, { force: true });
  }
}

function isAlive(process_: number): boolean {
  try {
    return process.kill(process_, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"; // somebody else's
  }
}
