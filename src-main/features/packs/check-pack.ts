import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { z } from "zod";
import { readPack, readPrototypes } from "../../vision/pack";
import { badPack, MAX_BYTES, packFile, readPackJson } from "../../vision/pack-files";
import { rememberSpeed } from "./pack-speeds";
import { type PackTrial, tryPack } from "./try-pack";

/** A pack that was read whole and run. */
export interface CheckedPack extends PackTrial {
  folder: string;
  name: string;
  title: string;
  visualId: string;
  /** Files whose SHA-256 the pack states; all are right. */
  hashes: number;
}

const stated = z.object({ sha256: z.record(z.string(), z.string()).default({}) });

/**
 * Reads and validates all that a pack consists of (every file's hash, descriptions, graphs, shapes), then runs its
 * networks on ten pictures. Remembers their speed.
 * @param home the data folder
 * @throws Refusal `bad-pack`, or the reason `signal` was aborted with
 */
export async function checkPack(home: string, folder: string, signal?: AbortSignal): Promise<CheckedPack> {
  const pack = readPack(folder);
  if (pack.classes.length > 0) readPrototypes(pack);
  const { sha256 } = readPackJson(folder, "pack.json", stated, MAX_BYTES.description);
  // readPack has compared those that it reads; the others would be found wrong only when a library is opened.
  for (const [name, hash] of Object.entries(sha256)) {
    signal?.throwIfAborted();
    const actual = await hashOf(packFile(folder, name));
    if (actual !== hash.toLowerCase())
      throw badPack(folder, `${name} has SHA-256 ${actual}, but pack.json states ${hash}`);
  }
  const trial = await tryPack(pack, signal);
  rememberSpeed(home, pack.visualId, trial.speed);
  const { name, title, visualId } = pack;
  return { folder, name, title, visualId, hashes: Object.keys(sha256).length, ...trial };
}

/** SHA-256 of a file, hexadecimal, in constant memory. */
export async function hashOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}
