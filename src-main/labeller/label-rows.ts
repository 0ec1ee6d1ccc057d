import { createHash } from "node:crypto";
import { appendFileSync, mkdirSync, readFileSync, statSync, truncateSync } from "node:fs";
import { dirname, join } from "node:path";
import type { LabelId } from "../../src-shared/contract";
import { Refusal } from "../../src-shared/refusal";
import { bytesOf } from "../base/bytes-of";
import { dot, normalise } from "../math/vectors";
import type { Pack } from "../vision/pack";
import type { TextTower } from "../vision/text-tower";
import { labelSentences } from "./label-sentences";
import type { Lexicon } from "./lexicon";

/** More labels would take hours to embed, and a photo's classes are stored in 16 bits. */
export const MAX_TOWER_LABELS = 10_000;

/** Labels embedded and stored together. */
const LABELS_PER_STEP = 16;

export interface RowsWatch {
  signal?: AbortSignal;
  progress?(done: number, total: number): void;
}

/** Runs work that can take minutes, for example as a job. */
export type LongWork = <T>(work: (watch: RowsWatch) => Promise<T>) => Promise<T>;

/**
 * Embeds labels by a pack's text tower: `[C, D]`, unit-norm, in the order of `labels`. Rows are kept in the data folder,
 * so that a label is embedded once per pack; after an interruption it continues where it stopped.
 * @throws Refusal `bad-pack`, or of the signal
 */
export async function labelRows(
  { home, pack, lexicon, tower }: { home: string; pack: Pack; lexicon: Lexicon; tower: TextTower },
  labels: readonly LabelId[],
  within: LongWork = (work) => work({}),
): Promise<Float32Array> {
  const D = pack.dimensions;
  const { prompts } = pack.text!;
  const file = rowsFile(home, pack);
  const known = readRows(file, D);
  const all = labels.map((label) => {
    const sentences = labelSentences(lexicon, label, prompts);
    return {
      sentences,
      key: createHash("sha256")
        .update(JSON.stringify([prompts.length, sentences]))
        .digest("hex"),
    };
  });
  const waiting = [...new Map(all.filter(({ key }) => !known.has(key)).map((each) => [each.key, each])).values()];
  if (waiting.length > 0) {
    mkdirSync(dirname(file), { recursive: true });
    await within((watch) => embedWaiting({ pack, tower, file }, waiting, known, watch));
  }
  const rows = new Float32Array(all.length * D);
  all.forEach(({ key }, c) => rows.set(known.get(key)!, c * D));
  return rows;
}

/** Adds rows to `known` and to the file, a few labels at a time. */
async function embedWaiting(
  { pack, tower, file }: { pack: Pack; tower: TextTower; file: string },
  waiting: readonly { sentences: string[]; key: string }[],
  known: Map<string, Float32Array>,
  { signal, progress }: RowsWatch,
): Promise<void> {
  const D = pack.dimensions;
  const prompts = pack.text!.prompts.length;
  for (let from = 0; from < waiting.length; from += LABELS_PER_STEP) {
    signal?.throwIfAborted();
    progress?.(from, waiting.length);
    const some = waiting.slice(from, from + LABELS_PER_STEP);
    const embedded = await tower.embed(some.flatMap(({ sentences }) => sentences));
    let at = 0;
    for (const { key, sentences } of some) {
      const row = joinSentences(embedded.subarray(at * D, (at + sentences.length) * D), prompts, D);
      if (dot(row, 0, row, 0, D) === 0)
        throw new Refusal(
          "bad-pack",
          `Model pack ${pack.folder}: its text tower gives “${sentences[0]}” no direction.`,
        );
      at += sentences.length;
      known.set(key, row);
    }
    appendFileSync(file, Buffer.concat(some.map(({ key }) => record(key, known.get(key)!))));
  }
  progress?.(waiting.length, waiting.length);
}

/**
 * A label's row: the mean of its sentences' embeddings, at unit length. Sentences that are not prompts count by the
 * square of their cosine with the prompts' mean: a synonym may have other meanings, and a small tower may not know the
 * words of a definition.
 * @param embedded `[s, D]`, unit-norm @param prompts how many of them, from the first
 */
export function joinSentences(embedded: Float32Array, prompts: number, D: number): Float32Array {
  const mean = new Float32Array(D);
  for (let i = 0; i < prompts * D; i++) mean[i % D]! += embedded[i]!;
  normalise(mean);
  const row = new Float32Array(D);
  for (let s = 0; s < embedded.length / D; s++) {
    const weight = s < prompts ? 1 : Math.max(0, dot(embedded, s * D, mean, 0, D)) ** 2;
    for (let d = 0; d < D; d++) row[d]! += weight * embedded[s * D + d]!;
  }
  return normalise(row);
}

/** The rows' file: records of a key (32 bytes) and D little-endian floats, in any order. */
const rowsFile = (home: string, pack: Pack): string => join(home, "label-rows", `${pack.visualId}.bin`);

const KEY_BYTES = 32;
/** Rows have unit length, but for rounding. */
const TOLERANCE = 1e-3;

const record = (key: string, row: Float32Array): Buffer => Buffer.concat([Buffer.from(key, "hex"), bytesOf(row)]);

/** Leaves out records that are cut short or were damaged; they are embedded again. */
function readRows(file: string, D: number): Map<string, Float32Array> {
  const rows = new Map<string, Float32Array>();
  if (!statSync(file, { throwIfNoEntry: false })) return rows;
  const bytes = readFileSync(file);
  const length = KEY_BYTES + 4 * D;
  const isCut = bytes.length % length;
  if (isCut > 0) truncateSync(file, bytes.length - isCut); // or what is appended would not be aligned
  for (let at = 0; at + length <= bytes.length; at += length) {
    const row = new Float32Array(new Uint8Array(bytes.subarray(at + KEY_BYTES, at + length)).buffer);
    if (Math.abs(dot(row, 0, row, 0, D) - 1) < TOLERANCE) rows.set(bytes.toString("hex", at, at + KEY_BYTES), row);
  }
  return rows;
}
