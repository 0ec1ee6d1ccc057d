import { existsSync, rmSync } from "node:fs";
import { lockLibrary } from "./database";
import { forgetLibrary, libraryDirectory } from "./home";
import { withSwapLock } from "./library-swap";

/**
 * Deletes a folder's library for good, with its verdicts and backups; not the folder. Does nothing if it has none.
 * @param folder its real path
 * @throws Refusal `library-locked` if it is open
 */
export function deleteLibrary(home: string, folder: string): void {
  const directory = libraryDirectory(home, folder);
  withSwapLock(home, () => {
    if (!existsSync(directory)) return;
    lockLibrary(directory, folder).close(); // nobody can open it until this returns
    rmSync(directory, { recursive: true });
  });
  forgetLibrary(home, folder);
}
