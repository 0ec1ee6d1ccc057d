import { dot } from "../vectors";
import { choleskyOf, solveLower, solveUpper } from "./cholesky";
import type { FeatureSpace } from "./feature-space";

/** What a person said of a label, as rows of judged photos. */
export interface Examples {
  accepted: number[];
  rejected: number[];
  /** Photos that say nothing of the label: of them it is not known whether they show it. */
  unknown: number[];
}

/** Labels learned from examples alone: T of them, as one direction each in the feature space. */
export interface Taught {
  space: FeatureSpace;
  /** `[T, W]`; a row of zeros for a label without examples */
  vectors: Float32Array;
  /** `[T]` accepted photos */
  examples: Uint32Array;
}

/** Penalty on the squared length of a direction, of rows of about unit length. */
const LAMBDA = 0.5;

/**
 * Each label's direction by ridge regression on all judged photos: 1 on those that were given it, −1 on those that it was rejected on, 0 on
 * the others, and 0 at the centre, where photos at large are. What a person did not judge is told from the label by the space, in which
 * the differences that photos have anyway count little.
 * @param rows `[n, W]` of `measured`, each photo once
 */
export function teachLabels(space: FeatureSpace, rows: Float32Array, labels: Examples[]): Taught {
  const W = space.width;
  const n = rows.length / W;
  const kernel = kernelOf(rows, n, W);
  const vectors = new Float32Array(labels.length * W);
  // Labels that leave out the same photos share a factor.
  for (const [left, together] of Map.groupBy(labels.keys(), (t) => leftOut(labels[t]).join())) {
    const out = new Set(left === "" ? [] : left.split(",").map(Number));
    const used = Array.from({ length: n }, (_, i) => i).filter((i) => !out.has(i));
    const m = used.length;
    if (m === 0) continue;
    const factor = choleskyOf(Float64Array.from({ length: m * m }, (_, at) => kernel[used[Math.floor(at / m)] * n + used[at % m]] + (at % (m + 1) === 0 ? LAMBDA : 0)), m);
    for (const t of together) {
      const target = targetOf(labels[t], n);
      const shares = solveUpper(factor, solveLower(factor, Float64Array.from(used, (i) => target[i])));
      used.forEach((i, at) => {
        if (shares[at] !== 0) for (let d = 0; d < W; d++) vectors[t * W + d] += shares[at] * rows[i * W + d];
      });
      for (let d = t * W; d < (t + 1) * W; d++) vectors[d] /= space.chance;
    }
  }
  return { space, vectors, examples: Uint32Array.from(labels, ({ accepted }) => accepted.length) };
}

/**
 * Photos of labels that are compared with each other, at most: as many of each label as fit, evenly taken. Of more the fit would keep a
 * person waiting, and of twenty photos of a label the twenty-first tells little.
 * @param lists the photos of each label
 */
export function someOfEach(lists: readonly (readonly number[])[], most: number): number[] {
  let each = Math.max(1, ...lists.map(({ length }) => length));
  const taken = () => new Set(lists.flatMap((list) => (list.length <= each ? list : Array.from({ length: each }, (_, i) => list[Math.floor((i * list.length) / each)]))));
  let some = taken();
  while (some.size > most && each > 1) {
    each = Math.max(1, Math.min(each - 1, Math.floor((each * most) / some.size)));
    some = taken();
  }
  return [...some].sort((a, b) => a - b);
}

/** A label without accepted photos has no direction, and need not wait for a factor of its own. */
const leftOut = ({ accepted, unknown }: Examples): number[] => (accepted.length === 0 ? [] : [...unknown].sort((a, b) => a - b));

/** `[n]` what the direction's product with each photo should be. */
function targetOf({ accepted, rejected }: Examples, n: number): Float64Array {
  const target = new Float64Array(n);
  if (accepted.length === 0) return target;
  for (const i of rejected) target[i] = -1;
  for (const i of accepted) target[i] = 1;
  return target;
}

/** `[n, n]`, its lower half. */
function kernelOf(rows: Float32Array, n: number, W: number): Float64Array {
  const kernel = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) kernel[i * n + j] = dot(rows, i * W, rows, j * W, W);
  return kernel;
}

/** Labels that were learned apart, one after the other. */
export function joinTaught(space: FeatureSpace, parts: readonly Taught[]): Taught {
  const vectors = new Float32Array(parts.reduce((sum, part) => sum + part.vectors.length, 0));
  let at = 0;
  for (const part of parts) {
    vectors.set(part.vectors, at);
    at += part.vectors.length;
  }
  return { space, vectors, examples: Uint32Array.from(parts.flatMap(({ examples }) => [...examples])) };
}

/** For each taught label, how near a photo stands to it, `[T]`: in units of how near photos stand to each other by chance; 0 without examples. @param row `[W]` of `measured` */
export function taughtScores({ space: { width }, vectors, examples }: Taught, row: Float32Array): Float32Array {
  return Float32Array.from(examples, (_, t) => dot(vectors, t * width, row, 0, width));
}
