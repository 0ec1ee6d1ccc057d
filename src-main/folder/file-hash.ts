import { createHash, hash } from "node:crypto";
import { closeSync, lstatSync, openSync, readSync } from "node:fs";

/** A file to look at. */
export interface HashRequest {
  /** Absolute. */
  file: string;
  /** Size in bytes and time that were noted with its content; null where it is to be read whatever they are. */
  known: { size: number; mtimeMs: number } | null;
  /** Whether its content counts, or only that it is there. */
  hashed: boolean;
}

/** What it came to. */
export type HashResult =
  | { is: "unchanged" | "gone" }
  | {
      is: "there";
      size: number;
      mtimeMs: number;
      /** SHA-256 of its whole content, where that counts. */ hash: Uint8Array | null;
    }
  | { is: "failed"; size: number; mtimeMs: number; code: string; message: string };

/** Files up to this size, in bytes, are read whole. */
const WHOLE_FILE_BYTES = 32 * 2 ** 20;
const READ_BYTES = 2 ** 20;
/** Kept for the next file: a new one for every photo would keep the garbage collector as busy as the hash. */
let buffer = Buffer.allocUnsafeSlow(READ_BYTES);

/** Looks whether a file is as it was, else reads it. Waits for the disk: for a thread that answers nobody meanwhile. */
export function hashFile({ file, known, hashed }: HashRequest): HashResult {
  let size = 0,
    mtimeMs = 0;
  try {
    ({ size, mtimeMs } = lstatSync(file));
    if (size === 0) return { is: "failed", size, mtimeMs, code: "empty-file", message: "The file is empty" };
    if (known?.size === size && known.mtimeMs === mtimeMs) return { is: "unchanged" };
    return { is: "there", size, mtimeMs, hash: hashed ? contentHash(file, size) : null };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return { is: "gone" };
    return { is: "failed", size, mtimeMs, code: "unreadable", message: `The file can't be read (${code ?? message})` };
  }
}

/** Until nothing is left, not until `size`: a file that is being written may have grown since. */
function contentHash(file: string, size: number): Uint8Array {
  if (size < WHOLE_FILE_BYTES && buffer.length <= size)
    buffer = Buffer.allocUnsafeSlow(2 ** Math.ceil(Math.log2(size + 1)));
  const opened = openSync(file, "r");
  try {
    const first = readSync(opened, buffer, 0, buffer.length, 0);
    if (first === size && first < buffer.length) return hash("sha256", buffer.subarray(0, first), "buffer");
    const whole = createHash("sha256");
    for (let [read, at] = [first, 0]; read > 0; read = readSync(opened, buffer, 0, buffer.length, at)) {
      whole.update(buffer.subarray(0, read));
      at += read;
    }
    return whole.digest();
  } finally {
    closeSync(opened);
  }
}
