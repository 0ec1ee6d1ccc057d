import { createHash, webcrypto } from "node:crypto";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";

/** Files up to this size are read whole. */
const WHOLE = 32 * 2 ** 20;
/** Buffers for whole files that are used again: a new one for every photo would keep the garbage collector as busy as the hash. */
const buffers: Buffer[] = [];

/** SHA-256 of a file's whole content. */
export async function contentHash(path: string, size: number, signal?: AbortSignal): Promise<Buffer> {
  // Web Crypto hashes on a thread of its own: the engine's loop stays free.
  if (size <= WHOLE) return hashWhole(path, size, signal);
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20, signal })) hash.update(chunk as Buffer);
  return hash.digest();
}

async function hashWhole(path: string, size: number, signal?: AbortSignal): Promise<Buffer> {
  const kept = buffers.pop();
  let buffer = kept && kept.length > size ? kept : Buffer.allocUnsafeSlow(roomFor(size));
  const file = await open(path);
  try {
    // Until nothing is left, not until `size`: a file that is being written may have grown since it was looked at.
    let length = 0;
    for (;;) {
      signal?.throwIfAborted();
      const { bytesRead } = await file.read(buffer, length, buffer.length - length, length);
      if (bytesRead === 0) break;
      length += bytesRead;
      if (length === buffer.length) buffer = Buffer.concat([buffer], roomFor(length));
    }
    return Buffer.from(await webcrypto.subtle.digest("SHA-256", buffer.subarray(0, length)));
  } finally {
    await file.close();
    buffers.push(buffer);
  }
}

/** Room for more than so many bytes: the next power of two. */
const roomFor = (bytes: number): number => 2 ** Math.max(16, Math.ceil(Math.log2(bytes + 1)));
