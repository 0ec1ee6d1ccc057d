import { formatCount } from "../../src-shared/format-count";
import { dataFolder } from "../base/data-folder";
import { listBackups, restoreBackup } from "../features/libraries/restore-backup";
import { printJson, say } from "./output";

/** `semblance restore`: lists the automatic backups of a folder's library, or restores one. */
export function restoreLibraryOf(
  folder: string,
  { copy, empty, json }: { copy?: number; empty?: boolean; json?: boolean },
): void {
  if (copy === undefined && !empty) return list(folder, json);
  const restored = restoreBackup(dataFolder(), folder, copy ?? null);
  if (json) return printJson(restored);
  const { verdicts, takenOver, lost, aside } = restored;
  say(`${folder} has ${formatCount(verdicts, "verdict")} again; ${takenOver} were read from the damaged library.`);
  if (lost !== 0)
    say(
      lost === null
        ? "Verdicts that are newer than the backup can't be read."
        : `${formatCount(lost, "newer verdict")} can't be read.`,
    );
  if (aside !== null) say(`The damaged library was moved to ${aside}.`);
}

function list(folder: string, json?: boolean): void {
  const backups = listBackups(dataFolder(), folder);
  if (json) return printJson(backups);
  if (backups.length === 0)
    say(`The library of ${folder} has no backup. --empty starts an empty one with the verdicts it can read.`);
  for (const [i, { at, photos, verdicts, marked }] of backups.entries())
    say(
      `--copy ${i + 1}  ${at}  ${formatCount(photos, "photo")}, ${formatCount(verdicts, "verdict")}${marked > 0 ? `, ${marked} flagged or rated` : ""}`,
    );
}
