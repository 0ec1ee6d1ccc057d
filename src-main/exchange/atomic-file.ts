import { lstatSync } from "node:fs";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { basename } from "node:path";
import { Refusal } from "../../src-shared/refusal";
import { isPhotoFile } from "../images/photo-files";
import { partialPath, registerPartialFile } from "../store/partial-files";

/**
 * Writes a file through a temporary one beside it, so that the file is complete or absent. Replaces a symbolic link of
 * this name instead of writing through it.
 * @param home the data folder, which keeps track of partial files
 * @param file absolute path
 * @throws Refusal `file-exists` unless it may be replaced, `takes-photo` if a photo has this name, `cannot-write`
 */
export async function writeAtomically<Outcome>(
  home: string,
  file: string,
  overwrite: boolean,
  write: (handle: FileHandle) => Promise<Outcome>,
  mode?: number,
): Promise<Outcome> {
  if (isPhotoFile(basename(file)))
    throw new Refusal("takes-photo", `${file} has the name of a photo. Choose another file name.`);
  if (!overwrite) refuseExisting(file);
  const partial = partialPath(file);
  const settled = registerPartialFile(home, partial);
  try {
    const handle = await openNew(partial, mode);
    try {
      const outcome = await write(handle);
      await handle.sync();
      await handle.close();
      if (!overwrite) refuseExisting(file);
      await rename(partial, file);
      return outcome;
    } catch (error) {
      await handle.close();
      await rm(partial, { force: true });
      throw error;
    }
  } catch (error) {
    throw isSystemError(error) ? unwritableFile(file, error) : error;
  } finally {
    settled();
  }
}

/** Whether anything has this name, even a broken link. */
export const pathExists = (file: string): boolean => lstatSync(file, { throwIfNoEntry: false }) !== undefined;

export const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  (error as NodeJS.ErrnoException).syscall !== undefined;

export function unwritableFile(file: string, error: unknown): Refusal {
  return new Refusal(
    "cannot-write",
    `Couldn’t write ${file} (${(error as NodeJS.ErrnoException).code ?? String(error)}).`,
  );
}

async function openNew(file: string, mode?: number): Promise<FileHandle> {
  await rm(file, { force: true });
  const handle = await open(file, "wx");
  if (mode !== undefined) await handle.chmod(mode);
  return handle;
}

function refuseExisting(file: string): void {
  if (pathExists(file)) throw new Refusal("file-exists", `${file} already exists.`);
}
