import { type Cholesky, choleskyOf, solve, solveLower } from "../math/cholesky";
import type { RowSpace } from "./row-space";

/** Ridge regression, factorised once and solved for any penalty `lambda·|w|²`; the bias is not penalised. */
export interface Ridge {
  /** Models for targets `[n]`, in the space's coordinates. */
  fit(targets: Float64Array[], lambda: number): { weights: Float64Array; bias: number }[];
  /**
   * Leave-one-out predictions, `[n]` for each target: exact without refitting, from the leverages `h` of the rows: `ŷ₋ᵢ
   * = (ŷᵢ − hᵢ·yᵢ) / (1 − hᵢ)` (Allen 1974).
   */
  leaveOneOut(targets: Float64Array[], lambda: number): Float64Array[];
}

export function ridgeOf({ n, m, coordinates }: RowSpace): Ridge {
  const products = new Float64Array(m * m);
  for (let i = 0; i < n; i++) {
    for (let a = 0; a < m; a++) {
      const x = coordinates[i * m + a];
      if (x !== 0) for (let b = 0; b <= a; b++) products[a * m + b] += x * coordinates[i * m + b];
    }
  }
  const factorOf = (lambda: number) => {
    const penalised = products.slice();
    for (let a = 0; a < m; a++) penalised[a * m + a] += lambda;
    return choleskyOf(penalised, m);
  };
  const model = (factor: Cholesky, target: Float64Array) => {
    const bias = target.reduce((sum, y) => sum + y, 0) / n;
    const weights = new Float64Array(m);
    for (let i = 0; i < n; i++) for (let a = 0; a < m; a++) weights[a] += coordinates[i * m + a] * (target[i] - bias);
    return { weights: solve(factor, weights), bias };
  };
  return {
    fit(targets, lambda) {
      const factor = factorOf(lambda);
      return targets.map((target) => model(factor, target));
    },
    leaveOneOut(targets, lambda) {
      const factor = factorOf(lambda);
      const leverage = Float64Array.from({ length: n }, (_, i) => {
        const half = solveLower(factor, coordinates.slice(i * m, (i + 1) * m));
        return 1 / n + half.reduce((sum, x) => sum + x * x, 0);
      });
      return targets.map((target) => {
        const { weights, bias } = model(factor, target);
        return Float64Array.from({ length: n }, (_, i) => {
          let said = bias;
          for (let a = 0; a < m; a++) said += weights[a] * coordinates[i * m + a];
          return (said - leverage[i] * target[i]) / (1 - leverage[i]);
        });
      });
    },
  };
}
