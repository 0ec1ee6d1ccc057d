/** Solves `A·X = B` for symmetric positive definite A by Cholesky factorisation (Golub & Van Loan, section 4.2). */

/** The lower triangular `L` with `L·Lᵀ = A`: `[m, m]`, row-major. */
export interface Cholesky {
  L: Float64Array;
  m: number;
}

/**
 * @param A `[m, m]`, symmetric positive definite; only the lower triangle is read
 * @throws RangeError with the row and its pivot when A is not positive definite
 */
export function choleskyOf(A: Float64Array, m: number): Cholesky {
  const L = new Float64Array(m * m);
  const failed = factorise(A, L, m);
  if (failed)
    throw new RangeError(`matrix of ${m} × ${m} is not positive definite: row ${failed.row} has pivot ${failed.pivot}`);
  return { L, m };
}

/** Like `choleskyOf`, but returns null when A is not positive definite. */
export function choleskyOrNull(A: Float64Array, m: number): Cholesky | null {
  const L = new Float64Array(m * m);
  return factorise(A, L, m) ? null : { L, m };
}

/**
 * Fills L.
 * @returns the first row whose pivot is not positive, or null
 */
function factorise(A: Float64Array, L: Float64Array, m: number): { row: number; pivot: number } | null {
  for (let a = 0; a < m; a++) {
    for (let b = 0; b <= a; b++) {
      let rest = A[a * m + b];
      for (let k = 0; k < b; k++) rest -= L[a * m + k] * L[b * m + k];
      if (a !== b) L[a * m + b] = rest / L[b * m + b];
      else if (rest > 0) L[a * m + a] = Math.sqrt(rest);
      else return { row: a, pivot: rest };
    }
  }
  return null;
}

/** Computes `A⁻¹·b` in place. @param b `[m]` */
export const solve = (factor: Cholesky, b: Float64Array): Float64Array => solveUpper(factor, solveLower(factor, b));

/** Computes `L⁻¹·x` in place (forward substitution). @param x `[m]` */
export function solveLower({ L, m }: Cholesky, x: Float64Array): Float64Array {
  for (let a = 0; a < m; a++) {
    let rest = x[a];
    for (let k = 0; k < a; k++) rest -= L[a * m + k] * x[k];
    x[a] = rest / L[a * m + a];
  }
  return x;
}

/** Computes `L⁻ᵀ·x` in place (back substitution). @param x `[m]` */
export function solveUpper({ L, m }: Cholesky, x: Float64Array): Float64Array {
  for (let a = m - 1; a >= 0; a--) {
    x[a] /= L[a * m + a];
    for (let k = 0; k < a; k++) x[k] -= L[a * m + k] * x[a];
  }
  return x;
}

/** Computes `A⁻¹·B` in place, one column at a time. @param B `[m, w]` row-major */
export function solveColumns(factor: Cholesky, B: Float64Array): Float64Array {
  const { m } = factor;
  const w = B.length / m;
  const column = new Float64Array(m);
  for (let e = 0; e < w; e++) {
    for (let a = 0; a < m; a++) column[a] = B[a * w + e];
    solve(factor, column);
    for (let a = 0; a < m; a++) B[a * w + e] = column[a];
  }
  return B;
}
