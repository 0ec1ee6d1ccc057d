/**
 * The file format of word vectors: writing, reading and validation.
 *
 *     offset  bytes
 *          0      4  "SEMV"
 *          4      4  version of the layout
 *          8      4  dimensions E
 *         12      4  words N
 *         16      4  bytes of text T
 *         20      4  CRC-32 of everything after it
 *         24      T  the words in UTF-8, most frequent first, separated by newlines
 *     24 + T    4·N  the words' indices in the order of their UTF-16 code units, for lookup by bisection: filling a Map
 *                    with all words would take most of the loading time
 *  24+T+4·N     N·E  one int8 vector per word, scaled so that its largest component is ±127
 *
 * All numbers are little-endian. Scales are not stored, because word vectors have unit length.
 */
import { isUtf8 } from "node:buffer";
import { closeSync, fstatSync, openSync, readFileSync, readSync } from "node:fs";
import { crc32 } from "node:zlib";
import { Refusal } from "../../src-shared/refusal";
import { requireFile } from "../base/input-file";
import type { OwnFormat } from "../base/refuse-target";

const MAGIC = "SEMV";
const VERSION = 1;
const HEADER = 24;
/** Far more than any published vectors have. */
const MAX_DIMENSIONS = 4096;
/** Node can't read larger files into one buffer. */
const MAX_BYTES = 2 ** 31 - 1;

export const VOCABULARY: OwnFormat = {
  name: "a vocabulary",
  isOurs: (head) =>
    head.length >= HEADER && head.toString("latin1", 0, 4) === MAGIC && head.readUInt32LE(4) === VERSION,
};

export interface VocabularyFile {
  /** Changes when any word or vector changes. */
  id: string;
  dimensions: number;
  /** Most frequent first. */
  words: string[];
  /** `[N]` indices into `words`, in alphabetical order */
  alphabetical: Uint32Array;
  /** `[N, E]` row-major; a row scaled to unit length is the word's vector */
  codes: Int8Array;
}

/**
 * @param words distinct, most frequent first
 * @param vectors `[N, E]` row-major, of any length but 0
 * @throws RangeError when the shapes do not match, a vector is 0, or a word contains a newline
 */
export function writeVocabulary(words: string[], vectors: Float32Array, dimensions: number): Uint8Array {
  if (vectors.length !== words.length * dimensions) {
    throw new RangeError(`${vectors.length} numbers do not make ${words.length} vectors of ${dimensions}`);
  }
  const broken = words.find((word) => word === "" || word.includes("\n"));
  if (broken !== undefined) throw new RangeError(`${JSON.stringify(broken)} can't be a word`);
  const text = Buffer.from(words.join("\n"), "utf8");
  const tail = HEADER + text.length;
  const file = Buffer.alloc(tail + 4 * words.length + vectors.length);
  text.copy(file, HEADER);
  const alphabetical = [...words.keys()].sort((a, b) => (words[a] < words[b] ? -1 : words[a] > words[b] ? 1 : 0));
  alphabetical.forEach((index, i) => file.writeUInt32LE(index, tail + 4 * i));
  quantise(vectors, dimensions, new Int8Array(file.buffer, file.byteOffset + tail + 4 * words.length, vectors.length));
  file.write(MAGIC, 0, "latin1");
  [VERSION, dimensions, words.length, text.length, crc32(file.subarray(HEADER))].forEach((number, i) =>
    file.writeUInt32LE(number, 4 + 4 * i),
  );
  return file;
}

function quantise(vectors: Float32Array, dimensions: number, codes: Int8Array): void {
  for (let from = 0; from < vectors.length; from += dimensions) {
    let longest = 0;
    for (let d = 0; d < dimensions; d++) longest = Math.max(longest, Math.abs(vectors[from + d]));
    if (!(longest > 0)) throw new RangeError(`vector ${from / dimensions} has length 0`);
    for (let d = 0; d < dimensions; d++) codes[from + d] = Math.round((vectors[from + d] / longest) * 127);
  }
}

