/** Flat hit@k and hierarchical precision@k, as defined by Frome et al. 2013 (section 4 and appendix B). */
import { highest } from "../math/highest";
import { random } from "../math/random";

export const HIT_KS = [1, 2, 5, 10, 20] as const;
export const PRECISION_KS = [2, 5, 10, 20] as const;
/** Labels of each photo that the metrics consider. */
export const MAX_K = 20;

/**
 * The `k` highest-scoring candidates, best first. Ties go to the earlier candidate; −Infinity, which a method can never
 * predict, is excluded.
 * @param scores `[L]`
 * @throws RangeError when a score is NaN
 */
export function topK(scores: Float32Array, k: number): Int32Array {
  const stray = scores.findIndex(Number.isNaN);
  if (stray >= 0) throw new RangeError(`candidate ${stray} of ${scores.length} has the score NaN`);
  return Int32Array.from(highest(scores, k).filter((label) => scores[label] > -Infinity));
}

/** 1 when the true label is among the first `k`, else 0. */
export const flatHit = (ranked: Int32Array, truth: number, k: number): number =>
  Number(ranked.subarray(0, k).includes(truth));

/** Share of the first `k` labels that are in the valid set, 0..1. Missing labels count as wrong. */
export function hierarchicalPrecision(ranked: Int32Array, valid: ReadonlySet<number>, k: number): number {
  let right = 0;
  for (const label of ranked.subarray(0, k)) if (valid.has(label)) right++;
  return right / k;
}

/**
 * The labels that count as right at k: candidates at distance 0, 1, 2, … from the true label, all of one distance at a
 * time, until there are at least k. Labels not connected to the true one are never included.
 * @param distances `[L]` from the true label; Infinity where not connected
 */
export function validSet(distances: Float32Array, k: number): Set<number> {
  const near = distances.filter(Number.isFinite).sort();
  const radius = near[Math.min(k, near.length) - 1];
  const valid = new Set<number>();
  for (let label = 0; label < distances.length; label++) if (distances[label] <= radius) valid.add(label);
  return valid;
}

/**
 * Bootstrap 95% interval of means over photos (Efron 1979, percentile method): photos are resampled with replacement,
 * all columns of a photo together.
 * @param columns each `[n]`, one number per photo
 * @returns low and high of each column's mean
 */
export function bootstrapIntervals(columns: Float32Array[], { rounds = 1000, seed = 1 } = {}): [number, number][] {
  const n = columns[0]?.length ?? 0;
  if (n === 0) throw new RangeError("an interval needs at least one photo");
  const draw = random(seed);
  const means = columns.map(() => new Float64Array(rounds));
  const drawn = new Uint32Array(n);
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < n; i++) drawn[i] = Math.floor(draw() * n);
    columns.forEach((column, c) => {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += column[drawn[i]];
      means[c][round] = sum / n;
    });
  }
  return means.map((each) => {
    each.sort();
    return [each[Math.floor(0.025 * (rounds - 1))], each[Math.ceil(0.975 * (rounds - 1))]];
  });
}
