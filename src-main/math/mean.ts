/** Mean row `[D]` of rows `[n, D]`, summed in single precision; zeros if there are no rows. */
export function meanRow(rows: Float32Array, D: number): Float32Array {
  const n = rows.length / D;
  const mean = new Float32Array(D);
  for (let i = 0; i < rows.length; i++) mean[i % D] += rows[i] / n;
  return mean;
}

/** Subtracts the mean row from rows `[n, D]`, in a new array. The mean `[D]` is summed in double precision. */
export function aboutMean(rows: Float32Array, D: number): { about: Float32Array; mean: Float64Array } {
  const n = rows.length / D;
  const mean = new Float64Array(D);
  for (let i = 0; i < rows.length; i++) mean[i % D] += rows[i] / n;
  return { about: rows.map((x, i) => x - mean[i % D]), mean };
}
