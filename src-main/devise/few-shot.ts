import { choleskyOf, solve } from "../math/cholesky";
import { concat } from "../math/concat";
import { dot, dot64 } from "../math/vectors";
import type { FeatureSpace } from "./feature-space";

/** Annotations of one label, as rows of annotated photos. */
export interface FewShotExamples {
  accepted: number[];
  rejected: number[];
  /** Photos that don't count for this label, because it is not known whether they show it. */
  unknown: number[];
  /** Photos that are equally likely to show it or not. */
  even?: number[];
}

/** A classifier learned from few examples: one direction in the feature space for each of T labels. */
export interface FewShotClassifier {
  space: FeatureSpace;
  /** `[T, W]`; zeros for a label without examples */
  vectors: Float32Array;
  /** `[T]` number of accepted photos */
  examples: Uint32Array;
}

/** Weight of a photo's loss relative to half the squared length of the directions, for rows of about unit length. */
const LOSS_WEIGHT = 10;
/** Steps of the fit; more don't improve predictions on new photos. */
const STEPS = 6;

/**
 * Fits a direction per label by multinomial logistic regression on all annotated photos. One more class, "none of
 * these", has a fixed score of 0: it represents the centre of the space, where photos in general are, and gives a
 * single label something to compete with. A photo with several labels is an example of each of them. Photos without
 * annotations take no part; the space itself sets labels apart from them, because it damps the differences that photos
 * generally have.
 *
 * Takes accelerated gradient steps (Nesterov 1983) under a fixed bound on the curvature (Böhning 1992), so that one
 * Cholesky factor serves them all.
 * @param rows `[n, W]` of `whitenedRows`, each photo once
 */
export function fitFewShot(
  space: FeatureSpace,
  rows: Float32Array,
  labels: FewShotExamples[],
  steps = STEPS,
): FewShotClassifier {
  const W = space.width;
  const [n, T] = [rows.length / W, labels.length];
  const vectors = new Float32Array(T * W);
  const classifier = { space, vectors, examples: Uint32Array.from(labels, ({ accepted }) => accepted.length) };
  if (n === 0 || T === 0) return classifier;
  const kernel = kernelOf(rows, n, W);
  const factor = choleskyOf(
    Float64Array.from(kernel, (x, at) => (at % (n + 1) === 0 ? x + 2 / LOSS_WEIGHT : x)),
    n,
  );
  const slopes = lossSlopes(labels, n);
  /** `shares[t]`, `[n]`: the coefficient of each photo in label t's direction. */
  let shares = labels.map(() => new Float64Array(n));
  let ahead = shares;
  let momentum = 1;
  for (let step = 0; step < steps; step++) {
    const slope = slopes(ahead.map((of) => products(kernel, of, n)));
    const next = (1 + Math.sqrt(1 + 4 * momentum * momentum)) / 2;
    const before = shares;
    shares = ahead.map((of, t) => {
      const away = solve(
        factor,
        of.map((share, i) => share + LOSS_WEIGHT * slope[t][i]),
      );
      return of.map((share, i) => share - (2 / LOSS_WEIGHT) * away[i]);
    });
    ahead = shares.map((of, t) => of.map((share, i) => share + ((momentum - 1) / next) * (share - before[t][i])));
    momentum = next;
  }
  // Directions grow longer the more labels compete, so scale by the scores of the labels' own photos.
  const own = labels.flatMap(({ accepted }, t) => {
    const scores = accepted.length === 0 ? [] : products(kernel, shares[t], n);
    return accepted.map((i) => scores[i]);
  });
  const scale = own.length / (space.chance * own.reduce((sum, score) => sum + score, 0));
  labels.forEach(({ accepted }, t) => {
    if (accepted.length === 0) return;
    for (let i = 0; i < n; i++)
      for (let d = 0; d < W; d++) vectors[t * W + d] += scale * shares[t][i] * rows[i * W + d];
  });
  return classifier;
}

const EVEN_TARGET = 0.5;

/**
 * Gradient of the summed loss with respect to each label's score on each photo, as a function of those scores. @returns
 * maps scores `[T][n]` to slopes `[T][n]`
 */
