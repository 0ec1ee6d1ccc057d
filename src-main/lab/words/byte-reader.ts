import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { Refusal } from "../../../src-shared/refusal";
import { requireFile } from "../../base/input-file";

/** Reads a file of any size sequentially. */
export interface ByteReader {
  size: number;
  /**
   * Reads up to the next such byte and skips it. At the end of the file, returns what is left, or null if nothing is.
   * @throws RangeError with its position when the piece is longer than `atMost`
   */
  until(byte: number, atMost: number): Buffer | null;
  /** The next bytes; fewer at the end of the file. Valid until the next call. */
  take(bytes: number): Buffer;
  close(): void;
}

const READ_BYTES = 1 << 22;

/** @throws Refusal `no-file` */
export function readBytes(path: string): ByteReader {
  requireFile(path);
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (cause) {
    throw new Refusal("no-file", `${path} can’t be read: ${(cause as Error).message}.`);
  }
  const about = fstatSync(file);
  let held = Buffer.alloc(0);
  let at = 0;
  let ended = false;
  /** Position of `held` in the file, in bytes. */
  let before = 0;

  /** Reads more, keeping what has not been consumed; false at the end of the file. */
  function more(): boolean {
    if (ended) return false;
    const next = Buffer.alloc(READ_BYTES);
    const read = readSync(file, next, 0, READ_BYTES, null);
    ended = read === 0;
    before += at;
    held = Buffer.concat([held.subarray(at), next.subarray(0, read)]);
    at = 0;
    return !ended;
  }

  return {
    size: about.size,
    until(byte, atMost) {
      let end = held.indexOf(byte, at);
      while (end < 0 && held.length - at <= atMost && more()) end = held.indexOf(byte, at);
      if ((end < 0 ? held.length : end) - at > atMost)
        throw new RangeError(`the piece at byte ${before + at} is longer than ${atMost} bytes`);
      if (end < 0 && at === held.length) return null;
      const found = held.subarray(at, end < 0 ? held.length : end);
      at = Math.min(held.length, at + found.length + 1);
      return found;
    },
    take(bytes) {
      while (held.length - at < bytes && more());
      const taken = held.subarray(at, Math.min(held.length, at + bytes));
      at += taken.length;
      return taken;
    },
    close: () => closeSync(file),
  };
}
