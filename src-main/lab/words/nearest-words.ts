/** A word's nearest neighbours by cosine. */
import { normalise } from "../../math/vectors";

/** `[N, E]` row-major, each row scaled to unit length in place; zero rows stay zero. */
export function toUnitRows(vectors: Float32Array, E: number): Float32Array {
  for (let from = 0; from < vectors.length; from += E) normalise(vectors, from, E);
  return vectors;
}

/**
 * The `n` rows nearest to a vector, nearest first, excluding `but`.
 * @param rows unit rows `[N, E]`
 */
export function nearestRows(
  rows: Float32Array,
  vector: Float32Array,
  n: number,
  but: ReadonlySet<number>,
): { row: number; cosine: number }[] {
  const E = vector.length;
  const found: { row: number; cosine: number }[] = [];
  for (let row = 0; row < rows.length / E; row++) {
    if (but.has(row)) continue;
    let cosine = 0;
    for (let e = 0; e < E; e++) cosine += rows[row * E + e] * vector[e];
    if (found.length === n && cosine <= found[n - 1].cosine) continue;
    if (found.length === n) found.pop();
    const at = found.findIndex((each) => each.cosine < cosine);
    found.splice(at < 0 ? found.length : at, 0, { row, cosine });
  }
  return found;
}
