import rowProducts from "./row-products.wat";
import { instantiate, PAGE_BYTES, pagesFor } from "./wasm";

/**
 * Inner products of many rows with one vector, four numbers at a time: JavaScript has no SIMD, WebAssembly
 * (`row-products.wat`) has. At 100,000 rows of 100 it takes a third of the time of the same loop in JavaScript.
 */
export interface RowMatrix {
  /** Row `row` becomes `vector`, `[E]` at `from`. */
  set(row: number, vector: Float32Array, from: number): void;
  /** Row `row` as it was set, `[E]`. */
  get(row: number): Float32Array;
  /** `Σ row[e]·vector[e]` of rows 0 to n − 1, `[n]`. The array is overwritten by the next call. */
  products(vector: Float32Array, n: number): Float32Array;
}

const LANES = 4;
const FLOAT = 4;

type Multiply = (row: number, end: number, width: number, vector: number, products: number) => void;

/** The products of a vector `[E]` with each of fixed rows `[n, E]`: `[n]`, overwritten by the next call. */
export function productsWith(rows: Float32Array, E: number): (vector: Float32Array) => Float32Array {
  const n = rows.length / E;
  const matrix = createRowMatrix(E);
  for (let row = 0; row < n; row++) matrix.set(row, rows, row * E);
  return (vector) => matrix.products(vector, n);
}

/** A matrix that grows as rows are set. @param E numbers a row */
export function createRowMatrix(E: number): RowMatrix {
  const stride = Math.ceil(E / LANES) * LANES;
  const width = stride * FLOAT;
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { multiply } = instantiate<{ multiply: Multiply }>(rowProducts, memory);
  // The vector first, then room for the products, then the rows: when it grows, the rows move.
  let capacity = 0;
  let rows = new Float32Array(0);
  const productsAt = width;
  const rowsAt = (room: number) => Math.ceil((productsAt + room * FLOAT) / 16) * 16;

  function grow(room: number): void {
    const old = rows.slice(0, capacity * stride);
    const bytes = rowsAt(room) + room * width;
    memory.grow(Math.max(0, pagesFor(bytes) - memory.buffer.byteLength / PAGE_BYTES));
    rows = new Float32Array(memory.buffer, rowsAt(room), room * stride);
    rows.set(old);
    capacity = room;
  }

  grow(256);
  return {
    set(row, vector, from) {
      if (row >= capacity) grow(Math.max(row + 1, capacity * 2));
      for (let e = 0; e < E; e++) rows[row * stride + e] = vector[from + e];
    },
    get: (row) => rows.slice(row * stride, row * stride + E),
    products(vector, n) {
      if (vector.length !== E) throw new RangeError(`a vector of ${vector.length} numbers, rows of ${E}`);
      if (n > capacity) throw new RangeError(`${n} products of ${capacity} rows`);
      const at = rowsAt(capacity);
      new Float32Array(memory.buffer, 0, stride).fill(0).set(vector);
      if (n > 0) multiply(at, at + n * width, width, 0, productsAt);
      return new Float32Array(memory.buffer, productsAt, n);
    },
  };
}
