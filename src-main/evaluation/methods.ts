import type { LabelId } from "../../src-shared/contract";
import { projectRows } from "../devise/semantic-embedding";
import { softmax } from "../math/softmax";
import { dot, normalise } from "../math/vectors";

/** Visual output for n photos: D features, C classes. */
export interface ClassifierOutputs {
  /** `[n, D]`, row-major */
  features: Float32Array;
  /** `[n, C]`, each row sums to 1 */
  probabilities: Float32Array;
}

/** The L labels to rank. */
export interface Candidates {
  labels: readonly LabelId[];
  /** `[L, E]`, unit-norm; a zero row for a label without a word vector */
  vectors: Float32Array;
  /** `[L]` the visual model's classes that are the label: usually none or one, occasionally two */
  classes: Int32Array[];
}

/** A method prepared for given candidates. Scores a photo: `[L]`, −Infinity for labels it can never predict. */
export type Scorer = (photo: number) => Float32Array;
export type Method = (candidates: Candidates) => Scorer | Promise<Scorer>;

/** T of ConSE, as in its paper (Norouzi et al. 2014). */
const CONSE_CLASSES = 10;

/** The classifier itself, which can only predict its classes. */
export function softmaxBaseline({ probabilities }: ClassifierOutputs, C: number): Method {
  return ({ classes }) =>
    (photo) =>
      Float32Array.from(classes, (of) =>
        of.length === 0 ? -Infinity : of.reduce((sum, c) => sum + probabilities[photo * C + c], 0),
      );
}

/**
 * DeViSE: cosine of `Mv` and the label's vector. Its ablations differ in how M was fitted.
 * @param M `[E, D]`, row-major
 */
export function nearestWords({ features }: ClassifierOutputs, M: Float32Array, D: number): Method {
  return byCosine(projectRows(features, M, D), M.length / D);
}

/** DeViSE's control: random label vectors, the same as M was fitted with. */
export function randomWords(
  found: ClassifierOutputs,
  M: Float32Array,
  D: number,
  vectorOf: (label: LabelId) => Float32Array,
): Method {
  const method = nearestWords(found, M, D);
  const E = M.length / D;
  return (candidates) => {
    const vectors = new Float32Array(candidates.labels.length * E);
    candidates.labels.forEach((label, l) => vectors.set(vectorOf(label), l * E));
    return method({ ...candidates, vectors });
  };
}

/**
 * ConSE(10), Norouzi et al. 2014: cosine to the probability-weighted mean of the vectors of the ten most probable
 * classes.
 * @param classVectors `[C, E]`
 */
export function conse({ probabilities }: ClassifierOutputs, classVectors: Float32Array, E: number): Method {
  const C = classVectors.length / E;
  const embeddings = new Float32Array((probabilities.length / C) * E);
  for (let photo = 0; photo * C < probabilities.length; photo++) {
    const row = probabilities.subarray(photo * C, (photo + 1) * C);
    const likeliest = Array.from(row.keys())
      .sort((a, b) => row[b] - row[a] || a - b)
      .slice(0, CONSE_CLASSES);
    for (const c of likeliest)
      for (let e = 0; e < E; e++) embeddings[photo * E + e] += row[c] * classVectors[c * E + e];
  }
  return byCosine(embeddings, E);
}

/** @param places `[n, E]`, of any length */
function byCosine(embeddings: Float32Array, E: number): Method {
  return ({ vectors, labels }) => {
    const empty = labels.map((_, l) => dot(vectors, l * E, vectors, l * E, E) === 0);
    return (photo) => {
      const embedding = normalise(embeddings.slice(photo * E, (photo + 1) * E));
      return Float32Array.from(labels, (_, l) => (empty[l] ? -Infinity : dot(vectors, l * E, embedding, 0, E)));
    };
  };
}

/**
 * Softmax of logits over a subset of the classes, `[n, kept]`.
 * @param logits `[n, C]`
 */
export function softmaxOver(logits: Float32Array, C: number, kept: readonly number[]): Float32Array {
  const n = logits.length / C;
  const probabilities = new Float32Array(n * kept.length);
  for (let i = 0; i < n; i++) {
    const row = Float64Array.from(kept, (c) => logits[i * C + c]);
    probabilities.set(softmax(row, 1, row), i * kept.length);
  }
  return probabilities;
}
