import { readdirSync, statfsSync, statSync } from "node:fs";
import { Refusal } from "../../src-shared/refusal";
import { type Library, note, noted, prepared } from "../store/database";

/**
 * Tells a folder from another one that comes to lie at its path while the program runs. @throws what the system says
 */
export function folderMark(folder: string): string {
  const { dev, ino } = statSync(folder);
  return `${dev} ${ino}`;
}

/**
 * Where a drive is mounted an empty folder stays behind when it is away: then its photos are not gone.
 * @throws Refusal `no-folder` where nothing is left in the folder, photos were there, and it lies on another disk than
 *   it did
 */
export function refuseEmptyMount(library: Library): void {
  const { folder } = library;
  const known = noted(library, "disk");
  if (known === undefined || known === diskOf(folder) || readdirSync(folder).length > 0) return;
  const hadPhotos = prepared(library, "SELECT 1 FROM photo WHERE files > 0 LIMIT 1").get() !== undefined;
  if (hadPhotos)
    throw new Refusal(
      "no-folder",
      `the folder ${folder} is empty, and lies on another disk than its photos did: its drive is away, it seems. Nothing of the library is lost; photos count as there.`,
    );
}

/** Takes note of the disk that the photos lie on, once they were looked through. */
export function noteDisk(library: Library): void {
  note(library, "disk", diskOf(library.folder));
}

/** Its kind and its size in bytes: systems number their disks anew each time they start. */
function diskOf(folder: string): string {
  const { type, blocks, bsize } = statfsSync(folder);
  return `${type} ${blocks * bsize}`;
}