/**
 * Reads a vocabulary. Everything is checked, because vocabularies come from untrusted sources and a checksum is easy to
 * forge.
 * @throws Refusal `bad-vocabulary` when the file is not a vocabulary, has another version, or is truncated, corrupt or
 * inconsistent
 */
export function parseVocabulary(path: string): VocabularyFile {
  const refuse = (why: string): never => {
    throw new Refusal("bad-vocabulary", `Can’t use the vocabulary ${path}: ${why}.`);
  };
  const { dimensions, count, textBytes, checksum } = readHeader(path, refuse);
  const file = readFileSync(path);
  const actual = crc32(file.subarray(HEADER));
  if (actual !== checksum) refuse(`its checksum is ${hex(actual)}, not ${hex(checksum)}`);
  const text = file.subarray(HEADER, HEADER + textBytes);
  if (!isUtf8(text)) refuse("its words are not valid UTF-8");
  const words = text.toString("utf8").split("\n");
  if (words.length !== count) refuse(`it contains ${words.length} words, not ${count}`);
  const at = file.byteOffset + HEADER + textBytes;
  // copied for alignment, since the text can have any length
  const alphabetical = new Uint32Array(file.buffer.slice(at, at + 4 * count));
  const codes = new Int8Array(file.buffer, at + 4 * count, count * dimensions);
  checkOrder(words, alphabetical, refuse);
  for (let i = 0; i < count; i++)
    if (!hasDirection(codes, i * dimensions, dimensions))
      refuse(`the vector of word ${i}, ${shown(words[i])}, has length 0`);
  return { id: `${count}x${dimensions}-${hex(checksum)}`, dimensions, words, alphabetical, codes };
}

/** Reads the header and compares it with the file's size before more is read. */
function readHeader(path: string, refuse: (why: string) => never) {
  requireFile(path, "bad-vocabulary");
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    if (size < HEADER) refuse(`its ${size} bytes are too few for a header of ${HEADER}`);
    if (size > MAX_BYTES) refuse(`it has ${size} bytes; the maximum is ${MAX_BYTES}`);
    const header = Buffer.alloc(HEADER);
    readSync(file, header, 0, HEADER, 0);
    const magic = header.toString("latin1", 0, 4);
    if (magic !== MAGIC) refuse(`it begins with ${JSON.stringify(magic)}, not "${MAGIC}"`);
    const [version, dimensions, count, textBytes, checksum] = [4, 8, 12, 16, 20].map((at) => header.readUInt32LE(at));
    if (version !== VERSION) refuse(`it has version ${version}, but this program reads version ${VERSION}`);
    if (dimensions < 1 || dimensions > MAX_DIMENSIONS)
      refuse(`it has ${dimensions} dimensions; 1 to ${MAX_DIMENSIONS} are supported`);
    const expected = HEADER + textBytes + count * (4 + dimensions);
    if (size !== expected)
      refuse(`it has ${size} bytes, but ${count} words of ${dimensions} dimensions take ${expected}`);
    return { dimensions, count, textBytes, checksum };
  } finally {
    closeSync(file);
  }
}

/** Indices whose words are in strictly ascending order are a permutation of distinct words. */
function checkOrder(words: string[], alphabetical: Uint32Array, refuse: (why: string) => never): void {
  let last = "";
  alphabetical.forEach((index, i) => {
    if (index >= words.length) refuse(`index ${i} points to word ${index} of ${words.length}`);
    const word = words[index];
    if (word <= last)
      refuse(
        word === last
          ? word === ""
            ? `word ${index} is empty`
            : `the word ${shown(word)} occurs twice`
          : `index ${i}, ${shown(word)}, is out of order`,
      );
    last = word;
  });
}

function hasDirection(codes: Int8Array, from: number, dimensions: number): boolean {
  for (let d = 0; d < dimensions; d++) if (codes[from + d] !== 0) return true;
  return false;
}

const shown = (word: string): string => JSON.stringify(word.slice(0, 40));

function hex(checksum: number): string {
  return checksum.toString(16).padStart(8, "0");
}
