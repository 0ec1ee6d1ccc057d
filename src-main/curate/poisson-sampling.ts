/** A sample of photos, with weights that make weighted sums over it estimate sums over all photos. */
export interface PoissonSample {
  /** Rows in ascending order. */
  rows: number[];
  /** Uncertainty divided by inclusion probability, in the order of `rows`. */
  weights: number[];
}

/**
 * Iterations to find the inclusion factor. Each one adds at least one photo that is certain to be included, and few
 * photos are.
 */
const ROUNDS = 50;

/**
 * Draws about `size` photos by Poisson sampling: each independently, with a probability in proportion to its
 * uncertainty. Its weight is uncertainty over probability (Horvitz & Thompson 1952). If there are no more than `size`
 * photos, all are included.
 * @param uncertainty `[n]`, 0..1
 * @param draw uniform numbers in [0, 1)
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

/** The factor that turns uncertainty into inclusion probabilities, capped at 1, that sum to `size`. */
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
