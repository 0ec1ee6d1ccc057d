/**
 * The file format of WordNet's nouns: writing, reading and validation.
 *
 * A header of 32 bytes: "SEMN", version, synsets S, names N, senses L, parents P, bytes of text T, CRC-32 of everything
 * after it. Then, in this order and little-endian, four-byte numbers first:
 *
 *     offsets      u32 [S]    WordNet 3.1 offsets, ascending
 *     parentStart  u32 [S+1]  where a synset's parents begin
 *     parents      u32 [P]    index of a hypernym; the top bit marks an instance ("Paris" of "national capital")
 *     lemmaStart   u32 [S+1]  where a synset's names begin
 *     lemmas       u32 [L]    index of a name, in the synset's order
 *     senseStart   u32 [N+1]  where a name's senses begin
 *     senses       u32 [L]    index of a synset, the name's most frequent first
 *     senseCounts  u16 [L]    occurrences of a sense in tagged text
 *     senseNumbers u8  [L]    place among the senses of all spellings of that name, from 1
 *     files        u8  [S]    number of the lexicographer file, 3 to 28
 *     names        T bytes of UTF-8, separated by newlines, sorted by lower case, then by code unit
 *
 * Spellings that differ only in case ("china", "China") are separate names.
 */
import { readFileSync } from "node:fs";
import { crc32 } from "node:zlib";
import { Refusal } from "../../src-shared/refusal";

const MAGIC = "SEMN";
const VERSION = 1;
const HEADER = 32;

/** Marks the hypernym of an instance, in `parents`. */
export const INSTANCE = 0x8000_0000;

export interface WordNetTables {
  offsets: Uint32Array;
  parentStart: Uint32Array;
  parents: Uint32Array;
  lemmaStart: Uint32Array;
  lemmas: Uint32Array;
  senseStart: Uint32Array;
  senses: Uint32Array;
  senseCounts: Uint16Array;
  senseNumbers: Uint8Array;
  files: Uint8Array;
  names: string[];
}

/** A noun synset to write. */
export interface SynsetRecord {
  offset: number;
  /** Number of the lexicographer file. */
  file: number;
  lemmas: { name: string; number: number; count: number }[];
  parents: { offset: number; instance: boolean }[];
}

/** @throws RangeError when the offsets do not ascend or a parent is missing */
export function writeWordNet(synsets: SynsetRecord[]): Uint8Array {
  const index = new Map(synsets.map((synset, i) => [synset.offset, i]));
  synsets.forEach(({ offset }, i) => {
    if (i > 0 && offset <= synsets[i - 1].offset)
      throw new RangeError(`offset ${offset} follows ${synsets[i - 1].offset}`);
  });
  const names = [...new Set(synsets.flatMap((synset) => synset.lemmas.map((lemma) => lemma.name)))].sort(byFoldedName);
  const nameIndex = new Map(names.map((name, i) => [name, i]));
  const senses: { synset: number; number: number; count: number }[][] = names.map(() => []);
  synsets.forEach(({ lemmas }, synset) => {
    for (const { name, number, count } of lemmas) senses[nameIndex.get(name)!].push({ synset, number, count });
  });
  for (const each of senses) each.sort((a, b) => a.number - b.number);

  const parents = synsets.map((synset) =>
    synset.parents.map(({ offset, instance }) => {
      const parent = index.get(offset);
      if (parent === undefined)
        throw new RangeError(`synset ${synset.offset} has a parent ${offset} that does not exist`);
      return instance ? parent + INSTANCE : parent;
    }),
  );
  const allSenses = senses.flat();
  const text = Buffer.from(names.join("\n"), "utf8");
  const columns = [
    Uint32Array.from(synsets, (synset) => synset.offset),
    starts(parents),
    Uint32Array.from(parents.flat()),
    starts(synsets.map((synset) => synset.lemmas)),
    Uint32Array.from(
      synsets.flatMap((synset) => synset.lemmas),
      (lemma) => nameIndex.get(lemma.name)!,
    ),
    starts(senses),
    Uint32Array.from(allSenses, (sense) => sense.synset),
    Uint16Array.from(allSenses, (sense) => sense.count),
    Uint8Array.from(allSenses, (sense) => sense.number),
    Uint8Array.from(synsets, (synset) => synset.file),
  ];
  const body = Buffer.concat([...columns.map((column) => Buffer.from(column.buffer)), text]);
  const header = Buffer.alloc(HEADER);
  header.write(MAGIC, 0, "latin1");
  [VERSION, synsets.length, names.length, allSenses.length, parents.flat().length, text.length, crc32(body)].forEach(
    (number, i) => header.writeUInt32LE(number, 4 + 4 * i),
  );
  return Buffer.concat([header, body]);
}

/**
 * @throws Refusal `bad-wordnet` when the file is not a WordNet file, has another version, or is truncated or corrupt
 */
export function parseWordNet(path: string): WordNetTables {
  const file = readFileSync(path);
  const refuse = (why: string): never => {
    throw new Refusal("bad-wordnet", `Can’t use the dictionary ${path}: ${why}.`);
  };
  if (file.length < HEADER) refuse(`its ${file.length} bytes are too few for a header of ${HEADER}`);
  const magic = file.toString("latin1", 0, 4);
  if (magic !== MAGIC) refuse(`it begins with ${JSON.stringify(magic)}, not "${MAGIC}"`);
  const [version, S, N, L, P, T, checksum] = [4, 8, 12, 16, 20, 24, 28].map((at) => file.readUInt32LE(at));
  if (version !== VERSION) refuse(`it has version ${version}, but this program reads version ${VERSION}`);
  const expected = HEADER + 4 * (S + (S + 1) + P + (S + 1) + L + (N + 1) + L) + 2 * L + L + S + T;
  if (file.length !== expected)
    refuse(`it has ${file.length} bytes, but ${S} synsets with ${L} senses take ${expected}`);
  const actual = crc32(file.subarray(HEADER));
  if (actual !== checksum) refuse(`its checksum is ${actual.toString(16)}, not ${checksum.toString(16)}`);

  // copied, because the columns need alignment
  const body = file.buffer.slice(file.byteOffset + HEADER, file.byteOffset + file.length);
  let at = 0;
  const words = (n: number): Uint32Array => new Uint32Array(body, (at += 4 * n) - 4 * n, n);
  const tables = {
    offsets: words(S),
    parentStart: words(S + 1),
    parents: words(P),
    lemmaStart: words(S + 1),
    lemmas: words(L),
    senseStart: words(N + 1),
    senses: words(L),
    senseCounts: new Uint16Array(body, (at += 2 * L) - 2 * L, L),
    senseNumbers: new Uint8Array(body, (at += L) - L, L),
    files: new Uint8Array(body, (at += S) - S, S),
    names: file.toString("utf8", file.length - T).split("\n"),
  };
  if (tables.names.length !== N) refuse(`it contains ${tables.names.length} names, not ${N}`);
  return tables;
}

/** Offsets of lists laid end to end, followed by the total length: `[n + 1]`. */
function starts(lists: unknown[][]): Uint32Array {
  const result = new Uint32Array(lists.length + 1);
  lists.forEach((list, i) => {
    result[i + 1] = result[i] + list.length;
  });
  return result;
}

function byFoldedName(a: string, b: string): number {
  const [x, y] = [a.toLowerCase(), b.toLowerCase()];
  return x < y ? -1 : x > y ? 1 : a < b ? -1 : a > b ? 1 : 0;
}
