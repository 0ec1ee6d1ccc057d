import { dot } from "../math/vectors";
import type { LabelSpace } from "./ranking-numbers";

/** Prior standard deviation of a label's cosines, and its weight in photos: a few classes say little about hubs. */
const PRIOR = { deviation: 0.1, photos: 10 };

/**
 * Mean and standard deviation of every label's cosine over the reference embeddings. The deviation is shrunk towards
 * the prior, so that a few reference photos that happen to lie close together don't give every word a high z-score. 0
 * for a label without a vector.
 * @param vectors     `[L, E]`
 * @param cosinesWith a vector's cosines `[R]` with the reference embeddings, as from `productsWith`
 */
export function hubness(
  vectors: Float32Array,
  cosinesWith: (vector: Float32Array) => Float32Array,
  E: number,
): { mean: Float32Array; deviation: Float32Array } {
  const L = vectors.length / E;
  const mean = new Float32Array(L);
  const deviation = new Float32Array(L);
  for (let l = 0; l < L; l++) {
    let [sum, squares] = [0, 0];
    const cosines = cosinesWith(vectors.subarray(l * E, (l + 1) * E));
    const R = cosines.length;
    for (const cosine of cosines) {
      sum += cosine;
      squares += cosine * cosine;
    }
    mean[l] = sum / R;
    const variance = Math.max(0, squares / R - mean[l] ** 2);
    if (squares > 0)
      deviation[l] = Math.sqrt((R * variance + PRIOR.photos * PRIOR.deviation ** 2) / (R + PRIOR.photos));
  }
  return { mean, deviation };
}

/**
 * Rows `[L, E + 1]` whose inner product with `[embedding, 1]` is the label's z-score, so that an index over them finds
 * the nearest labels with hubness already corrected.
 */
export function zScoreRows({ vectors, mean, deviation }: LabelSpace): Float32Array {
  const L = mean.length;
  const E = vectors.length / L;
  const rows = new Float32Array(L * (E + 1));
  for (let l = 0; l < L; l++) {
    if (deviation[l] === 0) continue;
    for (let e = 0; e < E; e++) rows[l * (E + 1) + e] = vectors[l * E + e] / deviation[l];
    rows[l * (E + 1) + E] = -mean[l] / deviation[l];
  }
  return rows;
}

/**
 * z-score: by how many standard deviations the label is closer to an embedding than to the reference photos; 0 for a
 * label without a vector.
 */
export function zScore(space: LabelSpace, label: number, embedding: Float32Array): number {
  const E = embedding.length;
  if (space.deviation[label] === 0) return 0;
  return (dot(space.vectors, label * E, embedding, 0, E) - space.mean[label]) / space.deviation[label];
}
