import { choleskyOf, solveUpper } from "../math/cholesky";
import { aboutMean } from "../math/mean";
import { dot } from "../math/vectors";

/**
 * Centred rows in as few coordinates as they span: n photos of D features lie in at most n − 1 dimensions, and a linear
 * model with a quadratic penalty fitted there equals the one fitted in all D (the dual form).
 */
export interface RowSpace {
  n: number;
  /** min(n, D) */
  m: number;
  /** `[n, m]`; inner products equal those of the centred rows */
  coordinates: Float64Array;
  /**
   * Converts a model `weights · coordinates + bias` to features.
   * @param weights `[m]`
   * @returns weights `[D]`
   */
  among(weights: Float64Array, bias: number): { weights: Float64Array; bias: number };
}

/** Relative to the mean squared row; without it, repeated rows would count as n dimensions. */
const JITTER = 1e-9;

/**
 * @param rows `[n, D]`
 * @throws RangeError when all rows are equal
 */
export function rowSpaceOf(rows: Float32Array, D: number): RowSpace {
  const n = rows.length / D;
  const { about, mean } = aboutMean(rows, D);
  const products = new Float64Array(n < D ? n * n : 0);
  let trace = 0;
  for (let i = 0; i < n; i++) trace += dot(about, i * D, about, i * D, D);
  if (!(n >= 2 && trace > 1e-12 * n)) throw new RangeError(`all ${n} rows of ${D} numbers are equal`);
  const biased = (weights: Float64Array, bias: number) => ({
    weights,
    bias: bias - weights.reduce((sum, w, d) => sum + w * mean[d], 0),
  });
  if (n >= D)
    return { n, m: D, coordinates: Float64Array.from(about), among: (weights, bias) => biased(weights.slice(), bias) };
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++)
      products[i * n + j] = dot(about, i * D, about, j * D, D) + (i === j ? JITTER * (trace / n) : 0);
  }
  const factor = choleskyOf(products, n);
  return {
    n,
    m: n,
    coordinates: factor.L,
    among(weights, bias) {
      const shares = solveUpper(factor, weights.slice()); // each row's share in the model
      const summed = new Float64Array(D);
      for (let i = 0; i < n; i++) for (let d = 0; d < D; d++) summed[d] += shares[i] * about[i * D + d];
      return biased(summed, bias);
    },
  };
}
