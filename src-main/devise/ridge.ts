import { choleskyOf, solveLower, solveUpper, type Cholesky } from "./cholesky";
import type { RowSpace } from "./row-space";

/** Least squares with the penalty `lambda·|w|²`; the bias is free. */
interface Ridge {
  factor: Cholesky;
  /** `[m]` for a target `[n]` */
  fit(target: Float64Array): { weights: Float64Array; bias: number };
}

function ridgeOn({ n, m, coordinates }: RowSpace, lambda: number): Ridge {
  const A = new Float64Array(m * m);
  for (let i = 0; i < n; i++) {
    for (let a = 0; a < m; a++) {
      const x = coordinates[i * m + a];
      if (x !== 0) for (let b = 0; b <= a; b++) A[a * m + b] += x * coordinates[i * m + b];
    }
  }
  for (let a = 0; a < m; a++) A[a * m + a] += lambda;
  const factor = choleskyOf(A, m);
  return {
    factor,
    fit(target) {
      const bias = target.reduce((sum, y) => sum + y, 0) / n;
      const weights = new Float64Array(m);
      for (let i = 0; i < n; i++) for (let a = 0; a < m; a++) weights[a] += coordinates[i * m + a] * (target[i] - bias);
      return { weights: solveUpper(factor, solveLower(factor, weights)), bias };
    },
  };
}

/** Ridge regression of targets `[n]` each. @returns models in the space's coordinates */
export function fitRidge(space: RowSpace, targets: Float64Array[], lambda: number): { weights: Float64Array; bias: number }[] {
  const ridge = ridgeOn(space, lambda);
  return targets.map((target) => ridge.fit(target));
}

/**
 * What ridge regression says of each row when it is fitted on all others: exact, without a second fit, by the leverages `h` of the rows:
 * `ŷ₋ᵢ = (ŷᵢ − hᵢ·yᵢ) / (1 − hᵢ)` (Allen 1974).
 * @param targets each `[n]` @returns for each `[n]`
 */
export function ridgeLeaveOneOut(space: RowSpace, targets: Float64Array[], lambda: number): Float64Array[] {
  const { n, m, coordinates } = space;
  const ridge = ridgeOn(space, lambda);
  const leverage = Float64Array.from({ length: n }, (_, i) => {
    const half = solveLower(ridge.factor, coordinates.slice(i * m, (i + 1) * m));
    return 1 / n + half.reduce((sum, x) => sum + x * x, 0);
  });
  return targets.map((target) => {
    const { weights, bias } = ridge.fit(target);
    return Float64Array.from({ length: n }, (_, i) => {
      let said = bias;
      for (let a = 0; a < m; a++) said += weights[a] * coordinates[i * m + a];
      return (said - leverage[i] * target[i]) / (1 - leverage[i]);
    });
  });
}
