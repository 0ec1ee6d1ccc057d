import { highest } from "../math/highest";
import { productsWith } from "../math/row-products";
import { dot, normalise } from "../math/vectors";
import type { ConceptScores } from "./concepts";

/** The visual model's output for n photos: features and the K most probable classes. */
export interface VisualOutput {
  /** `[n, D]`, row-major */
  features: Float32Array;
  /** `[n, K]` class indices, most probable first */
  classes: Uint16Array;
  /** `[n, K]` their probabilities, 0..1 */
  probabilities: Float32Array;
  /** What detectors and scenes found; absent if the pack has neither. */
  concepts?: ConceptScores;
}

/** Classes stored per photo; the rest nearly always have probabilities below 1%. */
export const STORED_CLASSES = 32;

/** Classes averaged by ConSE, as in the paper (Norouzi et al. 2014, T = 10). */
export const CONSE_CLASSES = 10;

/**
 * Semantic embeddings of photos, `[n, E]` of unit length: the sum of two unit vectors, DeViSE's projection `Mv` and
 * ConSE's probability-weighted mean of class vectors. Each finds neighbours that the other misses (`semblance evaluate`
 * compares them).
 * @param M `[E, D]`, row-major
 * @param classVectors `[C, E]`, unit-norm; zeros for a class without a word vector
 * @param project `projectRows`, or `projectManyRows` for a thousand rows
 */
export function semanticEmbeddings(
  output: VisualOutput,
  M: Float32Array,
  classVectors: Float32Array,
  D: number,
  project = projectRows,
): Float32Array {
  const E = M.length / D;
  const n = output.features.length / D;
  if (!Number.isInteger(E) || !Number.isInteger(n))
    throw new RangeError(
      `projection of ${M.length} and features of ${output.features.length} numbers do not fit ${D} dimensions`,
    );
  const K = output.classes.length / n;
  const embeddings = project(output.features, M, D);
  const conse = new Float32Array(E);
  for (let i = 0; i < n; i++) {
    normalise(embeddings, i * E, E);
    conseEmbedding(
      output.classes.subarray(i * K, (i + 1) * K),
      output.probabilities.subarray(i * K, (i + 1) * K),
      classVectors,
      conse,
    );
    for (let e = 0; e < E; e++) embeddings[i * E + e] += conse[e];
    normalise(embeddings, i * E, E);
  }
  return embeddings;
}

/**
 * One photo's convex combination (ConSE): the probability-weighted mean of its classes' vectors, at unit length. @param
 * into `[E]`, overwritten
 */
function conseEmbedding(
  classes: Uint16Array,
  probabilities: Float32Array,
  classVectors: Float32Array,
  into: Float32Array,
): Float32Array {
  const E = into.length;
  into.fill(0);
  for (let k = 0; k < Math.min(classes.length, CONSE_CLASSES); k++) {
    for (let e = 0; e < E; e++) into[e] += probabilities[k] * classVectors[classes[k] * E + e];
  }
  return normalise(into);
}

/**
 * Disagreement between the classifier and the projection on a photo: 1 minus the cosine between ConSE's vector and
 * `Mv`, 0 (same direction) to 1 (orthogonal or opposite). Derived from the semantic embedding, which bisects the angle
 * between the two unit vectors.
 * @param embedding `[E]`, one row of `semanticEmbeddings`
 * @param classes `[K]` classes of the same photo, with their probabilities
 * @returns null if the embedding is zero, or none of the classes has a word vector
 */
export function disagreement(
  embedding: Float32Array,
  classes: Uint16Array,
  probabilities: Float32Array,
  classVectors: Float32Array,
): number | null {
  const E = embedding.length;
  const conse = conseEmbedding(classes, probabilities, classVectors, new Float32Array(E));
  if (dot(conse, 0, conse, 0, E) === 0 || dot(embedding, 0, embedding, 0, E) === 0) return null;
  const half = dot(embedding, 0, conse, 0, E);
  return Math.min(1, Math.max(0, 2 - 2 * half * half)); // 1 − cos 2α, with cos α = half
}

/** Projects features `[n, D]` to `V·Mᵀ`, `[n, E]`, not normalised. */
export function projectRows(features: Float32Array, M: Float32Array, D: number): Float32Array {
  const E = M.length / D;
  const n = features.length / D;
  const out = new Float32Array(n * E);
  for (let i = 0; i < n; i++) {
    for (let e = 0; e < E; e++) out[i * E + e] = dot(features, i * D, M, e * D, D);
  }
  return out;
}

/** The same in single precision with SIMD, which takes a third of the time from some hundred rows on. */
export function projectManyRows(features: Float32Array, M: Float32Array, D: number): Float32Array {
  const E = M.length / D;
  const n = features.length / D;
  const productsWithM = productsWith(M, D);
  const out = new Float32Array(n * E);
  for (let i = 0; i < n; i++) out.set(productsWithM(features.subarray(i * D, (i + 1) * D)), i * E);
  return out;
}

/** The K most probable classes of each photo, with softmax probabilities of its logits `[n, C]`. */
export function topClasses(
  logits: Float32Array,
  C: number,
  K: number,
): { classes: Uint16Array; probabilities: Float32Array } {
  const n = logits.length / C;
  const classes = new Uint16Array(n * K);
  const probabilities = new Float32Array(n * K);
  for (let i = 0; i < n; i++) {
    const row = logits.subarray(i * C, (i + 1) * C);
    const most = row.reduce((a, b) => Math.max(a, b), -Infinity);
    const exponentials = row.map((x) => Math.exp(x - most));
    const sum = exponentials.reduce((a, b) => a + b, 0);
    const order = highest(row, K);
    for (let k = 0; k < K; k++) {
      classes[i * K + k] = order[k];
      probabilities[i * K + k] = exponentials[order[k]] / sum;
    }
  }
  return { classes, probabilities };
}
