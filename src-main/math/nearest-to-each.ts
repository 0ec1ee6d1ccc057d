import { setImmediate } from "node:timers/promises";
import { compareAll, indexRows } from "./nearest";
import { dot } from "./vectors";

/** Up to this many rows, comparing all pairs is faster than building a graph. */
const EXHAUSTIVE_BELOW = 20_000;
/** Rows searched between yields. */
const ROWS_PER_YIELD = 200;

/**
 * Finds the k nearest other rows for every row of `[n, E]`. Rows must have unit length. Uses HNSW above `allWithAll`
 * rows if it is installed, otherwise compares all pairs.
 * @param onFound called with the number of rows searched so far
 * @param allWithAll compare all pairs up to this many rows
 * @returns `[n, k]` row numbers, nearest first, and their Euclidean distances, 0..2; k is reduced to n − 1 if there are
 * fewer rows
 */
export async function nearestToEach(
  rows: Float32Array,
  E: number,
  k: number,
  onFound: (done: number) => void = () => undefined,
  allWithAll = EXHAUSTIVE_BELOW,
): Promise<{ rows: Uint32Array; distances: Float32Array; k: number }> {
  const n = rows.length / E;
  if (!Number.isInteger(n)) throw new RangeError(`${rows.length} numbers do not make rows of ${E}`);
  const each = Math.max(0, Math.min(k, n - 1));
  const found = new Uint32Array(n * each);
  const distances = new Float32Array(n * each);
  const index = n > allWithAll ? await indexRows(rows, E, allWithAll) : null;
  const nearest = index?.kind === "hnsw" ? index : compareAll(rows, E);
  for (let i = 0; i < n; i++) {
    const near = nearest
      .rows(rows.subarray(i * E, (i + 1) * E), each + 1)
      .filter((row) => row !== i)
      .slice(0, each);
    if (near.length < each) throw new Error(`found ${near.length} of ${each} neighbours of row ${i}`);
    const apart = near.map((row) => Math.sqrt(Math.max(0, 2 - 2 * dot(rows, i * E, rows, row * E, E))));
    // The index's own distances may be less exact than those computed here, so sort again.
    near
      .map((row, j) => ({ row, distance: apart[j] }))
      .sort((a, b) => a.distance - b.distance)
      .forEach(({ row, distance }, j) => {
        found[i * each + j] = row;
        distances[i * each + j] = distance;
      });
    if (i % ROWS_PER_YIELD === ROWS_PER_YIELD - 1) {
      onFound(i + 1);
      await setImmediate();
    }
  }
  onFound(n);
  return { rows: found, distances, k: each };
}
