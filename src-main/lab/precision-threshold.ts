import { fitLogistic, type Logistic, logistic } from "../devise/calibration";

/**
 * Average precision: the mean, over positive rows, of the precision at each when rows are sorted by score. 1 when all
 * positives come first.
 * @throws RangeError without positives
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
  if (right === 0) throw new RangeError(`none of ${present.length} rows is positive`);
  return sum / right;
}

/**
 * Platt scaling (Platt 1999): a logistic curve from scores to probabilities. His smoothed targets, a little inside 0
 * and 1, keep a few perfectly separated rows from becoming certain.
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
  // Scaled to unit spread; otherwise the fit's small ridge would press scores on a small scale into one probability.
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
  /** Minimum probability at which the label is shown. */
  from: number;
  /** Rows at or above it, and how many of these are right. */
  shown: number;
  right: number;
}

/** A label that is shown is at least as likely right as wrong. */
export const MIN_THRESHOLD = 0.5;
/** Correct rows needed above the threshold; fewer prove nothing. */
const MIN_SHOWN_ROWS = 3;

/**
 * The lowest threshold from 0.5, in steps of 0.05, at which precision is at least the threshold.
 * @returns null when no threshold has three correct rows
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
