import { closeSync, fsyncSync, openSync, rmSync, statfsSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Store } from "./database";
import { diskFault } from "./disk-fault";

/**
 * Thumbnails are no longer stored when less than this is free, in bytes; the rest is for what can't be computed again.
 */
const RESERVED_BYTES = 128 * 2 ** 20;
/** Size of the test file, in bytes: more than a verdict takes, so that a few will fit afterwards. */
const PROBE_BYTES = 2 ** 20;

/** Whether there is room for data that can be computed again. */
export function hasFreeSpace(store: Store): boolean {
  const { bavail, bsize } = statfsSync(store.directory);
  return bavail * bsize > RESERVED_BYTES;
}

/**
 * Writes a test file to the data folder and deletes it.
 * @throws Refusal of `diskFault`
 */
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
