/** The noise distribution of negative sampling: word counts to the power 0.75 (Mikolov et al. 2013). */

/** Walker's alias table: samples from any distribution over V items with two uniform numbers. */
export interface AliasTable {
  /** `[V]` probability of column i giving i */
  own: Float64Array<SharedArrayBuffer>;
  /** `[V]` what column i gives otherwise */
  alias: Int32Array<SharedArrayBuffer>;
}

const POWER = 0.75;

export const noiseWeights = (counts: Float64Array): Float64Array => counts.map((count) => count ** POWER);

/**
 * Vose's method, O(V).
 * @param weights `[V]`, ≥ 0, with a positive sum
 */
export function aliasTable(weights: Float64Array): AliasTable {
  const V = weights.length;
  const own = new Float64Array(new SharedArrayBuffer(8 * V));
  const alias = new Int32Array(new SharedArrayBuffer(4 * V));
  const mean = weights.reduce((a, b) => a + b, 0) / V;
  const shares = weights.map((weight) => weight / mean);
  const [small, large]: [number[], number[]] = [[], []];
  shares.forEach((share, i) => (share < 1 ? small : large).push(i));
  while (small.length > 0 && large.length > 0) {
    const [less, more] = [small.pop()!, large.pop()!];
    own[less] = shares[less];
    alias[less] = more;
    shares[more] -= 1 - shares[less];
    (shares[more] < 1 ? small : large).push(more);
  }
  for (const i of [...small, ...large]) [own[i], alias[i]] = [1, i]; // what rounding left over is full
  return { own, alias };
}

/** @param u uniform in [0, 1) @param v uniform in [0, 1) */
export function drawFrom({ own, alias }: AliasTable, u: number, v: number): number {
  const column = Math.floor(u * own.length);
  return v < own[column] ? column : alias[column];
}
