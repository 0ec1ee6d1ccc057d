/** `L` with `L·Lᵀ = A`: lower triangular, `[m, m]`, row-major. */
export interface Cholesky {
  L: Float64Array;
  m: number;
}

/**
 * @param A `[m, m]` symmetric, positive definite; only its lower half is read
 * @throws RangeError when it is not positive definite
 */
export function choleskyOf(A: Float64Array, m: number): Cholesky {
  const L = new Float64Array(m * m);
  for (let a = 0; a < m; a++) {
    for (let b = 0; b <= a; b++) {
      let rest = A[a * m + b];
      for (let k = 0; k < b; k++) rest -= L[a * m + k] * L[b * m + k];
      if (a !== b) L[a * m + b] = rest / L[b * m + b];
      else if (rest > 0) L[a * m + a] = Math.sqrt(rest);
      else throw new RangeError(`a matrix of ${m} × ${m} is not positive definite: ${rest} is left at ${a}`);
    }
  }
  return { L, m };
}

/** `L⁻¹·x`, in place. */
export function solveLower({ L, m }: Cholesky, x: Float64Array): Float64Array {
  for (let a = 0; a < m; a++) {
    let rest = x[a];
    for (let k = 0; k < a; k++) rest -= L[a * m + k] * x[k];
    x[a] = rest / L[a * m + a];
  }
  return x;
}

/** `L⁻ᵀ·x`, in place. */
export function solveUpper({ L, m }: Cholesky, x: Float64Array): Float64Array {
  for (let a = m - 1; a >= 0; a--) {
    x[a] /= L[a * m + a];
    for (let k = 0; k < a; k++) x[k] -= L[a * m + k] * x[a];
  }
  return x;
}
