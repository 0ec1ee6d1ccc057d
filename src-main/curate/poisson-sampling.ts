/** Some of many photos, and what each counts so that the sample speaks for all. */
export interface PoissonSample {
  /** Ascending. */
  rows: number[];
  /** Uncertainty × photos that each stands for, in the order of `rows`. */
  weights: number[];
}

/**
 * Rounds in which the share of those who are not certain to be drawn is found; each adds at least one that is, and few
 * are.
 */
const ROUNDS = 50;

/**
 * About `size` photos, the unsure ones likelier: each is drawn by itself with a probability in proportion to its
 * uncertainty and counts
 * uncertainty over probability, so that sums over the drawn are on average those over all (Poisson sampling; Horvitz &
 * Thompson 1952).
 * All of them, where there are no more than that.
 * @param uncertainty `[n]`, 0..1 @param draw uniform numbers in [0, 1)
 */
export function samplePoisson(uncertainty: ArrayLike<number>, size: number, draw: () => number): PoissonSample {
  const n = uncertainty.length;
  const share = n <= size ? Infinity : inclusionFactor(uncertainty, size);
  const rows: number[] = [];
  const weights: number[] = [];
  for (let i = 0; i < n; i++) {
    const probability = n <= size ? 1 : Math.min(1, share * uncertainty[i]);
    if (probability < 1 && draw() >= probability) continue;
    rows.push(i);
    weights.push(uncertainty[i] / probability);
  }
  return { rows, weights };
}

/** By what uncertainty is multiplied so that the probabilities, at most 1 each, add up to `size`. */
function inclusionFactor(uncertainty: ArrayLike<number>, size: number): number {
  let share = 0;
  for (let round = 0; round < ROUNDS; round++) {
    let [certain, rest] = [0, 0];
    for (let i = 0; i < uncertainty.length; i++) {
      if (share * uncertainty[i] >= 1) certain++;
      else rest += uncertainty[i];
    }
    const next = rest > 0 ? (size - certain) / rest : Infinity;
    if (next <= share) break;
    share = next;
  }
  return share;
}
