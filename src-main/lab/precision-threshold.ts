import { fitLogistic, type Logistic, logistic } from "../devise/calibration";

/**
 * Mean over the right rows of the precision at each, when rows are sorted by score: 1 when all right ones come first.
 * @throws RangeError when none is right
 */
export function averagePrecision(scores: ArrayLike<number>, present: Uint8Array): number {
  let right = 0;
  let sum = 0;
  Array.from(present.keys())
    .sort((a, b) => scores[b] - scores[a])
    .forEach((i, at) => {
      if (present[i] === 0) return;
      right++;
      sum += right / (at + 1);
    });
  if (right === 0) throw new RangeError(`of ${present.length} rows none is right`);
  return sum / right;
}

/**
 * Scores as probabilities (Platt 1999): a logistic curve through them, with his targets a little within 0 and 1, so
 * that the few rows of
 * which all are told right do not make it certain.
 * @throws RangeError when all rows are alike
 */
export function plattScaling(scores: Float64Array, present: Uint8Array): Logistic {
  const n = scores.length;
  const right = present.reduce((sum, each) => sum + each, 0);
  const [yes, no] = [(right + 1) / (right + 2), 1 / (n - right + 2)];
  const weights = Float64Array.from({ length: 2 * n }, (_, i) => {
    const target = present[i % n] === 1 ? yes : no;
    return i < n ? target : 1 - target;
  });
  // Unit spread, or the small ridge of the fit would hold scores of a small scale to one probability.
  const mean = scores.reduce((sum, s) => sum + s, 0) / n;
  const spread = Math.sqrt(scores.reduce((sum, s) => sum + (s - mean) ** 2, 0) / n) || 1;
  const rows = Float64Array.from({ length: 2 * n }, (_, i) => (scores[i % n] - mean) / spread);
  const {
    bias,
    weights: [slope],
  } = fitLogistic(
    rows,
    1,
    Uint8Array.from({ length: 2 * n }, (_, i) => Number(i < n)),
    weights,
  );
  return { bias: bias - (slope * mean) / spread, weights: [slope / spread] };
}

export interface PrecisionThreshold {
  /** Least probability that is shown. */
  from: number;
  /** Rows at or above it, and those of them that are right. */
  shown: number;
  right: number;
}

/** What is shown is at least as likely right as wrong. */
export const MIN_THRESHOLD = 0.5;
/** Rows that must be shown and right: fewer say nothing. */
const MIN_SHOWN_ROWS = 3;

/**
 * The least probability from 0.5, in steps of 0.05, at which the rows that are shown are right at least as often as it
 * says.
 * @returns null where no level has three rows that are shown and right
 */
export function thresholdForPrecision(
  probabilities: ArrayLike<number>,
  present: Uint8Array,
): PrecisionThreshold | null {
  for (let step = 0; step < 10; step++) {
    const from = Math.round(100 * MIN_THRESHOLD + 5 * step) / 100;
    const rows = Array.from(present.keys()).filter((i) => probabilities[i] >= from);
    const right = rows.filter((i) => present[i] === 1).length;
    if (right >= MIN_SHOWN_ROWS && right >= from * rows.length) return { from, shown: rows.length, right };
  }
  return null;
}

/** Probability of a score. */
export const plattProbability = ({ bias, weights: [slope] }: Logistic, score: number): number =>
  logistic(bias + slope * score);
