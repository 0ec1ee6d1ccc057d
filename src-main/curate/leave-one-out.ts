import { setImmediate } from "node:timers/promises";
import { choleskyOf, solve, solveLower } from "../math/cholesky";
import { random } from "../math/random";
import { dot } from "../math/vectors";

/** Photos and the classes they were given; a photo may have several. */
export interface LabelledPhotos {
  /** `[n, D]` of unit length */
  rows: Float32Array;
  /** `[n]` classes of each photo, 0 ≤ class < C */
  classes: readonly (readonly number[])[];
  /** C */
  C: number;
}

/** Ridge penalty on the squared length of a class's weights, relative to the sum of squared errors. */
export const LAMBDA = 1;
/**
 * Maximum number of features to fit on. Longer rows are reduced by a random projection, which preserves distances
 * (Johnson & Lindenstrauss 1984).
 */
export const MAX_FEATURES = 256;
/** Sums that each feature is added to, with random signs (sparse projection, Kane & Nelson 2014). */
const SUMS = 8;
/** Photos per block between yields (a few milliseconds). */
const PHOTOS_PER_YIELD = 100;
/** Classes per block between yields. Solving for one takes about as long as adding four photos. */
const CLASSES_PER_YIELD = 25;

/**
 * Out-of-sample scores of every class for every photo: ridge regression of 0/1 class indicators, fitted without the
 * photo itself. The photos' leverages h give these exactly from a single fit: `ŷ₋ᵢ = (ŷᵢ − hᵢ·yᵢ) / (1 − hᵢ)` (Allen
 * 1974). Yields between blocks of photos and classes.
 * @returns a function that gives the scores `[C]` of photo i, in an array that the next call overwrites
 * @throws RangeError when the shapes do not match, or a class is out of range
 */
export async function leaveOneOut({ rows, classes, C }: LabelledPhotos): Promise<(i: number) => Float32Array> {
  const n = classes.length;
  const D = rows.length / n;
  if (!Number.isInteger(D)) throw new RangeError(`${rows.length} numbers do not make rows for ${n} photos`);
  classes.forEach((given, i) =>
    given.forEach((c) => {
      if (!(c >= 0 && c < C)) throw new RangeError(`photo ${i} has class ${c}, but there are ${C} classes`);
    }),
  );
  const m = Math.min(D, MAX_FEATURES);
  const about = await subtractMean(D > m ? await randomSums(rows, D, m) : rows, m);
  const share = new Float64Array(C);
  for (const given of classes) for (const c of given) share[c] += 1 / n;
  const products = new Float64Array(m * m);
  // Σ rows · (y − share); the share drops out because centred rows sum to 0
  const gathered = Array.from({ length: C }, () => new Float64Array(m));
  await inBlocks(n, PHOTOS_PER_YIELD, (i) => {
    for (let a = 0; a < m; a++) {
      const x = about[i * m + a];
      for (let b = 0; b <= a; b++) products[a * m + b] += x * about[i * m + b];
      for (const c of classes[i]) gathered[c][a] += x;
    }
  });
  for (let a = 0; a < m; a++) products[a * m + a] += LAMBDA;
  const factor = choleskyOf(products, m);
  const weights = new Float32Array(C * m);
  await inBlocks(C, CLASSES_PER_YIELD, (c) => weights.set(solve(factor, gathered[c]), c * m));
  const scores = new Float32Array(C);
  return (i) => {
    const half = solveLower(factor, Float64Array.from(about.subarray(i * m, (i + 1) * m)));
    const leverage = 1 / n + half.reduce((sum, x) => sum + x * x, 0);
    for (let c = 0; c < C; c++) scores[c] = (share[c] + dot(weights, c * m, about, i * m, m)) / (1 - leverage);
    for (const c of classes[i]) scores[c] -= leverage / (1 - leverage);
    return scores;
  };
}

/** A random projection of rows `[n, D]` to `[n, m]`; the same one every time. */
async function randomSums(rows: Float32Array, D: number, m: number): Promise<Float32Array> {
  const draw = random(1);
  const into = Int32Array.from({ length: D * SUMS }, () => Math.floor(draw() * m));
  const sign = Float32Array.from({ length: D * SUMS }, () => (draw() < 0.5 ? -1 : 1) / Math.sqrt(SUMS));
  const n = rows.length / D;
  const sums = new Float32Array(n * m);
  await inBlocks(n, PHOTOS_PER_YIELD, (i) => {
    for (let at = 0; at < D * SUMS; at++) sums[i * m + into[at]] += sign[at] * rows[i * D + Math.floor(at / SUMS)];
  });
  return sums;
}

/**
 * Rows `[n, m]` minus their mean, in a new array. Computes the same numbers as `aboutMean`, with yields between blocks.
 */
async function subtractMean(rows: Float32Array, m: number): Promise<Float32Array> {
  const n = rows.length / m;
  const mean = new Float64Array(m);
  await inBlocks(n, PHOTOS_PER_YIELD, (i) => {
    for (let a = 0; a < m; a++) mean[a] += rows[i * m + a] / n;
  });
  const about = new Float32Array(rows.length);
  await inBlocks(n, PHOTOS_PER_YIELD, (i) => {
    for (let a = 0; a < m; a++) about[i * m + a] = rows[i * m + a] - mean[a];
  });
  return about;
}

/** Calls `work` with 0 to n − 1 and yields after each block, so that the engine can answer other calls meanwhile. */
async function inBlocks(n: number, block: number, work: (i: number) => void): Promise<void> {
  for (let i = 0; i < n; i++) {
    work(i);
    if (i % block === block - 1) await setImmediate();
  }
}
