import { meanRow } from "../math/mean";
import { normalise, unitRows } from "../math/vectors";

/**
 * Weight of the excluded photos. Rocchio (1971) subtracts their mean; half of it keeps what both sides have in common.
 */
export const NEGATIVE_WEIGHT = 0.5;

/**
 * The query vector of a similarity search: the mean of the liked rows minus the weighted mean of the others, with all
 * rows at unit length (Rocchio 1971).
 * @param like `[p, D]`, p ≥ 1
 * @param unlike `[q, D]`
 * @returns `[D]`, unit length
 * @throws RangeError if `like` is empty, or if a length isn't a multiple of D
 */
export function rocchioQuery(like: Float32Array, unlike: Float32Array, D: number): Float32Array {
  if (like.length === 0) throw new RangeError("a similarity search needs at least one photo");
  const query = meanOfUnits(like, D);
  const others = meanOfUnits(unlike, D);
  for (let d = 0; d < D; d++) query[d]! -= NEGATIVE_WEIGHT * others[d]!;
  return normalise(query);
}

function meanOfUnits(rows: Float32Array, D: number): Float32Array {
  if (rows.length % D !== 0) throw new RangeError(`expected rows of ${D} numbers, got ${rows.length} numbers`);
  return meanRow(unitRows(rows, D), D);
}
