import { closeSync, fsyncSync, openSync } from "node:fs";

/** Waits until a file's content is on disk. */
export const syncFile = (file: string): void => sync(file, "r+");

/**
 * Waits until the names in a folder are on disk: a rename or a deletion survives a power cut only then. Windows can't
 * open folders; NTFS logs names itself.
 */
export function syncFolder(folder: string): void {
  if (process.platform !== "win32") sync(folder, "r");
}

function sync(path: string, flags: string): void {
  const handle = openSync(path, flags);
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
