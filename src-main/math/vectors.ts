/** Scales every row of `[n, width]` to unit length, in a new array. Zero rows stay zero. */
export function unitRows(rows: Float32Array, width: number): Float32Array {
  const unit = rows.slice();
  for (let from = 0; from < unit.length; from += width) normalise(unit, from, width);
  return unit;
}

/** Scales `width` numbers to unit length, in place. */
export function normalise(vector: Float32Array, from = 0, width = vector.length): Float32Array {
  let square = 0;
  for (let i = from; i < from + width; i++) square += vector[i] * vector[i];
  if (square === 0) return vector;
  const scale = 1 / Math.sqrt(square);
  for (let i = from; i < from + width; i++) vector[i] *= scale;
  return vector;
}

/**
 * `Σ a[from + i]·b[at + i]` over `length` numbers. Four partial sums, because additions to a single one would wait for
 * each other.
 */
export function dot(a: Float32Array, from: number, b: Float32Array, at: number, length: number): number {
  let s0 = 0,
    s1 = 0,
    s2 = 0,
    s3 = 0;
  let i = 0;
  for (; i + 3 < length; i += 4) {
    s0 += a[from + i] * b[at + i];
    s1 += a[from + i + 1] * b[at + i + 1];
    s2 += a[from + i + 2] * b[at + i + 2];
    s3 += a[from + i + 3] * b[at + i + 3];
  }
  for (; i < length; i++) s0 += a[from + i] * b[at + i];
  return s0 + s1 + s2 + s3;
}

/** `Σ a[from + i]·b[at + i]` over `length` numbers, in double precision and in order. */
export function dot64(a: Float64Array, from: number, b: Float64Array, at: number, length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += a[from + i] * b[at + i];
  return sum;
}
