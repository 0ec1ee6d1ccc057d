/**
 * One step of skip-gram: a word's vector and the rows that it is to tell apart, all moved down the gradient of
 *
 *     L = − Σ log σ(±row · input)     + where the label is 1, − where it is 0
 *
 * which is negative sampling (rows of one true and k false words, Mikolov et al. 2013) and hierarchical softmax (rows
 * of inner
 * nodes, the label being which way the path goes on) alike. Rows are moved one after the other, so one that is named
 * twice is
 * moved twice; the input moves last, by what the rows were before they moved.
 *
 * WebAssembly, because JavaScript has no SIMD: with 100 dimensions and six rows it takes less than half the time of the
 * same
 * loops in JavaScript.
 */
export type Step = (
  /** Byte offset of the input vector, of a multiple of `width`. */
  input: number,
  /** Byte offset of `count` pairs of i32 (a row's byte offset) and f32 (its label, 0 or 1). */
  targets: number,
  count: number,
  /** Learning rate. */
  rate: number,
  /** Byte offset of room for one vector. */
  scratch: number,
  /** Bytes of a vector, a multiple of 32; numbers past its dimensions are 0 and stay so. */
  width: number,
  /** Byte offset of `sigmoidTable()`. */
  sigmoid: number,
) => void;

export const VECTOR_ALIGNMENT = 32;
export const PAGE = 65_536;
export const MOST_PAGES = 65_536;

/** Where σ(x) is 0 or 1 to within 0.0003; word2vec cuts at 6. */
const REACH = 8;
const PER_UNIT = 128;

/** σ at −8 to 8, read with linear interpolation: exact to 10⁻⁵. */
export function sigmoidTable(): Float32Array {
  return Float32Array.from({ length: 2 * REACH * PER_UNIT + 2 }, (_, i) => 1 / (1 + Math.exp(REACH - i / PER_UNIT)));
}

// Parameters, then locals. See the WebAssembly specification, chapter 5, and its SIMD instructions for the encoding.
const [INPUT, TARGETS, COUNT, RATE, SCRATCH, WIDTH, SIGMOID, AT, ROW, END, X, PULL, SUM, SUM2] = Array.from(
  { length: 14 },
  (_, i) => i,
);
const [I32, F32, V128, EMPTY] = [0x7f, 0x7d, 0x7b, 0x40];

const get = (local: number) => [0x20, local];
const set = (local: number) => [0x21, local];
const tee = (local: number) => [0x22, local];
const i32 = (value: number) => [0x41, value]; // below 64
const f32 = (value: number) => [0x43, ...new Uint8Array(Float32Array.of(value).buffer)];
const ADD_I32 = 0x6a;
const ADD = [0xfd, 0xe4, 0x01];
const MULTIPLY = [0xfd, 0xe6, 0x01];
const SPLAT = [0xfd, 0x13];
const lane = (of: number, i: number) => [...get(of), 0xfd, 0x1f, i];
const zero = [0xfd, 0x0c, ...new Array<number>(16).fill(0)];
const sumOf = (a: number, b: number) => [...get(a), ...get(b), ADD_I32];
const load = (offset: number) => [0xfd, 0x00, 4, offset];
const store = (offset: number) => [0xfd, 0x0b, 4, offset];
const addTo = (local: number, bytes: number) => [...get(local), ...i32(bytes), ADD_I32, ...set(local)];
const loop = (...body: number[][]) => [0x03, EMPTY, ...body.flat(), 0x0b];
/** Through a vector by two times four numbers; `body` is given the offset of each four from AT. */
const alongVector = (body: (offset: number) => number[]) => [
  ...i32(0),
  ...set(AT),
  ...loop(body(0), body(16), [...addTo(AT, 32), ...get(AT), ...get(WIDTH), 0x49, 0x0d, 0]),
];

