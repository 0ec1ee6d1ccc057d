import { setImmediate } from "node:timers/promises";
import { choleskyOf, solve, solveLower } from "../math/cholesky";
import { aboutMean } from "../math/mean";
import { random } from "../math/random";
import { dot } from "../math/vectors";

/** Photos and the classes that they were given, some of them several. */
export interface LabelledPhotos {
  /** `[n, D]` of unit length */
  rows: Float32Array;
  /** `[n]` classes of each photo, 0 ≤ class < C */
  classes: readonly (readonly number[])[];
  /** C */
  C: number;
}

/** Penalty on the squared length of a class's weights, beside the sum of squared errors. */
export const LAMBDA = 1;
/**
 * Numbers of a photo that a fit is made of, at most: of more, random sums are taken, which keep distances (Johnson &
 * Lindenstrauss 1984).
 */
export const MAX_FEATURES = 256;
/** Sums that each number goes into, with random signs (Kane & Nelson 2014). */
const SUMS = 8;
/** Photos worked on between two breaths. */
const PHOTOS_PER_YIELD = 200;

/**
 * How much each photo looks like each class by what the other photos say: ridge regression of the classes as 0 and 1,
 * fitted without the
 * photo. That is exact and takes one fit, by the photos' leverages h: `ŷ₋ᵢ = (ŷᵢ − hᵢ·yᵢ) / (1 − hᵢ)` (Allen 1974).
 * @returns the scores `[C]` of photo i; the array is overwritten by the next call
 * @throws RangeError when shapes do not fit each other, or a class is none of them
 */
export async function leaveOneOut({ rows, classes, C }: LabelledPhotos): Promise<(i: number) => Float32Array> {
  const n = classes.length;
  const D = rows.length / n;
  if (!Number.isInteger(D)) throw new RangeError(`${rows.length} numbers are not rows of ${n} photos`);
  classes.forEach((given, i) =>
    given.forEach((c) => {
      if (!(c >= 0 && c < C)) throw new RangeError(`photo ${i} is of class ${c}, there are ${C}`);
    }),
  );
  const m = Math.min(D, MAX_FEATURES);
  const { about } = aboutMean(D > m ? randomSums(rows, D, m) : rows, m);
  const share = new Float64Array(C);
  for (const given of classes) for (const c of given) share[c] += 1 / n;
  const products = new Float64Array(m * m);
  // Σ rows · (y − share): rows about their mean add up to 0
  const gathered = Array.from({ length: C }, () => new Float64Array(m));
  for (let i = 0; i < n; i++) {
    for (let a = 0; a < m; a++) {
      const x = about[i * m + a];
      for (let b = 0; b <= a; b++) products[a * m + b] += x * about[i * m + b];
      for (const c of classes[i]) gathered[c][a] += x;
    }
    if (i % PHOTOS_PER_YIELD === PHOTOS_PER_YIELD - 1) await setImmediate();
  }
  for (let a = 0; a < m; a++) products[a * m + a] += LAMBDA;
  const factor = choleskyOf(products, m);
  const weights = new Float32Array(C * m);
  for (const [c, sum] of gathered.entries()) {
    weights.set(solve(factor, sum), c * m);
    if (c % PHOTOS_PER_YIELD === PHOTOS_PER_YIELD - 1) await setImmediate();
  }
  const scores = new Float32Array(C);
  return (i) => {
    const half = solveLower(factor, Float64Array.from(about.subarray(i * m, (i + 1) * m)));
    const leverage = 1 / n + half.reduce((sum, x) => sum + x * x, 0);
    for (let c = 0; c < C; c++) scores[c] = (share[c] + dot(weights, c * m, about, i * m, m)) / (1 - leverage);
    for (const c of classes[i]) scores[c] -= leverage / (1 - leverage);
    return scores;
  };
}

/** `[n, m]` sums of each row's numbers, always the same ones. */
function randomSums(rows: Float32Array, D: number, m: number): Float32Array {
  const draw = random(1);
  const into = Int32Array.from({ length: D * SUMS }, () => Math.floor(draw() * m));
  const sign = Float32Array.from({ length: D * SUMS }, () => (draw() < 0.5 ? -1 : 1) / Math.sqrt(SUMS));
  const n = rows.length / D;
  const sums = new Float32Array(n * m);
  for (let i = 0; i < n; i++) {
    for (let at = 0; at < D * SUMS; at++) sums[i * m + into[at]] += sign[at] * rows[i * D + Math.floor(at / SUMS)];
  }
  return sums;
}
