import { choleskyOf, solve } from "../math/cholesky";
import { aboutMean } from "../math/mean";
import { dot, normalise, unitRows } from "../math/vectors";

/**
 * Predicts what labels without photos look like from what classes look like, by kernel ridge regression (Changpinyo et
 * al. 2017 predict
 * exemplars of unseen classes likewise): labels alike in meaning are taken to be alike in looks.
 */
export interface PrototypePredictor {
  /**
   * @param alike `[C]` `likeness` of a label and each class
   * @param among `[m, m]` likeness of some classes to each other
   * @returns `[D]` of unit length; zeros for a label that is like no class
   * @throws RangeError when no regression can be made of the likeness
   */
  predict(alike: Float32Array, among: (classes: number[]) => Float32Array): Float32Array;
  /**
   * How near a photo stands to predicted prototypes, `[n]`, in units of how its nearness to classes varies. @param
   * feature `[D]` @param predicted n rows of `[D]`
   */
  scores(feature: Float32Array, predicted: readonly Float32Array[]): Float32Array;
}

/**
 * Classes that a label is predicted from, those most like it: with all of them prediction is no better and takes far
 * longer.
 */
const CLASSES = 100;

/**
 * Of the regression, where a class is like itself by 2: with less of it a label takes after the single class nearest to
 * it.
 */
const PENALTY = 1;

/**
 * How alike labels and classes are by their words and by what they both are, `[L, C]` 0..2: the squared cosine of their
 * vectors and their
 * squared similarity in WordNet. Squares leave little of what everything has in common.
 * @param labels `[L, E]` @param classes `[C, E]`, unit-norm; rows of zeros where there is no word @param similarity
 *   `[L, C]` of `linSimilarity`
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

/** @param prototypes `[C, D]`, used at unit length less their mean */
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
      // The classes' mean is the origin, so a photo is near to them by 0 on average.
      let squares = 0;
      for (let c = 0; c < C; c++) squares += dot(feature, 0, classes, c * D, D) ** 2;
      const usual = Math.sqrt(squares / C);
      return Float32Array.from(predicted, (prototype) => (usual > 0 ? dot(feature, 0, prototype, 0, D) / usual : 0));
    },
  };
}
