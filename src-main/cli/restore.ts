import { Refusal } from "../../src-shared/refusal";
import { dataFolder } from "../base/data-folder";
import { backupsOf, restoreLibrary } from "../store/restore";
import { printJson } from "./session";

/**
 * `semblance restore`: lists the copies of a folder's library, or puts one of them in the place of a damaged library.
 */
export function restoreFolderLibrary(
  folder: string,
  { copy, empty, json }: { copy?: number; empty?: boolean; json?: boolean },
): void {
  const backups = backupsOf(dataFolder(), folder);
  if (copy === undefined && !empty) {
    if (json) printJson(backups);
    else if (backups.length === 0)
      console.log(`There is no copy of the library of ${folder}; --empty begins anew with what can be read of it.`);
    else
      for (const [i, { at, photos, verdicts }] of backups.entries())
        console.log(`--copy ${i + 1}  ${at}  ${photos} photos, ${verdicts} verdicts`);
    return;
  }
  const backup = copy === undefined ? null : backups[copy - 1];
  if (backup === undefined)
    throw new Refusal("no-backup", `there is no copy ${copy} of the library of ${folder}: there are ${backups.length}`);
  const restored = restoreLibrary({
    home: dataFolder(),
    folder,
    copy: backup?.copy ?? null,
  });
  if (json) return printJson(restored);
  const { verdicts, takenOver, lost, aside } = restored;
  console.log(`${folder} has ${verdicts} verdicts again, ${takenOver} of them read from the damaged library.`);
  if (lost !== 0)
    console.log(lost === null ? "What was newer than the copy can't be read." : `${lost} newer ones can't be read.`);
  console.log(`The damaged library lies in ${aside}.`);
}
