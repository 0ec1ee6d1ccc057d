import { instantiate, pagesFor } from "../math/wasm";
import codeScan from "./code-scan.wat";

/**
 * Finds all codes within a Hamming distance of a given one by comparing with every code. WebAssembly (`code-scan.wat`)
 * counts bits in one instruction where JavaScript takes a dozen, so at 100,000 codes this is faster than an index, and
 * misses nothing.
 */
export interface CodeScan {
  /**
   * Scans codes `from` to `to` − 1 for those that differ from `code` in at most `limit` bits.
   * @param code `[words]` from index `at` on
   * @returns the number found; `rows` and `distances` hold them in ascending row order until the next call
   */
  within(limit: number, code: BigUint64Array, at: number, from: number, to: number): number;
  rows: Uint32Array;
  distances: Uint32Array;
}

type Scan = (code: number, row: number, end: number, limit: number, out: number) => number;
/** One function per code length. */
type Scans = Record<`scanWords${1 | 4}`, Scan>;

/** @param codes `[n, words]`, copied @param words 64-bit words per code */
export function createCodeScan(codes: BigUint64Array, words: 1 | 4): CodeScan {
  const n = codes.length / words;
  if (!Number.isInteger(n)) throw new RangeError(`${codes.length} words do not make codes of ${words}`);
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
