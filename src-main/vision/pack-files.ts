import { createHash, type Hash } from "node:crypto";
import { readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { Refusal, withFullStop } from "../../src-shared/refusal";

/** Maximum sizes of a pack's files, in bytes. Protobuf, and therefore ONNX, is limited to 2 GB. */
export const MAX_BYTES = { description: 2 ** 20, classes: 64 * 2 ** 20, network: 2 ** 31 - 1 };

/** Why a pack can't be used. */
export const badPack = (folder: string, reason: string) =>
  new Refusal("bad-pack", `Model pack ${folder}: ${withFullStop(reason)}`);

/**
 * Reads a file of a pack. Packs come from untrusted sources: their files must be beside `pack.json`, links included,
 * and the size is checked before reading.
 * @param atMost bytes
 * @param sha256 hexadecimal, if the pack states it
 * @throws Refusal `bad-pack`
 */
export function readPackFile(folder: string, name: string, atMost: number, sha256?: string): Buffer {
  if (sha256 !== undefined) return readHashedFile(folder, name, atMost, sha256).bytes;
  const file = packFile(folder, name);
  const { size } = statSync(file);
  if (size > atMost) throw badPack(folder, `${name} has ${size} bytes; the maximum is ${atMost}`);
  return readFileSync(file);
}

/** The same with the SHA-256 of its content, to which more can be added: hashing a network takes longer than reading it. */
export function readHashedFile(
  folder: string,
  name: string,
  atMost: number,
  sha256?: string,
): { bytes: Buffer; hash: Hash } {
  const bytes = readPackFile(folder, name, atMost);
  const hash = createHash("sha256").update(bytes);
  const actual = hash.copy().digest("hex");
  if (sha256 !== undefined && actual !== sha256.toLowerCase())
    throw badPack(folder, `${name} has SHA-256 ${actual}, but pack.json states ${sha256}`);
  return { bytes, hash };
}

/**
 * Reads a file of `count` little-endian 32-bit floats.
 * @param what describes them in the error, for example "4 classes × 6 features"
 * @throws Refusal `bad-pack` when there are more or fewer, or one is not finite
 */
export function readPackFloats(
  folder: string,
  name: string,
  count: number,
  what: string,
  sha256?: string,
): Float32Array {
  const { size } = statSync(packFile(folder, name));
  if (size !== 4 * count) throw badPack(folder, `${name} holds ${size / 4} numbers, ${what} need ${count}`);
  const values = floatsOf(readPackFile(folder, name, size, sha256));
  const stray = values.findIndex((value) => !Number.isFinite(value));
  if (stray >= 0)
    throw badPack(
      folder,
      `${name} contains numbers that are not finite: number ${stray} of ${count} is ${values[stray]}`,
    );
  return values;
}

/** Reads and validates a JSON file of a pack. @param atMost bytes @throws Refusal `bad-pack` with the first errors */
export function readPackJson<T extends z.ZodType>(
  folder: string,
  name: string,
  schema: T,
  atMost: number,
  sha256?: string,
): z.infer<T> {
  let json: unknown;
  try {
    json = JSON.parse(readPackFile(folder, name, atMost, sha256).toString("utf8"));
  } catch (error) {
    throw error instanceof Refusal ? error : badPack(folder, `${name} is not valid JSON: ${(error as Error).message}`);
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) throw badPack(folder, `${name}: ${firstFaults(parsed.error)}`);
  return parsed.data;
}

/** Only the first errors: a list of a million classes may have a million of them. */
function firstFaults(error: z.ZodError): string {
  const few = z.prettifyError(new z.ZodError(error.issues.slice(0, 3)));
  return error.issues.length > 3 ? `${few}\nand ${error.issues.length - 3} more` : few;
}

/** Little-endian 32-bit floats, copied for alignment. */
export const floatsOf = (bytes: Uint8Array): Float32Array =>
  new Float32Array(new Uint8Array(bytes).buffer, 0, bytes.length >> 2);

/** Path of a pack's file. @throws Refusal `bad-pack` when it is missing or not beside `pack.json` */
export function packFile(folder: string, name: string): string {
  if (name === "") throw badPack(folder, "“” is not a file name");
  if (/[/\\\0]/.test(name) || name.startsWith("."))
    throw badPack(folder, `file name ${JSON.stringify(name.slice(0, 200))} points outside the pack`);
  const file = join(folder, name);
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found) throw badPack(folder, `${name} is missing`);
  if (!found.isFile()) throw badPack(folder, `${name} is not a file`);
  const real = realpathSync(file);
  if (dirname(real) !== realpathSync(folder)) throw badPack(folder, `${name} is a link to ${real}, outside the pack`);
  return file;
}
