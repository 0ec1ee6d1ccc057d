import { readdirSync, statfsSync, statSync } from "node:fs";
import { Refusal } from "../../src-shared/refusal";
import { prepared, readMeta, type Store, writeMeta } from "../store/database";

/**
 * Identifies a folder while the program runs, to notice when another one takes its path.
 * @throws the system's error if there is no folder
 */
export function folderIdentity(folder: string): string {
  const { dev, ino } = statSync(folder);
  return `${dev} ${ino}`;
}

/**
 * When a volume is offline, an empty mount point may be left in its place. Its photos must not be taken for missing.
 * @throws Refusal `no-folder` if the folder is empty, used to contain photos, and is on another volume than at the last
 *   scan
 */
export function refuseEmptyMountPoint(store: Store): void {
  const { folder } = store;
  const known = readMeta(store, "disk");
  if (known === undefined || known === volumeIdentity(folder) || readdirSync(folder).length > 0) return;
  const hadPhotos = prepared(store, "SELECT 1 FROM photo WHERE files > 0 LIMIT 1").get() !== undefined;
  if (hadPhotos)
    throw new Refusal(
      "no-folder",
      `The folder ${folder} is empty, and the drive that its photos are on seems to be offline. ` +
        "Connect the drive and try again; the library still has everything.",
    );
}

/** Remembers the volume that the photos are on, after a scan. */
export function rememberVolume(store: Store): void {
  writeMeta(store, "disk", volumeIdentity(store.folder));
}

/** File system type and size in bytes; device numbers change when the system restarts. */
function volumeIdentity(folder: string): string {
  const { type, blocks, bsize } = statfsSync(folder);
  return `${type} ${blocks * bsize}`;
}
