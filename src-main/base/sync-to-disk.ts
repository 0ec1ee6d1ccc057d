import { closeSync, fsyncSync, openSync } from "node:fs";

/** Answers of file systems that can't sync folders; on Windows, where NTFS logs names itself, folders can't be opened. */
const CANNOT_SYNC = ["EINVAL", "ENOTSUP", "EISDIR", "EPERM", "EACCES"];

/** Waits until a file's content is on disk. */
export const syncFile = (file: string): void => sync(file, "r+");

/**
 * Waits until the names in a folder are on disk, where the file system can do that: a rename or a deletion survives a
 * power cut only then.
 */
export function syncFolder(folder: string): void {
  try {
    sync(folder, "r");
  } catch (error) {
    if (!CANNOT_SYNC.includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}

function sync(path: string, flags: string): void {
  const handle = openSync(path, flags);
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
