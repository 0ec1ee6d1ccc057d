/** `[D]` mean of rows `[n, D]`, summed in single precision; zeros without rows. */
export function meanRow(rows: Float32Array, D: number): Float32Array {
  const n = rows.length / D;
  const mean = new Float32Array(D);
  for (let i = 0; i < rows.length; i++) mean[i % D] += rows[i] / n;
  return mean;
}

/** Rows `[n, D]` less their mean, in a new array, and the mean `[D]`, summed in double precision. */
export function aboutMean(rows: Float32Array, D: number): { about: Float32Array; mean: Float64Array } {
  const n = rows.length / D;
  const mean = new Float64Array(D);
  for (let i = 0; i < rows.length; i++) mean[i % D] += rows[i] / n;
  return { about: rows.map((x, i) => x - mean[i % D]), mean };
}
