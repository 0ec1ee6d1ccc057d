import { dataFolder } from "../base/data-folder";
import { closeStore, openStore } from "../store/database";
import { copyLibrary, openCopy } from "../store/library-copy";
import { countVerdicts } from "../store/verdicts";
import { printJson } from "./session";

/** `semblance copy`: writes a folder's library (verdicts, labels, models) into one file for another computer. */
export function copyFolderLibrary(
  folder: string,
  { to, overwrite, json }: { to: string; overwrite: boolean; json?: boolean },
): void {
  const store = openStore({ home: dataFolder(), folder });
  try {
    const copied = copyLibrary(store, to, overwrite);
    if (json) printJson(copied);
    else console.log(`${copied.file}: the library of ${store.folder} with ${copied.verdicts} verdicts.`);
  } finally {
    closeStore(store);
  }
}

/**
 * `semblance open-copy`: makes a copied library that of a folder; its photos are found again when the folder is
 * labelled.
 */
export function openCopiedLibrary(
  file: string,
  folder: string,
  { replace, json }: { replace?: boolean; json?: boolean },
): void {
  const { aside } = openCopy({ home: dataFolder(), file, folder, replace: replace ?? false });
  const store = openStore({ home: dataFolder(), folder });
  const verdicts = countVerdicts(store);
  closeStore(store);
  if (json) printJson({ folder: store.folder, verdicts, aside });
  else
    console.log(
      `${store.folder} has the library of ${file}, with ${verdicts} verdicts.${aside === null ? "" : ` What it had before lies in ${aside}.`}`,
    );
}