function lossSlopes(labels: FewShotExamples[], n: number): (scores: Float64Array[]) => Float64Array[] {
  const T = labels.length;
  /** `[n, T]` target probability of each label on each photo; NaN where it is unknown or there is nothing to learn. */
  const targets = new Float64Array(n * T);
  const given = Array.from({ length: n }, (): number[] => []);
  labels.forEach(({ accepted }, t) => accepted.forEach((i) => given[i].push(t)));
  labels.forEach(({ accepted, rejected, unknown, even = [] }, t) => {
    const fill = (rows: number[], value: number) =>
      rows.forEach((i) => {
        targets[i * T + t] = value;
      });
    // the photo has rejections only
    for (let i = 0; i < n; i++) if (given[i].length === 0 || accepted.length === 0) targets[i * T + t] = NaN;
    fill(unknown, NaN);
    if (accepted.length === 0) return;
    fill(even, EVEN_TARGET);
    fill(rejected, 0);
    fill(accepted, 1);
  });
  const exponentials = new Float64Array(T);
  return (scores) => {
    const slopes = labels.map(() => new Float64Array(n));
    for (let i = 0; i < n; i++) {
      let others = 1; // "none of these"
      for (let t = 0; t < T; t++) {
        const want = targets[i * T + t];
        exponentials[t] = Number.isNaN(want) ? 0 : Math.exp(scores[t][i]);
        if (want !== 1) others += exponentials[t];
      }
      const alternatives = given[i].length === 0 ? [0] : given[i].map((t) => exponentials[t]);
      for (let t = 0; t < T; t++) {
        const want = targets[i * T + t];
        if (Number.isNaN(want)) continue;
        if (want === 1) slopes[t][i] = exponentials[t] / (others + exponentials[t]) - 1;
        else
          for (const own of alternatives)
            slopes[t][i] += (exponentials[t] / (others + own) - want) / alternatives.length;
      }
    }
    return slopes;
  };
}

/** `K·x`. @param kernel `[n, n]` */
function products(kernel: Float64Array, x: Float64Array, n: number): Float64Array {
  return x.map((_, i) => dot64(kernel, i * n, x, 0, n));
}

/** Inner products of all pairs of rows, `[n, n]`. */
function kernelOf(rows: Float32Array, n: number, W: number): Float64Array {
  const kernel = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) kernel[i * n + j] = kernel[j * n + i] = dot(rows, i * W, rows, j * W, W);
  return kernel;
}

/**
 * Samples at most `most` photos, as evenly as possible across labels and evenly spaced within each. A larger fit would
 * keep the user waiting, and the twenty-first photo of a label adds little.
 * @param lists the photos of each label
 */
export function balancedSample(lists: readonly (readonly number[])[], most: number): number[] {
  let each = Math.max(1, ...lists.map(({ length }) => length));
  const taken = () =>
    new Set(
      lists.flatMap((list) =>
        list.length <= each ? list : Array.from({ length: each }, (_, i) => list[Math.floor((i * list.length) / each)]),
      ),
    );
  let some = taken();
  while (some.size > most && each > 1) {
    each = Math.max(1, Math.min(each - 1, Math.floor((each * most) / some.size)));
    some = taken();
  }
  return [...some].sort((a, b) => a - b);
}

/** Joins classifiers that were fitted separately. */
export function joinClassifiers(space: FeatureSpace, parts: readonly FewShotClassifier[]): FewShotClassifier {
  const vectors = concat(
    parts.map((part) => part.vectors),
    Float32Array,
  );
  return { space, vectors, examples: Uint32Array.from(parts.flatMap(({ examples }) => [...examples])) };
}

/**
 * Score of each label for a photo, `[T]`, in units of the typical inner product of unrelated photos; 0 for a label
 * without examples. @param row `[W]` of `whitenedRows`
 */
export function fewShotScores(
  { space: { D, width }, vectors, examples }: FewShotClassifier,
  row: Float32Array,
): Float32Array {
  const shown: number[] = []; // only a few of a photo's classes have a probability
  for (let c = D; c < width; c++) if (row[c] !== 0) shown.push(c);
  return Float32Array.from(examples, (_, t) =>
    shown.reduce((sum, c) => sum + vectors[t * width + c] * row[c], dot(vectors, t * width, row, 0, D)),
  );
}
