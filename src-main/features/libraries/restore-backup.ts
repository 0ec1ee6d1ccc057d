import type { LibraryBackup, RestoredLibrary } from "../../../src-shared/contract";
import { Refusal } from "../../../src-shared/refusal";
import { backupsOf, restoreLibrary } from "../../store/restore";

/** A library's backups, latest first. @throws Refusal `no-folder` */
export const listBackups = (home: string, folder: string): LibraryBackup[] => backupsOf(home, folder);

/**
 * Puts a backup in the place of a folder's library, which is moved aside; verdicts that are newer than the backup are
 * read from it.
 * @param number of the backup in `listBackups`, from 1; null starts with an empty library
 * @throws Refusal `no-backup`, or of `restoreLibrary`
 */
export function restoreBackup(home: string, folder: string, number: number | null): RestoredLibrary {
  if (number === null) return restoreLibrary({ home, folder, copy: null });
  const backups = listBackups(home, folder);
  const backup = backups[number - 1];
  if (!backup)
    throw new Refusal("no-backup", `The library of ${folder} has no backup ${number}: it has ${backups.length}.`);
  return restoreLibrary({ home, folder, copy: backup.copy });
}
