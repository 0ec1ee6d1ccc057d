import { formatCount } from "../../src-shared/format-count";
import { dataFolder } from "../base/data-folder";
import { copyFolderLibrary, openCopiedLibrary } from "../features/libraries/library-copies";
import { printJson, say } from "./output";

/** `semblance copy`: writes a folder's library into one file for another computer. */
export function copyLibraryOf(
  folder: string,
  { to, overwrite, json }: { to: string; overwrite: boolean; json?: boolean },
): void {
  const { folder: copied, copy } = copyFolderLibrary(dataFolder(), folder, to, overwrite);
  if (json) printJson(copy);
  else say(`Copied the library of ${copied} with ${formatCount(copy.verdicts, "verdict")} to ${copy.file}.`);
}

/**
 * `semblance open-copy`: makes a copied library that of a folder. Its photos are matched by content when the folder is
 * next scanned.
 */
export function openCopyFor(
  file: string,
  folder: string,
  { replace = false, json }: { replace?: boolean; json?: boolean },
): void {
  const opened = openCopiedLibrary({ home: dataFolder(), file, folder, replace });
  if (json) return printJson(opened);
  say(`${opened.folder} now has the library of ${file}, with ${formatCount(opened.verdicts, "verdict")}.`);
  if (opened.aside !== null) say(`Its earlier library was moved to ${opened.aside}.`);
}
