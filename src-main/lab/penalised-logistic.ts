import { logistic } from "../devise/calibration";
import { dot64 } from "../math/vectors";
import type { RowSpace } from "./row-space";

/**
 * Limits on Newton steps and on conjugate-gradient steps within each, which stop once the gradient is down to a tenth.
 */
const [NEWTON, CONJUGATE, REST] = [50, 50, 0.1];

/**
 * Logistic regression with the penalty `lambda/2·|w|²` on the sum of the losses; the bias is not penalised. Newton's
 * method, each step solved by conjugate gradients (Lin, Weng & Keerthi 2008), so that no m × m matrix is built.
 * @param present `[n]` 0 or 1
 * @param use rows to fit on
 * @returns a model in the space's coordinates
 * @throws RangeError when all rows have the same class
 */
export function fitPenalisedLogistic(
  { m, coordinates }: Pick<RowSpace, "m" | "coordinates">,
  present: Uint8Array,
  use: readonly number[],
  lambda: number,
): { weights: Float64Array; bias: number } {
  const right = use.reduce((sum, i) => sum + present[i], 0);
  if (right === 0 || right === use.length)
    throw new RangeError(`can't fit ${use.length} rows of one class (${right} positive)`);
  // beta[m] is the bias.
  const beta = new Float64Array(m + 1);
  beta[m] = Math.log(right / (use.length - right));
  const score = (vector: Float64Array, i: number) => {
    let sum = vector[m];
    for (let a = 0; a < m; a++) sum += vector[a] * coordinates[i * m + a];
    return sum;
  };
  /** `Xᵀ·each(i) + lambda·vector` */
  const gathered = (each: (i: number, at: number) => number, vector: Float64Array) => {
    const sum = new Float64Array(m + 1);
    use.forEach((i, at) => {
      const weight = each(i, at);
      for (let a = 0; a < m; a++) sum[a] += weight * coordinates[i * m + a];
      sum[m] += weight;
    });
    for (let a = 0; a < m; a++) sum[a] += lambda * vector[a];
    return sum;
  };
  const loss = (vector: Float64Array) => {
    let sum = 0;
    for (const i of use) {
      const z = present[i] === 1 ? score(vector, i) : -score(vector, i);
      sum += z > 0 ? Math.log1p(Math.exp(-z)) : Math.log1p(Math.exp(z)) - z;
    }
    for (let a = 0; a < m; a++) sum += (lambda / 2) * vector[a] ** 2;
    return sum;
  };
  let now = loss(beta);
  for (let round = 0; round < NEWTON; round++) {
    const p = use.map((i) => logistic(score(beta, i)));
    const gradient = gathered((i, at) => p[at] - present[i], beta);
    const step = conjugateGradients(
      (vector) => gathered((i, at) => p[at] * (1 - p[at]) * score(vector, i), vector),
      gradient,
    );
    let length = 1;
    let next = beta;
    let then = Infinity;
    for (; length > 1e-6 && !(then <= now); length /= 2) {
      next = beta.map((b, a) => b - length * step[a]);
      then = loss(next);
    }
    if (!(then <= now)) break;
    beta.set(next);
    if (now - then < 1e-10 * Math.max(1, now)) break;
    now = then;
  }
  return { weights: beta.slice(0, m), bias: beta[m] };
}

/**
 * Solves `A·x = b` approximately.
 * @param times multiplies A by a vector; A is positive semidefinite
 */
function conjugateGradients(times: (vector: Float64Array) => Float64Array, b: Float64Array): Float64Array {
  const inner = (u: Float64Array, v: Float64Array) => dot64(u, 0, v, 0, u.length);
  const x = new Float64Array(b.length);
  const rest = b.slice();
  const direction = b.slice();
  const begun = inner(b, b);
  let square = begun;
  for (let round = 0; round < CONJUGATE && square > REST ** 2 * begun; round++) {
    const along = times(direction);
    const curvature = inner(direction, along);
    if (!(curvature > 0)) break;
    const length = square / curvature;
    for (let a = 0; a < x.length; a++) {
      x[a] += length * direction[a];
      rest[a] -= length * along[a];
    }
    const before = square;
    square = inner(rest, rest);
    for (let a = 0; a < x.length; a++) direction[a] = rest[a] + (square / before) * direction[a];
  }
  return x;
}
