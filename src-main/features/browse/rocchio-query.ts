import { meanRow } from "../../math/mean";
import { normalise, unitRows } from "../../math/vectors";

/**
 * How much the photos that are not wanted weigh against those that are: Rocchio (1971) subtracts their mean; half of it
 * keeps what both have in common.
 */
export const NEGATIVE_WEIGHT = 0.5;

/**
 * What to look for: the mean of the liked rows less the weighted mean of the others, all at unit length (Rocchio 1971).
 * @param like `[p, D]`, p ≥ 1 @param unlike `[q, D]`
 * @returns `[D]` of unit length
 */
export function rocchioQuery(like: Float32Array, unlike: Float32Array, D: number): Float32Array {
  if (like.length === 0) throw new RangeError("no photo to look for");
  const query = meanOfUnits(like, D);
  const others = meanOfUnits(unlike, D);
  for (let d = 0; d < D; d++) query[d]! -= NEGATIVE_WEIGHT * others[d]!;
  return normalise(query);
}

function meanOfUnits(rows: Float32Array, D: number): Float32Array {
  if (rows.length % D !== 0) throw new RangeError(`${rows.length} numbers are not rows of ${D}`);
  return meanRow(unitRows(rows, D), D);
}
