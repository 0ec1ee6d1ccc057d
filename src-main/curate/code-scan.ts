/**
 * All codes within a Hamming distance of a given one. Every code is compared, a few a nanosecond: WebAssembly counts
 * bits in one
 * instruction, JavaScript in a dozen. At 100,000 codes that is quicker than an index, and misses nothing.
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

const PAGE = 65_536;

/**
 * (func (param $code i32) (param $row i32) (param $end i32) (param $limit i32) (param $out i32) (result i32)
 *   (local $distance i32) (local $c0 i64) …
 *   $c0 = i64.load $code; …
 *   loop $rows
 *     $distance = i32.wrap_i64 (i64.popcnt ($c0 xor i64.load $row) + …)
 *     if ($distance <= $limit) i32.store $out $row; i32.store $out+4 $distance; $out += 8 end
 *     $row += 8·words
 *     br_if $rows ($row < $end)
 *   end
 *   $out)
 * All sizes in bytes; see the WebAssembly specification, chapter 5, for the encoding.
 */
function assemble(words: number): WebAssembly.Module {
  const [CODE, ROW, END, LIMIT, OUT, DISTANCE, FIRST] = [0, 1, 2, 3, 4, 5, 6];
  const get = (local: number) => [0x20, local];
  const set = (local: number) => [0x21, local];
  const load = (pointer: number, word: number) => [...get(pointer), 0x29, 3, 8 * word];
  const forward = (local: number, bytes: number) => [...get(local), 0x41, ...signed(bytes), 0x6a, ...set(local)];
  const each = (make: (word: number) => number[]) => Array.from({ length: words }, (_, word) => make(word)).flat();
  const body = [
    2,
    1,
    0x7f,
    words,
    0x7e, // locals: one i32, the code's words
    ...each((word) => [...load(CODE, word), ...set(FIRST + word)]),
    0x03,
    0x40,
    ...each((word) => [...get(FIRST + word), ...load(ROW, word), 0x85, 0x7b, ...(word > 0 ? [0x7c] : [])]),
    0xa7,
    ...set(DISTANCE),
    ...get(DISTANCE),
    ...get(LIMIT),
    0x4d,
    0x04,
    0x40,
    ...get(OUT),
    ...get(ROW),
    0x36,
    2,
    0,
    ...get(OUT),
    ...get(DISTANCE),
    0x36,
    2,
    4,
    ...forward(OUT, 8),
    0x0b,
    ...forward(ROW, 8 * words),
    ...get(ROW),
    ...get(END),
    0x49,
    0x0d,
    0,
    0x0b,
    ...get(OUT),
    0x0b,
  ];
  const section = (id: number, content: number[]) => [id, ...leb(content.length), ...content];
  return new WebAssembly.Module(
    Uint8Array.from([
      0x00,
      0x61,
      0x73,
      0x6d,
      1,
      0,
      0,
      0,
      ...section(1, [1, 0x60, 5, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 1, 0x7f]),
      ...section(2, [1, 1, 0x6d, 1, 0x6d, 0x02, 0, 1]), // import "m" "m": a memory
      ...section(3, [1, 0]),
      ...section(7, [1, 1, 0x73, 0, 0]), // export "s"
      ...section(10, [1, ...leb(body.length), ...body]),
    ]),
  );
}

/** Sizes of less than 16,384 as LEB128. */
const leb = (n: number) => (n < 128 ? [n] : [(n & 127) | 128, n >> 7]);
/** Its sixth bit would be a sign. */
const signed = (n: number) => (n < 64 ? [n] : [(n & 127) | 128, n >> 7]);

/** @param codes `[n, words]`, copied @param words 64 bits each, 1 to 8 of them */
export function createCodeScan(codes: BigUint64Array, words: number): CodeScan {
  const n = codes.length / words;
  if (!Number.isInteger(n) || words < 1 || words > 8)
    throw new RangeError(`${codes.length} words are not codes of ${words}`);
  const width = 8 * words;
  const rowsAt = width;
  const outAt = rowsAt + n * width;
  const memory = new WebAssembly.Memory({ initial: Math.ceil((outAt + 8 * n) / PAGE) + 1 });
  const { s: scan } = new WebAssembly.Instance(assemble(words), { m: { m: memory } }).exports as {
    s: (code: number, row: number, end: number, limit: number, out: number) => number;
  };
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
