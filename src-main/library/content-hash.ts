import { createHash, webcrypto } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";

/** Files up to this size are read whole. */
const WHOLE = 32 * 2 ** 20;

/** SHA-256 of a file's whole content. */
export async function contentHash(path: string, size: number, signal?: AbortSignal): Promise<Buffer> {
  // Web Crypto hashes on a thread of its own: the engine's loop stays free.
  if (size <= WHOLE) return Buffer.from(await webcrypto.subtle.digest("SHA-256", await readFile(path, { signal })));
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20, signal })) hash.update(chunk as Buffer);
  return hash.digest();
}
