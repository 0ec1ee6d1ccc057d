import { instantiate, pagesFor } from "../math/wasm";
import codeScan from "./code-scan.wat";

/**
 * All codes within a Hamming distance of a given one. Every code is compared, a few a nanosecond: WebAssembly
 * (`code-scan.wat`) counts bits in one instruction, JavaScript in a dozen. At 100,000 codes that is quicker than an
 * index, and misses nothing.
 */
export interface CodeScan {
  /**
   * Codes `from` to `to − 1` that differ from `code` in at most `limit` bits.
   * @param code `[words]` at `at`
   * @returns how many; `rows` and `distances` hold them, ascending by row, until the next call
   */
  within(limit: number, code: BigUint64Array, at: number, from: number, to: number): number;
  rows: Uint32Array;
  distances: Uint32Array;
}

type Scan = (code: number, row: number, end: number, limit: number, out: number) => number;
/** A function for each number of words. */
type Scans = Record<`scanWords${1 | 4}`, Scan>;

/** @param codes `[n, words]`, copied @param words of 64 bits in each code */
export function createCodeScan(codes: BigUint64Array, words: 1 | 4): CodeScan {
  const n = codes.length / words;
  if (!Number.isInteger(n)) throw new RangeError(`${codes.length} words are not codes of ${words}`);
  const width = 8 * words;
  const rowsAt = width;
  const outAt = rowsAt + n * width;
  const memory = new WebAssembly.Memory({ initial: pagesFor(outAt + 8 * n) + 1 });
  const scan = instantiate<Scans>(codeScan, memory)[`scanWords${words}`];
  const all = new BigUint64Array(memory.buffer, 0, words * (n + 1));
  all.set(codes, words);
  const out = new Uint32Array(memory.buffer, outAt, 2 * n);
  const hits: CodeScan = {
    rows: new Uint32Array(n),
    distances: new Uint32Array(n),
    within(limit, code, at, from, to) {
      if (from >= to) return 0;
      if (from < 0 || to > n) throw new RangeError(`codes ${from} to ${to} of ${n}`);
      for (let word = 0; word < words; word++) all[word] = code[at + word];
      const found = (scan(0, rowsAt + from * width, rowsAt + to * width, limit, outAt) - outAt) / 8;
      for (let i = 0; i < found; i++) {
        hits.rows[i] = (out[2 * i] - rowsAt) / width;
        hits.distances[i] = out[2 * i + 1];
      }
      return found;
    },
  };
  return hits;
}
