import { choleskyOf, solve } from "../math/cholesky";
import { concat } from "../math/concat";
import { dot, dot64 } from "../math/vectors";
import type { FeatureSpace } from "./feature-space";

/** What a person said of a label, as rows of judged photos. */
export interface FewShotExamples {
  accepted: number[];
  rejected: number[];
  /** Photos that say nothing of the label: of them it is not known whether they show it. */
  unknown: number[];
  /** Photos that are as likely to show it as not. */
  even?: number[];
}

/** Labels learned from examples alone: T of them, as one direction each in the feature space. */
export interface FewShotClassifier {
  space: FeatureSpace;
  /** `[T, W]`; a row of zeros for a label without examples */
  vectors: Float32Array;
  /** `[T]` accepted photos */
  examples: Uint32Array;
}

/** What a photo's loss counts beside half the squared length of the directions, of rows of about unit length. */
const LOSS_WEIGHT = 10;
/** Steps of the fit: more tell new photos no better. */
const STEPS = 6;

/**
 * Each label's direction by multinomial logistic regression on all judged photos, with one more class, "none of these",
 * whose product is 0:
 * it stands for what lies at the centre of the space, where photos at large are, and is what a label competes with that
 * was taught alone.
 * A photo with several labels is told from the others for each of them. What a person did not judge is told from a
 * label by the space, in
 * which the differences that photos have anyway count little.
 *
 * By accelerated steps (Nesterov 1983) under the bound that the curvature has everywhere (Böhning 1992), so that one
 * factor serves all of
 * them.
 * @param rows `[n, W]` of `measured`, each photo once
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
  /** `shares[t]` `[n]` how much of each photo is in label t's direction. */
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
  // However many labels compete: the more there are, the longer directions grow.
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
 * What the losses' sum grows by with each label's product with each photo, from those products. @returns of products
 * `[T][n]` the slopes `[T][n]`
 */
function lossSlopes(labels: FewShotExamples[], n: number): (scores: Float64Array[]) => Float64Array[] {
  const T = labels.length;
  /** `[n, T]` what each label should be of each photo; NaN where nobody knows, and where there is nothing to learn. */
  const wanted = new Float64Array(n * T);
  const given = Array.from({ length: n }, (): number[] => []);
  labels.forEach(({ accepted }, t) => accepted.forEach((i) => given[i].push(t)));
  labels.forEach(({ accepted, rejected, unknown, even = [] }, t) => {
    const fill = (rows: number[], value: number) =>
      rows.forEach((i) => {
        wanted[i * T + t] = value;
      });
    // only rejected on others
    for (let i = 0; i < n; i++) if (given[i].length === 0 || accepted.length === 0) wanted[i * T + t] = NaN;
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
      let others = 1; // none of these
      for (let t = 0; t < T; t++) {
        const want = wanted[i * T + t];
        exponentials[t] = Number.isNaN(want) ? 0 : Math.exp(scores[t][i]);
        if (want !== 1) others += exponentials[t];
      }
      const alternatives = given[i].length === 0 ? [0] : given[i].map((t) => exponentials[t]);
      for (let t = 0; t < T; t++) {
        const want = wanted[i * T + t];
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

/** `[n, n]` products of rows. */
function kernelOf(rows: Float32Array, n: number, W: number): Float64Array {
  const kernel = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) kernel[i * n + j] = kernel[j * n + i] = dot(rows, i * W, rows, j * W, W);
  return kernel;
}

/**
 * Photos of labels that are compared with each other, at most: as many of each label as fit, evenly taken. Of more the
 * fit would keep a
 * person waiting, and of twenty photos of a label the twenty-first tells little.
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

/** Labels that were learned apart, one after the other. */
export function joinClassifiers(space: FeatureSpace, parts: readonly FewShotClassifier[]): FewShotClassifier {
  const vectors = concat(
    parts.map((part) => part.vectors),
    Float32Array,
  );
  return { space, vectors, examples: Uint32Array.from(parts.flatMap(({ examples }) => [...examples])) };
}

/**
 * For each taught label, how near a photo stands to it, `[T]`: in units of how near photos stand to each other by
 * chance; 0 without examples. @param row `[W]` of `measured`
 */
export function fewShotScores(
  { space: { D, width }, vectors, examples }: FewShotClassifier,
  row: Float32Array,
): Float32Array {
  const shown: number[] = []; // few of a photo's classes have a probability at all
  for (let c = D; c < width; c++) if (row[c] !== 0) shown.push(c);
  return Float32Array.from(examples, (_, t) =>
    shown.reduce((sum, c) => sum + vectors[t * width + c] * row[c], dot(vectors, t * width, row, 0, D)),
  );
}
