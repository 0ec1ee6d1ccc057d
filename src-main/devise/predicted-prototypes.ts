import { choleskyOf, solve } from "../math/cholesky";
import { aboutMean } from "../math/mean";
import { dot, normalise, unitRows } from "../math/vectors";

/**
 * Predicts the prototypes of labels without photos from those of the classes by kernel ridge regression, as Changpinyo
 * et al. 2017 predict exemplars of unseen classes: labels that are similar in meaning are assumed to look similar.
 */
export interface PrototypePredictor {
  /**
   * @param alike `[C]` similarity of a label to each class; see `labelSimilarity`
   * @param among gives the `[m, m]` similarities among some of the classes
   * @returns `[D]` of unit length; zeros for a label that is similar to no class
   * @throws RangeError when the similarities are not a valid kernel
   */
  predict(alike: Float32Array, among: (classes: number[]) => Float32Array): Float32Array;
  /**
   * How close a photo is to predicted prototypes, `[n]`, in units of the spread of its closeness to the classes.
   * @param feature `[D]`
   * @param predicted n prototypes of `[D]`
   */
  scores(feature: Float32Array, predicted: readonly Float32Array[]): Float32Array;
}

/** Number of most similar classes to predict from: using all is no better and takes far longer. */
const CLASSES = 100;

/** Ridge penalty; a class's similarity to itself is 2. With a smaller one, a label resembles only its nearest class. */
const PENALTY = 1;

/**
 * Similarity of labels and classes, `[L, C]` 0..2: the squared cosine of their word vectors plus their squared Lin
 * similarity in WordNet. Squaring suppresses what everything has in common.
 * @param labels `[L, E]`, unit-norm; zeros without a word vector
 * @param classes `[C, E]`, unit-norm; zeros without a word vector
 * @param similarity `[L, C]` of `linSimilarity`
 */
export function labelSimilarity(
  labels: Float32Array,
  classes: Float32Array,
  similarity: Float32Array,
  E: number,
): Float32Array {
  const C = classes.length / E;
  return similarity.map((lin, i) => dot(labels, Math.floor(i / C) * E, classes, (i % C) * E, E) ** 2 + lin ** 2);
}

/** @param prototypes `[C, D]`; scaled to unit length, and their mean subtracted */
export function prototypePredictor(prototypes: Float32Array, D: number): PrototypePredictor {
  const C = prototypes.length / D;
  const classes = aboutMean(unitRows(prototypes, D), D).about;
  return {
    predict(alike, among) {
      const nearest = Array.from(alike.keys())
        .sort((a, b) => alike[b] - alike[a] || a - b)
        .slice(0, CLASSES);
      const m = nearest.length;
      const penalised = Float64Array.from(among(nearest));
      for (let i = 0; i < m; i++) penalised[i * m + i] += PENALTY;
      const shares = solve(
        choleskyOf(penalised, m),
        Float64Array.from(nearest, (c) => alike[c]),
      );
      const prototype = new Float32Array(D);
      nearest.forEach((c, i) => {
        for (let d = 0; d < D; d++) prototype[d] += shares[i] * classes[c * D + d];
      });
      return normalise(prototype);
    },
    scores(feature, predicted) {
      // The origin is the classes' mean, so a photo's closeness to classes averages 0.
      let squares = 0;
      for (let c = 0; c < C; c++) squares += dot(feature, 0, classes, c * D, D) ** 2;
      const usual = Math.sqrt(squares / C);
      return Float32Array.from(predicted, (prototype) => (usual > 0 ? dot(feature, 0, prototype, 0, D) / usual : 0));
    },
  };
}
