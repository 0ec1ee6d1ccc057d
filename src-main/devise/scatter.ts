import { dot, unitRows } from "../vectors";

/**
 * How features of one class scatter around its mean, `[D, D]`, row-major: the covariance within classes that linear discriminant analysis
 * (Fisher 1936) measures by. Features are taken at unit length.
 * @param features `[n, D]` @param classes `[n]` @throws RangeError when there is no photo
 */
export function scatterWithin(features: Float32Array, classes: ArrayLike<number>, D: number): Float32Array {
  const n = classes.length;
  if (n === 0 || features.length !== n * D) throw new RangeError(`${features.length} numbers are not features of ${n} photos × ${D}`);
  const rows = unitRows(features, D);
  const means = new Map<number, { sum: Float64Array; photos: number }>();
  for (let i = 0; i < n; i++) {
    let mean = means.get(classes[i]);
    if (!mean) means.set(classes[i], (mean = { sum: new Float64Array(D), photos: 0 }));
    mean.photos++;
    for (let d = 0; d < D; d++) mean.sum[d] += rows[i * D + d];
  }
  const scatter = new Float64Array(D * D);
  for (let i = 0; i < n; i++) {
    const { sum, photos } = means.get(classes[i])!;
    for (let d = 0; d < D; d++) rows[i * D + d] -= sum[d] / photos;
    for (let a = 0; a < D; a++) {
      const of = rows[i * D + a];
      for (let b = 0; b <= a; b++) scatter[a * D + b] += of * rows[i * D + b];
    }
  }
  return Float32Array.from(scatter, (_, at) => {
    const [a, b] = [Math.floor(at / D), at % D];
    return scatter[Math.max(a, b) * D + Math.min(a, b)] / n;
  });
}

/** Measures differences of features in units of what a class scatters: `L·Lᵀ` is the scatter drawn towards a sphere, rows of L to the diagonal. */
export interface Whitening { L: Float32Array; D: number }

/** What the scatter's mean over all directions counts beside it: few photos say little about each of D × D numbers (Ledoit & Wolf 2004 draw likewise). */
const TOWARDS_SPHERE = 1;

/** @param scatter `[D, D]` of `scatterWithin` @throws RangeError when it is none */
export function whiteningOf(scatter: Float32Array, D: number): Whitening {
  let trace = 0;
  for (let d = 0; d < D; d++) trace += scatter[d * D + d];
  if (scatter.length !== D * D || !(trace > 0)) throw new RangeError(`${scatter.length} numbers with trace ${trace} are no scatter of ${D} dimensions`);
  // Cholesky, row by row.
  const L = new Float32Array(D * D);
  for (let a = 0; a < D; a++) {
    for (let b = 0; b <= a; b++) {
      const rest = scatter[a * D + b] - dot(L, a * D, L, b * D, b) + (a === b ? (TOWARDS_SPHERE * trace) / D : 0);
      L[a * D + b] = a === b ? Math.sqrt(rest) : rest / L[b * D + b];
    }
  }
  return { L, D };
}

/** `L⁻¹·x` for every row of `[n, D]`, in place. */
export function whiten({ L, D }: Whitening, rows: Float32Array): Float32Array {
  for (let from = 0; from < rows.length; from += D) {
    for (let a = 0; a < D; a++) rows[from + a] = (rows[from + a] - dot(L, a * D, rows, from, a)) / L[a * D + a];
  }
  return rows;
}

/** `L⁻ᵀ·x`, in place: the direction among features whose inner product with a feature is that of x with the whitened feature. */
export function unwhiten({ L, D }: Whitening, x: Float32Array): Float32Array {
  for (let a = D - 1; a >= 0; a--) {
    x[a] /= L[a * D + a];
    for (let b = 0; b < a; b++) x[b] -= L[a * D + b] * x[a];
  }
  return x;
}
