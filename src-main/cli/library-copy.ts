import { dataFolder } from "../base/data-folder";
import { closeLibrary, openLibrary } from "../store/database";
import { copyLibrary, openCopy } from "../store/library-copy";
import { countVerdicts } from "../store/verdicts";
import { printJson } from "./session";

/** `semblance copy`: writes a folder's library (verdicts, labels, models) into one file for another computer. */
export function copyFolderLibrary(
  folder: string,
  { to, overwrite, json }: { to: string; overwrite: boolean; json?: boolean },
): void {
  const library = openLibrary({ home: dataFolder(), folder });
  try {
    const copied = copyLibrary(library, to, overwrite);
    if (json) printJson(copied);
    else console.log(`${copied.file}: the library of ${library.folder} with ${copied.verdicts} verdicts.`);
  } finally {
    closeLibrary(library);
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
  const library = openLibrary({ home: dataFolder(), folder });
  const verdicts = countVerdicts(library);
  closeLibrary(library);
  if (json) printJson({ folder: library.folder, verdicts, aside });
  else
    console.log(
      `${library.folder} has the library of ${file}, with ${verdicts} verdicts.${aside === null ? "" : ` What it had before lies in ${aside}.`}`,
    );
}
