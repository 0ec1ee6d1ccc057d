import { holdsFiles } from "../folder/scan-scope";
import { foldersToSkip } from "../folder/skipped-folders";
import { type FolderWatch, type ScanScope, watchFolder } from "../folder/watch";
import { settingsOf } from "../store/settings";
import type { OpenLibrary } from "./open-library";

/** The watch on the open library's folder, with its notice among the library's. */
export interface LibraryWatch {
  /** Starts or stops watching the folder of the open library, as its settings say. */
  restart(library: OpenLibrary): Promise<void>;
  stop(): Promise<void>;
}

interface WatchParts {
  /** False once the library was closed or replaced: then a watch that is still starting is dropped. */
  isOpen(library: OpenLibrary): boolean;
  /** Scans the subfolders that changed, or everything; resolves when done. */
  scan(scope: ScanScope | null): Promise<unknown>;
  /** The library's notices have changed. */
  onNotice(): void;
  ignoringDiskFaults<T>(work: () => T): T | null;
}

export function createLibraryWatch({ isOpen, scan, onNotice, ignoringDiskFaults }: WatchParts): LibraryWatch {
  let watching: FolderWatch | null = null;
  let notice: string | null = null;

  return {
    async restart(library) {
      const { store, notices } = library;
      const setNotice = (words: string | null) => {
        if (notice !== null && notices.includes(notice)) notices.splice(notices.indexOf(notice), 1);
        if (words !== null) notices.push(words);
        notice = words;
        onNotice();
      };
      await watching?.stop();
      watching = null;
      if (!isOpen(library)) return; // closed meanwhile
      if (!settingsOf(store).watchFolder) return setNotice(null);
      const started = await watchFolder(store.folder, {
        skippedFolders: foldersToSkip(store),
        holdsFiles: (path) => ignoringDiskFaults(() => holdsFiles(store, path)) ?? false,
        onChange: scan,
        onRoot: (exists) =>
          setNotice(
            exists
              ? null
              : `The folder ${store.folder} isn’t available. If it is on a drive or share, connect it. ` +
                  "Your library is safe, and its photos reappear with the folder.",
          ),
      });
      if (!isOpen(library)) return started.stop();
      watching = started;
      setNotice(
        started.how === "rounds"
          ? `Can’t watch the folder, so changes are checked for once a minute: ${started.why}.`
          : null,
      );
    },
    async stop() {
      await watching?.stop();
      watching = notice = null;
    },
  };
}
