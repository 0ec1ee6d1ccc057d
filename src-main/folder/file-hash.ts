import { createHash, hash } from "node:crypto";
import { closeSync, lstatSync, openSync, readSync } from "node:fs";

/** A file to check, and to hash if it has changed. */
export interface HashRequest {
  /** Absolute path. */
  file: string;
  /** Size in bytes and modification time when it was last hashed; null to hash it in any case. */
  known: { size: number; mtimeMs: number } | null;
  /** False if its content doesn't matter, only whether it exists. */
  hashed: boolean;
}

/** The result of checking a file. */
export type HashResult =
  | { is: "unchanged" | "gone" }
  | {
      is: "there";
      size: number;
      mtimeMs: number;
      /** SHA-256 of the whole content; null unless `hashed`. */ hash: Uint8Array | null;
    }
  | { is: "failed"; size: number; mtimeMs: number; code: string; message: string };

/** Files up to this size, in bytes, are read in one go. */
const WHOLE_FILE_BYTES = 32 * 2 ** 20;
const READ_BYTES = 2 ** 20;
/** Reused for all files: allocating one per photo would keep the garbage collector as busy as the hash. */
let buffer = Buffer.allocUnsafeSlow(READ_BYTES);

/** Checks whether a file has changed, and hashes it if so. Blocks on the disk, so call it in a worker thread. */
export function hashFile({ file, known, hashed }: HashRequest): HashResult {
  let size = 0,
    mtimeMs = 0;
  try {
    ({ size, mtimeMs } = lstatSync(file));
    if (size === 0) return { is: "failed", size, mtimeMs, code: "empty-file", message: "The file is empty." };
    if (known?.size === size && known.mtimeMs === mtimeMs) return { is: "unchanged" };
    return { is: "there", size, mtimeMs, hash: hashed ? contentHash(file, size) : null };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return { is: "gone" };
    return { is: "failed", size, mtimeMs, code: "unreadable", message: `Can’t read the file (${code ?? message}).` };
  }
}

/** Reads to the end, not to `size`, because a file that is being written may have grown. */
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
