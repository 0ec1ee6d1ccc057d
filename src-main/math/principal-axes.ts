import { meanRow } from "./mean";
import { random } from "./random";
import { createRowMatrix, productsWith } from "./row-products";
import { dot64, normalise } from "./vectors";

/** The mean of rows of D numbers and the directions in which they vary most. */
export interface PrincipalAxes {
  /** `[D]` */
  mean: Float32Array;
  /** `[k, D]`, orthonormal, in descending order of variance */
  axes: Float32Array;
}

/** Rows sampled for the covariance. More rows hardly change the first axes and cost D² each. */
const SAMPLE_ROWS = 4000;
/**
 * Iterations of the subspace method: each shrinks the error by the ratio of the variances. Iterations within the
 * subspace are cheap, so there are more.
 */
const ROUNDS = 10;
const ROUNDS_WITHIN = 200;
/** Extra axes to iterate, which speed up convergence of the last one requested. */
const OVERSAMPLED_AXES = 8;
/** Axes with less than this fraction of the largest variance are noise and are dropped. */
const MIN_VARIANCE = 1e-6;

/**
 * Principal component analysis of rows `[n, D]`, scaled to unit length, by orthogonal iteration on the covariance of up
 * to 4,000 evenly spaced rows.
 * @param k axes requested; fewer are returned if the rows span fewer dimensions
 */
export function principalAxes(rows: Float32Array, D: number, k: number): PrincipalAxes {
  const n = rows.length / D;
  if (!Number.isInteger(n)) throw new RangeError(`${rows.length} numbers do not make rows of ${D}`);
  const sample = unitSample(rows, D);
  const m = sample.length / D;
  const mean = meanRow(sample, D);
  for (let i = 0; i < sample.length; i++) sample[i] -= mean[i % D];
  const covariance = covarianceOf(sample, D);
  const wide = Math.min(k + OVERSAMPLED_AXES, D, Math.max(0, m - 1));
  const multiply = fastMultiply(covariance, D);
  const basis = iterated(multiply, startOf(wide, D), D, ROUNDS);
  return { mean, axes: byVariance(multiply, rotated(multiply, basis, D), D).slice(0, k * D) };
}

/**
 * Projects rows `[n, D]`, scaled to unit length, onto the axes and scales the result `[n, k]` to unit length again.
 * Inner products of the result are similarities beyond what all rows have in common.
 */
export function projectOntoAxes(rows: Float32Array, { mean, axes }: PrincipalAxes): Float32Array {
  const D = mean.length;
  const k = axes.length / D;
  const n = rows.length / D;
  if (!Number.isInteger(n)) throw new RangeError(`${rows.length} numbers do not make rows of ${D}`);
  const out = new Float32Array(n * k);
  const alongAxes = productsWith(axes, D);
  for (let i = 0; i < n; i++) {
    const row = normalise(rows.slice(i * D, (i + 1) * D));
    for (let d = 0; d < D; d++) row[d] -= mean[d];
    out.set(alongAxes(row), i * k);
    normalise(out, i * k, k);
  }
  return out;
}

function unitSample(rows: Float32Array, D: number): Float32Array {
  const n = rows.length / D;
  const m = Math.min(n, SAMPLE_ROWS);
  const sample = new Float32Array(m * D);
  for (let i = 0; i < m; i++) {
    const from = Math.floor((i * n) / m) * D;
    sample.set(rows.subarray(from, from + D), i * D);
    normalise(sample, i * D, D);
  }
  return sample;
}

/** Covariance `[D, D]` of rows whose mean is zero, in single precision. */
function covarianceOf(rows: Float32Array, D: number): Float32Array {
  const m = rows.length / D;
  const columns = new Float32Array(rows.length);
  for (let i = 0; i < m; i++) for (let d = 0; d < D; d++) columns[d * m + i] = rows[i * D + d];
  const matrix = createRowMatrix(m);
  for (let d = 0; d < D; d++) matrix.set(d, columns, d * m);
  const covariance = new Float32Array(D * D);
  for (let a = 0; a < D; a++) covariance.set(matrix.products(columns.subarray(a * m, (a + 1) * m), a + 1), a * D);
  for (let a = 0; a < D; a++) for (let b = 0; b < a; b++) covariance[b * D + a] = covariance[a * D + b] /= m;
  for (let a = 0; a < D; a++) covariance[a * D + a] /= m;
  return covariance;
}

