import { setImmediate } from "node:timers/promises";
import { compareAll, indexRows } from "./nearest";
import { dot } from "./vectors";

/** Up to so many rows comparing all with all takes less time than building a graph. */
const EXHAUSTIVE_BELOW = 20_000;
/** Rows looked up between two breaths. */
const ROWS_PER_YIELD = 200;

/**
 * The k nearest other rows of every row of `[n, E]`, all of unit length: HNSW for many rows where it is there, else all
 * compared.
 * @param allWithAll up to so many rows all are compared @param onFound is told how many rows have been looked up
 * @returns `[n, k]` row numbers, nearest first, and Euclidean distances, 0..2; k is n − 1 where there are fewer rows
 */
export async function nearestToEach(
  rows: Float32Array,
  E: number,
  k: number,
  onFound: (done: number) => void = () => undefined,
  allWithAll = EXHAUSTIVE_BELOW,
): Promise<{ rows: Uint32Array; distances: Float32Array; k: number }> {
  const n = rows.length / E;
  if (!Number.isInteger(n)) throw new RangeError(`${rows.length} numbers are not rows of ${E}`);
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
    if (near.length < each) throw new Error(`row ${i}: ${near.length} of ${each} neighbours were found`);
    const apart = near.map((row) => Math.sqrt(Math.max(0, 2 - 2 * dot(rows, i * E, rows, row * E, E))));
    // The index may know distances less exactly than they are computed here.
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
