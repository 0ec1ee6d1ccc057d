import { readdirSync, statfsSync, statSync } from "node:fs";
import { Refusal } from "../../src-shared/refusal";
import { prepared, readMeta, type Store, writeMeta } from "../store/database";

/**
 * Tells a folder from another one that comes to lie at its path while the program runs. @throws what the system says
 */
export function folderIdentity(folder: string): string {
  const { dev, ino } = statSync(folder);
  return `${dev} ${ino}`;
}

/**
 * Where a drive is mounted an empty folder stays behind when it is away: then its photos are not gone.
 * @throws Refusal `no-folder` where nothing is left in the folder, photos were there, and it lies on another disk than
 *   it did
 */
export function refuseEmptyMountPoint(store: Store): void {
  const { folder } = store;
  const known = readMeta(store, "disk");
  if (known === undefined || known === volumeIdentity(folder) || readdirSync(folder).length > 0) return;
  const hadPhotos = prepared(store, "SELECT 1 FROM photo WHERE files > 0 LIMIT 1").get() !== undefined;
  if (hadPhotos)
    throw new Refusal(
      "no-folder",
      `the folder ${folder} is empty, and lies on another disk than its photos did: its drive is away, it seems. Nothing of the library is lost; photos count as there.`,
    );
}

/** Takes note of the disk that the photos lie on, once they were looked through. */
export function rememberVolume(store: Store): void {
  writeMeta(store, "disk", volumeIdentity(store.folder));
}

/** Its kind and its size in bytes: systems number their disks anew each time they start. */
function volumeIdentity(folder: string): string {
  const { type, blocks, bsize } = statfsSync(folder);
  return `${type} ${blocks * bsize}`;
}
