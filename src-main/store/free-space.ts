import { closeSync, fsyncSync, openSync, rmSync, statfsSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Store } from "./database";
import { diskFault } from "./disk-fault";

/**
 * Thumbnails are no longer kept when so little room is left, in bytes: what is left is for what can't be made again.
 */
const RESERVED_BYTES = 128 * 2 ** 20;
/** What a try writes, in bytes: more than a verdict takes, so that there is room for some. */
const PROBE_BYTES = 2 ** 20;

/** Whether there is room for what can be made again at any time. */
export function hasFreeSpace(store: Store): boolean {
  const { bavail, bsize } = statfsSync(store.directory);
  return bavail * bsize > RESERVED_BYTES;
}

/** Writes something into the data folder and takes it away again. @throws Refusal of `diskFault` */
export function probeDisk(home: string): void {
  const file = join(home, `room-on-disk.${process.pid}.tmp`);
  try {
    const handle = openSync(file, "w");
    try {
      writeSync(handle, Buffer.alloc(PROBE_BYTES));
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    throw diskFault(error, home) ?? error;
  } finally {
    rmSync(file, { force: true });
  }
}
