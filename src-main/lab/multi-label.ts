/** Fits a multi-label head: an independent linear model per label, whose score is scaled to a probability. */
import { random } from "../math/random";
import { fitPenalisedLogistic } from "./penalised-logistic";
import {
  averagePrecision,
  plattProbability,
  plattScaling,
  type PrecisionThreshold,
  thresholdForPrecision,
} from "./precision-threshold";
import { type Ridge, ridgeOf } from "./ridge";
import { type RowSpace, rowSpaceOf } from "./row-space";

/** How much of a label is in each photo. */
export interface LabelAmounts {
  /** `[n]` 0..1: the share of the photo, or 0 and 1 for absent and present */
  amounts: Float64Array;
  /** `[n]` 1 where there is enough of it to assign the label; both values occur */
  present: Uint8Array;
}

/** Ridge regression of the square roots of amounts, or of presence as 0 and 1; or logistic regression of presence. */
export interface Method {
  kind: "amounts" | "presence" | "logistic";
  lambda: number;
}

export interface LearnedLabel {
  /** `[D]`; probability = logistic(weights · x + bias) */
  weights: Float32Array;
  bias: number;
  /** From out-of-sample scores, like the fields below. */
  averagePrecision: number;
  /** `[n]` */
  probabilities: Float64Array;
  /** null: no threshold is reliable. */
  level: PrecisionThreshold | null;
}

export interface LearnedLabels {
  /** Mean average precision over the labels, for every candidate. */
  tried: (Method & { averagePrecision: number })[];
  /**
   * The best candidate, used for all labels: chosen once, because a label with few positive photos would choose by
   * chance.
   */
  method: Method;
  labels: LearnedLabel[];
}

/** Penalties to try; rows have unit length. */
const RIDGE = [0.03, 0.1, 0.3, 1, 3];
const LAMBDAS = { amounts: RIDGE, presence: RIDGE, logistic: [0.1, 0.3] };
const FOLDS = 5;

/**
 * Compares ridge regression (exact leave-one-out) with logistic regression (five folds), keeps the one with the higher
 * mean average precision, and scales its scores to probabilities.
 * @param rows `[n, D]` of unit length
 * @param onStep awaited after each label of each method; if it throws, fitting stops
 * @throws RangeError when all rows, or all values of a label, are the same
 */
export async function learnMultiLabel(
  rows: Float32Array,
  D: number,
  labels: LabelAmounts[],
  seed: number,
  onStep?: (done: number, total: number) => Promise<void> | void,
): Promise<LearnedLabels> {
  const space = rowSpaceOf(rows, D);
  const ridge = ridgeOf(space);
  const methods = (["amounts", "presence", "logistic"] as const).flatMap((kind) =>
    LAMBDAS[kind].map((lambda): Method => ({ kind, lambda })),
  );
  const folds = foldsOf(space.n, seed);
  const tried: LearnedLabels["tried"] = [];
  let best: { method: Method; mean: number; scores: Float64Array[] } | null = null;
  for (const [at, method] of methods.entries()) {
    const scores = method.kind === "logistic" ? [] : ridge.leaveOneOut(targetsOf(labels, method), method.lambda);
    for (let l = 0; l < labels.length; l++) {
      if (method.kind === "logistic") scores.push(logisticOfOthers(space, labels[l].present, method.lambda, folds));
      await onStep?.(at * labels.length + l + 1, methods.length * labels.length);
    }
    const mean = labels.reduce((sum, { present }, l) => sum + averagePrecision(scores[l], present), 0) / labels.length;
    tried.push({ ...method, averagePrecision: mean });
    if (!best || mean > best.mean) best = { method, mean, scores };
  }
  const { method, scores } = best!;
  const models = fitAll(space, ridge, labels, method);
  return {
    tried,
    method,
    labels: labels.map(({ present }, l) => {
      const scaling = plattScaling(scores[l], present);
      const probabilities = scores[l].map((score) => plattProbability(scaling, score));
      const { weights, bias } = space.among(models[l].weights, models[l].bias);
      return {
        weights: Float32Array.from(weights, (w) => scaling.weights[0] * w),
        bias: scaling.weights[0] * bias + scaling.bias,
        averagePrecision: averagePrecision(scores[l], present),
        probabilities,
        level: thresholdForPrecision(probabilities, present),
      };
    }),
  };
}

const everyRow = (n: number) => Array.from({ length: n }, (_, i) => i);

const targetsOf = (labels: LabelAmounts[], { kind }: Method) =>
  labels.map(({ amounts, present }) => (kind === "amounts" ? amounts.map(Math.sqrt) : Float64Array.from(present)));

function fitAll(
  space: RowSpace,
  ridge: Ridge,
  labels: LabelAmounts[],
  method: Method,
): { weights: Float64Array; bias: number }[] {
  if (method.kind !== "logistic") return ridge.fit(targetsOf(labels, method), method.lambda);
  return labels.map(({ present }) => fitPenalisedLogistic(space, present, everyRow(space.n), method.lambda));
}

/** Out-of-sample scores `[n]`: each fold's by a model fitted on the other folds. */
function logisticOfOthers(space: RowSpace, present: Uint8Array, lambda: number, folds: Int32Array): Float64Array {
  const { n, m, coordinates } = space;
  const scores = new Float64Array(n);
  for (let fold = 0; fold < FOLDS; fold++) {
    const use = everyRow(n).filter((i) => folds[i] !== fold);
    const right = use.filter((i) => present[i] === 1).length;
    // All positive photos are in this fold, so nothing can be learned from the others.
    const model =
      right > 0 && right < use.length
        ? fitPenalisedLogistic(space, present, use, lambda)
        : { weights: new Float64Array(m), bias: 0 };
    for (let i = 0; i < n; i++) {
      if (folds[i] !== fold) continue;
      scores[i] = model.bias;
      for (let a = 0; a < m; a++) scores[i] += model.weights[a] * coordinates[i * m + a];
    }
  }
  return scores;
}

/** `[n]` random folds of equal size. */
function foldsOf(n: number, seed: number): Int32Array {
  const draw = random(seed);
  const order = everyRow(n)
    .map((i) => ({ i, at: draw() }))
    .sort((a, b) => a.at - b.at);
  const folds = new Int32Array(n);
  order.forEach(({ i }, at) => {
    folds[i] = at % FOLDS;
  });
  return folds;
}
