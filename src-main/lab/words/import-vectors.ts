/** Imports word vectors from other programs: word2vec's text and binary formats, and GloVe's text format. */
import { Refusal } from "../../../src-shared/refusal";
import { foldPhrase } from "../../words/phrases";
import { type ByteReader, readBytes } from "./byte-reader";

export interface ImportedVectors {
  format: "word2vec text" | "word2vec binary" | "GloVe text";
  /** Case-folded like typed words, in the file's order, which is most frequent first in all three formats. */
  words: string[];
  /** `[N, E]` row-major, not normalised */
  vectors: Float32Array;
  dimensions: number;
  /** Number of words left out: those equal to an earlier one after case folding ("Dog", "dog"), and zero vectors. */
  repeated: number;
  zero: number;
}

const NEWLINE = 0x0a;
const SPACE = 0x20;
const MAX_DIMENSIONS = 4096;
/** Maximum length of a word and of a number, in bytes; a line is one word and its numbers. */
const MAX_WORD_BYTES = 2000;
const MAX_NUMBER_BYTES = 64;
const MAX_LINE_BYTES = MAX_WORD_BYTES + MAX_DIMENSIONS * MAX_NUMBER_BYTES;

/**
 * @throws Refusal `no-file`, or `bad-vectors` when the file is in none of the formats, truncated, or has a number that
 *   is not finite
 */
export function importVectors(path: string): ImportedVectors {
  try {
    const format = formatOf(path);
    const reader = readBytes(path);
    try {
      const header = format === "GloVe text" ? null : headerOf(reader.until(NEWLINE, MAX_LINE_BYTES));
      return {
        format,
        ...(format === "word2vec binary" ? readBinary(path, reader, header!) : readText(path, reader, header)),
      };
    } finally {
      reader.close();
    }
  } catch (error) {
    // a line too long, or more numbers than fit in memory
    throw error instanceof RangeError ? bad(path, error.message) : error;
  }
}

interface Header {
  count: number;
  dimensions: number;
}

function headerOf(line: Buffer | null): Header | null {
  const match = /^(\d{1,10}) (\d{1,6})\s*$/.exec(line?.toString("latin1") ?? "");
  return match && { count: Number(match[1]), dimensions: Number(match[2]) };
}

/** Detects the format from the first line, and from whether the second consists of numbers. */
function formatOf(path: string): ImportedVectors["format"] {
  const reader = readBytes(path);
  try {
    const first = reader.until(NEWLINE, MAX_LINE_BYTES);
    if (first === null) throw bad(path, "the file is empty");
    const header = headerOf(first);
    if (header && (header.count === 0 || header.dimensions === 0))
      throw bad(path, `the header says ${header.count} words of ${header.dimensions} dimensions`);
    if (header && header.dimensions > MAX_DIMENSIONS)
      throw bad(path, `the header says ${header.dimensions} dimensions; the maximum is ${MAX_DIMENSIONS}`);
    const line = header ? secondLine(reader) : first;
    const fields = line?.toString("latin1").trim().split(/ +/) ?? [];
    const numbers = fields.slice(header ? -header.dimensions : 1);
    const isText = fields.length > 1 && numbers.every((field) => /^[-+]?(\d|\.\d|nan|inf)[\w.+-]*$/i.test(field));
    if (header) return isText && fields.length > header.dimensions ? "word2vec text" : "word2vec binary";
    if (!isText)
      throw bad(
        path,
        `line 1 is neither “words dimensions” nor a word and numbers: ${JSON.stringify(first.toString("latin1", 0, 40))}`,
      );
    return "GloVe text";
  } finally {
    reader.close();
  }
}

