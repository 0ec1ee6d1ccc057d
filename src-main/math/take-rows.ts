/** Copies the given rows of `[n, width]` into a new array. */
export function takeRows(from: Float32Array, width: number, rows: readonly number[]): Float32Array {
  const taken = new Float32Array(rows.length * width);
  rows.forEach((row, i) => taken.set(from.subarray(row * width, (row + 1) * width), i * width));
  return taken;
}
