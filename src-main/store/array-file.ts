import { randomUUID } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { prepared, type Store } from "./database";

/**
 * Large arrays that can be computed again, in a file beside cache.db: too big for a table, too expensive to compute
 * each time. They refer to photos by id, so they belong to one cache.db. Both carry the same mark, and a file with a
 * different mark is ignored.
 * The file is one line of JSON padded to a multiple of 8 bytes, followed by the arrays, each padded likewise.
 */
export type StoredArray = Float32Array | Uint32Array;

interface ArrayHeader {
  format: 1;
  mark: string;
  about: Record<string, string | number>;
  arrays: { name: string; type: "f32" | "u32"; length: number }[];
}

const ALIGNED = 8;
const aligned = (bytes: number): number => Math.ceil(bytes / ALIGNED) * ALIGNED;
const fileOf = (store: Store, name: string): string => join(store.directory, `${name}.arrays`);
const markKey = (name: string): string => `arrays ${name}`;

/** @param about what the arrays were computed from; `readArrays` returns them only for the same values */
export function writeArrays(
  store: Store,
  name: string,
  about: ArrayHeader["about"],
  arrays: Record<string, StoredArray>,
): void {
  const mark = randomUUID();
  const header: ArrayHeader = {
    format: 1,
    mark,
    about,
    arrays: Object.entries(arrays).map(([key, array]) => ({
      name: key,
      type: array instanceof Float32Array ? "f32" : "u32",
      length: array.length,
    })),
  };
  const text = Buffer.from(JSON.stringify(header));
  const line = Buffer.alloc(aligned(text.length + 1), " ");
  text.copy(line);
  line[line.length - 1] = 0x0a;
  const parts = Object.values(arrays).map((array) => {
    const bytes = Buffer.alloc(aligned(array.byteLength));
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
    return bytes;
  });
  const file = fileOf(store, name);
  writeFileSync(`${file}.part`, Buffer.concat([line, ...parts]));
  prepared(store, "INSERT OR REPLACE INTO cache.meta (key, value) VALUES (?, ?)").run(markKey(name), mark);
  renameSync(`${file}.part`, file);
}

/**
 * The stored arrays and what they were computed from. Null if this cache has none, or if they were computed from
 * something else.
 */
export function readArrays(
  store: Store,
  name: string,
  about: ArrayHeader["about"],
): { about: ArrayHeader["about"]; arrays: Record<string, StoredArray> } | null {
  const file = fileOf(store, name);
  const mark = prepared<{ value: string }>(store, "SELECT value FROM cache.meta WHERE key = ?").get(
    markKey(name),
  )?.value;
  if (mark === undefined || !existsSync(file)) return null;
  const bytes = readFileSync(file);
  const header = headerOf(bytes);
  if (header?.mark !== mark || Object.entries(about).some(([key, value]) => header.about[key] !== value)) return null;
  const arrays: Record<string, StoredArray> = {};
  let at = bytes.indexOf(0x0a) + 1;
  for (const { name: key, type, length } of header.arrays) {
    if (at + 4 * length > bytes.length) return null; // truncated
    const own = new Uint8Array(bytes.subarray(at, at + 4 * length)).buffer;
    arrays[key] = type === "f32" ? new Float32Array(own) : new Uint32Array(own);
    at += aligned(4 * length);
  }
  return { about: header.about, arrays };
}

function headerOf(bytes: Buffer): ArrayHeader | null {
  try {
    const header = JSON.parse(bytes.subarray(0, bytes.indexOf(0x0a)).toString()) as ArrayHeader;
    return header.format === 1 ? header : null;
  } catch {
    return null; // not one of our files any more: its content is computed again
  }
}