/** Orthogonal iteration: repeatedly multiplies rows by a symmetric matrix and orthonormalises them. */
function iterated(multiply: Multiply, start: Float64Array, D: number, rounds: number): Float64Array {
  let basis = orthonormal(start, D);
  for (let round = 0; round < rounds; round++) basis = orthonormal(multiply(basis), D);
  return basis;
}

/** Multiplies every row of `[k, D]` by a symmetric matrix `[D, D]`. */
type Multiply = (rows: Float64Array) => Float64Array;

/** In single precision with SIMD: a tenth of the time of `through`. */
function fastMultiply(matrix: Float32Array, D: number): Multiply {
  const multiply = productsWith(matrix, D);
  return (rows) => {
    const out = new Float64Array(rows.length);
    for (let at = 0; at < rows.length; at += D) out.set(multiply(Float32Array.from(rows.subarray(at, at + D))), at);
    return out;
  };
}

/** Rotates the basis `[w, D]` within its subspace so that its rows become eigenvectors (Rayleigh–Ritz). */
function rotated(multiply: Multiply, basis: Float64Array, D: number): Float64Array {
  const w = basis.length / D;
  const moved = multiply(basis);
  const within = Float64Array.from({ length: w * w }, (_, at) =>
    dot64(basis, Math.floor(at / w) * D, moved, (at % w) * D, D),
  );
  const turn = iterated(
    (rows) => through(within, rows, w),
    Float64Array.from({ length: w * w }, (_, at) => Number(at % (w + 1) === 0)),
    w,
    ROUNDS_WITHIN,
  );
  const out = new Float64Array(basis.length);
  for (let i = 0; i < w; i++)
    for (let j = 0; j < w; j++) for (let d = 0; d < D; d++) out[i * D + d] += turn[i * w + j] * basis[j * D + d];
  return out;
}

function startOf(k: number, D: number): Float64Array {
  const draw = random(1);
  return Float64Array.from({ length: k * D }, () => draw() - 0.5);
}

/** Multiplies every row of `[k, D]` by a symmetric matrix `[D, D]`. */
function through(matrix: Float64Array, rows: Float64Array, D: number): Float64Array {
  const out = new Float64Array(rows.length);
  for (let i = 0; i < rows.length / D; i++)
    for (let d = 0; d < D; d++) out[i * D + d] = dot64(rows, i * D, matrix, d * D, D);
  return out;
}

/** Gram–Schmidt, applied twice for accuracy. Rows that depend linearly on earlier ones become zero. */
function orthonormal(rows: Float64Array, D: number): Float64Array {
  for (let i = 0; i < rows.length; i += D) {
    const before = Math.sqrt(dot64(rows, i, rows, i, D));
    for (let pass = 0; pass < 2; pass++) {
      for (let j = 0; j < i; j += D) {
        const along = dot64(rows, i, rows, j, D);
        for (let d = 0; d < D; d++) rows[i + d] -= along * rows[j + d];
      }
    }
    const length = Math.sqrt(dot64(rows, i, rows, i, D));
    for (let d = 0; d < D; d++) rows[i + d] = length <= 1e-9 * before || length === 0 ? 0 : rows[i + d] / length;
  }
  return rows;
}

/**
 * The rows of `[k, D]` in descending order of variance, without those below `MIN_VARIANCE`. The largest number of each
 * is positive, so that similar photos have similar axes.
 */
function byVariance(multiply: Multiply, basis: Float64Array, D: number): Float32Array {
  const moved = multiply(basis);
  const order = Array.from({ length: basis.length / D }, (_, i) => ({
    i,
    variance: dot64(basis, i * D, moved, i * D, D),
  })).sort((a, b) => b.variance - a.variance);
  const kept = order.filter(({ variance }) => variance > MIN_VARIANCE * order[0].variance);
  const axes = new Float32Array(kept.length * D);
  kept.forEach(({ i }, place) => {
    const axis = basis.subarray(i * D, (i + 1) * D);
    const largest = axis.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0);
    axes.set(
      axis.map((value) => Math.sign(largest) * value),
      place * D,
    );
  });
  return axes;
}
