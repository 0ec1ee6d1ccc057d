import { setImmediate } from "node:timers/promises";
import { createRowMatrix } from "../math/row-products";

/** The photos to choose from. */
export interface Pool {
  /** `[m, D]` of unit length */
  rows: Float32Array;
  /** `[m]` ≥ 0: a photo's uncertainty times the number of photos that it represents */
  weights: ArrayLike<number>;
  /** D */
  dimensions: number;
}

/** Width of the Gaussian kernel, as a distance between unit vectors. */
const KERNEL_WIDTH = 1;
/** Rows compared with all others between yields (about 10 ms). */
const ROWS_PER_YIELD = 64;

/** Gaussian kernel: how much knowing one photo reveals about another, 0..1, by the cosine of their features. */
export const gaussianKernel = (cosine: number): number => Math.exp((-2 * (1 - cosine)) / KERNEL_WIDTH ** 2);

/**
 * Chooses the photos whose annotation would teach most about all others: uncertainty herding (Bae, Oliveira &
 * Sutherland, "Uncertainty Herding: One Active Learning Method for All Label Budgets", ICLR 2025). Each choice adds
 * most to `Σ weight · max over known photos of kernel`, so it lies among many uncertain photos and differs from those
 * already known, which keeps batches diverse.
 * @param known `[a, D]` of unit length: annotated photos
 * @param limit maximum number of photos
 * @returns rows of the pool, in the order chosen
 * @throws RangeError when the shapes do not match, or a weight is negative or not a number
 */
export async function uncertaintyHerding(
  { rows, weights, dimensions: D }: Pool,
  known: Float32Array,
  limit: number,
): Promise<number[]> {
  const m = weights.length;
  if (rows.length !== m * D || known.length % D !== 0)
    throw new RangeError(
      `${rows.length} and ${known.length} numbers do not make ${m} pool rows and whole known rows of ${D}`,
    );
  const bad = Array.prototype.findIndex.call(weights, (weight: number) => !(weight >= 0));
  if (bad >= 0) throw new RangeError(`weight ${bad} is ${weights[bad]}, but must be 0 or more`);
  const matrix = createRowMatrix(D);
  for (let i = 0; i < m; i++) matrix.set(i, rows, i * D);
  const coverage = new Float32Array(m);
  await eachRow(known, D, (row) => {
    const cosines = matrix.products(row, m);
    for (let i = 0; i < m; i++) coverage[i] = Math.max(coverage[i], gaussianKernel(cosines[i]));
  });
  const kernel = new Float32Array(m * m);
  await eachRow(rows, D, (row, i) => {
    const cosines = matrix.products(row, m);
    for (let j = 0; j < m; j++) kernel[i * m + j] = gaussianKernel(cosines[j]);
  });
  return selectGreedily(kernel, weights, coverage, Math.min(limit, m));
}

async function eachRow(rows: Float32Array, D: number, work: (row: Float32Array, i: number) => void): Promise<void> {
  for (let i = 0; i < rows.length / D; i++) {
    work(rows.subarray(i * D, (i + 1) * D), i);
    if (i % ROWS_PER_YIELD === ROWS_PER_YIELD - 1) await setImmediate();
  }
}

/**
 * The gain of a row never increases as others are chosen, so only the current maximum has to be recomputed (lazy
 * greedy, Minoux 1978).
 */
function selectGreedily(
  kernel: Float32Array,
  weights: ArrayLike<number>,
  coverage: Float32Array,
  limit: number,
): number[] {
  const m = coverage.length;
  const gain = (i: number) => {
    let sum = 0;
    for (let j = 0; j < m; j++) sum += weights[j] * Math.max(0, kernel[i * m + j] - coverage[j]);
    return sum;
  };
  const gains = Float64Array.from(coverage.keys(), gain);
  const freshFor = new Int32Array(m);
  const chosen: number[] = [];
  while (chosen.length < limit) {
    let best = 0;
    for (let i = 1; i < m; i++) if (gains[i] > gains[best]) best = i;
    if (freshFor[best] < chosen.length) {
      gains[best] = gain(best);
      freshFor[best] = chosen.length;
      continue;
    }
    chosen.push(best);
    gains[best] = -1;
    for (let j = 0; j < m; j++) coverage[j] = Math.max(coverage[j], kernel[best * m + j]);
  }
  return chosen;
}