/** The line after the header; null in a binary file, which may have no newline. */
function secondLine(reader: ByteReader): Buffer | null {
  try {
    return reader.until(NEWLINE, MAX_LINE_BYTES);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function readBinary(path: string, reader: ByteReader, { count, dimensions }: Header): Kept {
  const bytes = 4 * dimensions;
  const least = count * (bytes + 2);
  if (reader.size < least)
    throw bad(
      path,
      `the file has ${reader.size} bytes, but ${count} words of ${dimensions} dimensions take at least ${least}`,
    );
  const kept = collector(dimensions, count);
  const vector = new Float32Array(dimensions);
  for (let n = 1; n <= count; n++) {
    const word = reader.until(SPACE, MAX_WORD_BYTES);
    const numbers = reader.take(bytes);
    if (word === null || numbers.length < bytes)
      throw bad(
        path,
        `the file ends within word ${n} of ${count}, after ${numbers.length} of the ${bytes} bytes of its vector`,
      );
    for (let d = 0; d < dimensions; d++) vector[d] = finite(numbers.readFloatLE(4 * d), path, `word ${n}`);
    kept.add(word.toString("utf8").replace(/^\n/, ""), vector);
  }
  return kept.all(path);
}

function readText(path: string, reader: ByteReader, header: Header | null): Kept {
  let kept: ReturnType<typeof collector> | null = null;
  let vector = new Float32Array(0);
  let n = 0;
  const next = () => reader.until(NEWLINE, MAX_LINE_BYTES);
  for (let line = next(); line !== null; line = next()) {
    const fields = line.toString("utf8").trimEnd().split(" ");
    if (fields.length === 1 && fields[0] === "") continue;
    n++;
    if (kept === null) {
      vector = new Float32Array(header?.dimensions ?? fields.length - 1);
      if (vector.length > MAX_DIMENSIONS)
        throw bad(path, `line 1 has ${vector.length} numbers; the maximum is ${MAX_DIMENSIONS}`);
      // A number takes at least two bytes, so a header can't make us allocate more than the file can fill.
      kept = collector(vector.length, Math.min(header?.count ?? 1 << 16, Math.ceil(reader.size / (2 * vector.length))));
    }
    const E = vector.length;
    const where = `line ${n + (header ? 1 : 0)}`;
    if (fields.length < E + 1) throw bad(path, `${where} has ${fields.length - 1} numbers, not ${E}`);
    for (let d = 0; d < E; d++) {
      // GloVe's words may contain spaces; the numbers come last.
      const field = fields[fields.length - E + d];
      vector[d] = finite(field === "" ? NaN : Number(field), path, where, field);
    }
    kept.add(fields.slice(0, fields.length - E).join(" "), vector);
  }
  if (header && n !== header.count) throw bad(path, `the header says ${header.count} words, but the file has ${n}`);
  if (kept === null) throw bad(path, "the file has no words");
  return kept.all(path);
}

function finite(value: number, path: string, where: string, text = String(value)): number {
  if (!Number.isFinite(value)) throw bad(path, `${where}: “${text}” is not a finite number`);
  return value;
}

type Kept = Omit<ImportedVectors, "format">;

/**
 * Collects words with their vectors, each word once.
 * @param expected estimated number of words
 */
function collector(dimensions: number, expected: number) {
  const index = new Set<string>();
  let vectors = new Float32Array(Math.max(1, expected) * dimensions);
  let [repeated, zero] = [0, 0];
  return {
    add(name: string, vector: Float32Array): void {
      const word = foldPhrase(name);
      if (word === "" || index.has(word)) return void repeated++;
      if (vector.every((x) => x === 0)) return void zero++;
      const at = index.size * dimensions;
      if (at === vectors.length) {
        const longer = new Float32Array(2 * at);
        longer.set(vectors);
        vectors = longer;
      }
      vectors.set(vector, at);
      index.add(word);
    },
    all(path: string): Kept {
      if (index.size < 2) throw bad(path, `the file has ${index.size} usable words; at least two are needed`);
      return { words: [...index], vectors: vectors.subarray(0, index.size * dimensions), dimensions, repeated, zero };
    },
  };
}

const bad = (path: string, why: string) => new Refusal("bad-vectors", `Can’t import the word vectors ${path}: ${why}.`);
