import { normalise } from "../vectors";
import { createRowMatrix } from "../search/row-products";

/** Examples of classes: a photo with two labels is an example of two. */
export interface LabelledRows {
  /** `[n, D]` of unit length */
  rows: Float32Array;
  /** `[n]` class of each, 0 ≤ class < C */
  classes: ArrayLike<number>;
  /** C */
  C: number;
}

/**
 * How near each example stands to each class by what the other examples say: cosines to the classes' means, its own class's mean taken without
 * it (cross-validation with as many folds as examples, which a nearest class mean gives for the price of one). 0 to a class that has no other example.
 * @returns the cosines `[C]` of example i; the array is overwritten by the next call
 * @throws RangeError when shapes do not fit each other, or a class is none of them
 */
export function leaveOneOut({ rows, classes, C }: LabelledRows): (i: number) => Float32Array {
  const n = classes.length;
  const D = rows.length / n;
  if (!Number.isInteger(D)) throw new RangeError(`${rows.length} numbers are not rows of ${n} examples`);
  const sums = new Float64Array(C * D);
  for (let i = 0; i < n; i++) {
    if (!(classes[i] < C)) throw new RangeError(`example ${i} is of class ${classes[i]}, there are ${C}`);
    for (let d = 0; d < D; d++) sums[classes[i] * D + d] += rows[i * D + d];
  }
  const means = createRowMatrix(D);
  const unitMeans = Float32Array.from(sums);
  for (let c = 0; c < C; c++) means.set(c, normalise(unitMeans, c * D, D), c * D);
  return (i) => {
    const row = rows.subarray(i * D, (i + 1) * D);
    const cosines = means.products(row, C);
    let [inner, square] = [0, 0];
    for (let d = 0; d < D; d++) {
      const other = sums[classes[i] * D + d] - row[d];
      inner += other * row[d];
      square += other * other;
    }
    cosines[classes[i]] = square > NOTHING ? inner / Math.sqrt(square) : 0;
    return cosines;
  };
}

/** Squared length of a sum that is only rounding. */
const NOTHING = 1e-9;