/** X = row · input */
const product = [
  ...zero,
  ...set(SUM),
  ...zero,
  ...set(SUM2),
  ...alongVector((offset) => {
    const sum = offset === 0 ? SUM : SUM2;
    return [
      ...get(sum),
      ...sumOf(INPUT, AT),
      ...load(offset),
      ...sumOf(ROW, AT),
      ...load(offset),
      ...MULTIPLY,
      ...ADD,
      ...set(sum),
    ];
  }),
  ...get(SUM),
  ...get(SUM2),
  ...ADD,
  ...set(SUM),
  ...lane(SUM, 0),
  ...lane(SUM, 1),
  0x92,
  ...lane(SUM, 2),
  ...lane(SUM, 3),
  0x92,
  0x92,
  ...set(X),
];
/** PULL = (label − σ(X)) · rate, four times */
const pull = [
  // X = (min(max(X, −8), 8) + 8) · 128, its whole part an index
  ...get(X),
  ...f32(-REACH),
  0x97,
  ...f32(REACH),
  0x96,
  ...f32(REACH),
  0x92,
  ...f32(PER_UNIT),
  0x94,
  ...tee(X),
  0xfc,
  0x00,
  ...tee(AT),
  ...i32(2),
  0x74,
  ...get(SIGMOID),
  ADD_I32,
  ...set(END), // NaN becomes 0 and is found in the result
  ...get(TARGETS),
  0x2a,
  2,
  4, // label
  ...get(END),
  0x2a,
  2,
  0, // σ below
  ...get(X),
  ...get(AT),
  0xb2,
  0x93,
  ...get(END),
  0x2a,
  2,
  4,
  ...get(END),
  0x2a,
  2,
  0,
  0x93,
  0x94,
  0x92, // + part · (σ above − σ below)
  0x93,
  ...get(RATE),
  0x94,
  ...SPLAT,
  ...set(PULL),
];
/** scratch += PULL · row; row += PULL · input */
const moveRow = alongVector((offset) => [
  ...sumOf(ROW, AT),
  ...load(offset),
  ...set(SUM),
  ...sumOf(SCRATCH, AT),
  ...sumOf(SCRATCH, AT),
  ...load(offset),
  ...get(PULL),
  ...get(SUM),
  ...MULTIPLY,
  ...ADD,
  ...store(offset),
  ...sumOf(ROW, AT),
  ...get(SUM),
  ...get(PULL),
  ...sumOf(INPUT, AT),
  ...load(offset),
  ...MULTIPLY,
  ...ADD,
  ...store(offset),
]);
const body = [
  3,
  3,
  I32,
  1,
  F32,
  3,
  V128, // locals: AT ROW END, X, PULL SUM SUM2
  ...alongVector((offset) => [...sumOf(SCRATCH, AT), ...zero, ...store(offset)]),
  ...loop([...get(TARGETS), 0x28, 2, 0, ...set(ROW)], product, pull, moveRow, [
    ...addTo(TARGETS, 8),
    ...get(COUNT),
    ...i32(1),
    0x6b,
    ...tee(COUNT),
    0x0d,
    0,
  ]),
  ...alongVector((offset) => [
    ...sumOf(INPUT, AT),
    ...sumOf(INPUT, AT),
    ...load(offset),
    ...sumOf(SCRATCH, AT),
    ...load(offset),
    ...ADD,
    ...store(offset),
  ]),
  0x0b,
];

/** A size of less than 16,384, or 65,536, as LEB128. */
const leb = (n: number): number[] => (n < 128 ? [n] : [(n & 127) | 128, ...leb(n >> 7)]);
const section = (id: number, content: number[]) => [id, ...leb(content.length), ...content];
let compiled: WebAssembly.Module | null = null;

/** The step over a shared memory, which was made with at most `MOST_PAGES`. */
export function createStep(memory: WebAssembly.Memory): Step {
  compiled ??= new WebAssembly.Module(
    Uint8Array.from([
      0x00,
      0x61,
      0x73,
      0x6d,
      1,
      0,
      0,
      0,
      ...section(1, [1, 0x60, 7, I32, I32, I32, F32, I32, I32, I32, 0]),
      ...section(2, [1, 1, 0x6d, 1, 0x6d, 0x02, 3, 0, ...leb(MOST_PAGES)]), // import "m" "m": a shared memory
      ...section(3, [1, 0]),
      ...section(7, [1, 1, 0x73, 0, 0]), // export "s"
      ...section(10, [1, ...leb(body.length), ...body]),
    ]),
  );
  return new WebAssembly.Instance(compiled, { m: { m: memory } }).exports.s as Step;
}
