import { requireFile } from "../../base/input-file";
import { closeStore, openStore, type Store } from "../../store/database";
import { copyLibrary, openCopy } from "../../store/library-copy";
import { countVerdicts } from "../../store/verdicts";

/**
 * Copies a folder's library into one file for another computer, without labelling anything.
 * @throws Refusal `no-folder`, `library-locked`, or of `copyLibrary`
 */
export function copyFolderLibrary(
  home: string,
  folder: string,
  file: string,
  overwrite: boolean,
): { folder: string; copy: { file: string; verdicts: number } } {
  return withStore(home, folder, (store) => ({ folder: store.folder, copy: copyLibrary(store, file, overwrite) }));
}

/**
 * Makes a copied library that of a folder.
 * @returns `aside` is where the folder's earlier library was moved; null if it had none
 * @throws Refusal `no-file`, or of `openCopy`
 */
export function openCopiedLibrary(query: { home: string; file: string; folder: string; replace: boolean }): {
  folder: string;
  verdicts: number;
  aside: string | null;
} {
  requireFile(query.file);
  const { aside } = openCopy(query);
  return withStore(query.home, query.folder, (store) => ({
    folder: store.folder,
    verdicts: countVerdicts(store),
    aside,
  }));
}

function withStore<T>(home: string, folder: string, read: (store: Store) => T): T {
  const store = openStore({ home, folder });
  try {
    return read(store);
  } finally {
    closeStore(store);
  }
}
