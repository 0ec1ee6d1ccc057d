import { setImmediate } from "node:timers/promises";

/**
 * Scores of example i for each class, `[C]`; −∞ for classes that it cannot have. May return the same array each time.
 */
export type ScoresOf = (i: number) => ArrayLike<number>;

/** Maximum number of Newton steps. The likelihood is concave in one variable, so five usually suffice. */
const ROUNDS = 20;
/** Examples read between yields. */
const EXAMPLES_PER_YIELD = 100;
const TOLERANCE = 1e-4;
const [BLUNTEST, SHARPEST] = [0.1, 1000];

/**
 * Fits the inverse temperature that maximises the likelihood of the given classes (temperature scaling, Guo et al.
 * 2017), by Newton's method. Wrong labels lower it, as they should.
 * @param examples the examples to fit on @returns 0.1..1000
 */
export async function fitInverseTemperature(
  scoresOf: ScoresOf,
  given: ArrayLike<number>,
  examples: readonly number[],
): Promise<number> {
  const scores: Float32Array[] = [];
  for (const i of examples) {
    scores.push(Float32Array.from(scoresOf(i)));
    if (scores.length % EXAMPLES_PER_YIELD === 0) await setImmediate();
  }
  let inverseTemperature = 1;
  for (let round = 0; round < ROUNDS; round++) {
    let [slope, curvature] = [0, 0];
    examples.forEach((i, at) => {
      const { mean, variance, own } = moments(scores[at], given[i], inverseTemperature);
      slope += own - mean;
      curvature += variance;
    });
    if (!(curvature > 0)) return slope > 0 ? SHARPEST : inverseTemperature;
    // Newton's step overshoots where the curve is flat, so limit it to doubling or halving.
    const next = Math.min(
      2 * inverseTemperature,
      Math.max(inverseTemperature / 2, inverseTemperature + slope / curvature),
    );
    const converged = Math.abs(next - inverseTemperature) < TOLERANCE * inverseTemperature;
    inverseTemperature = Math.min(SHARPEST, Math.max(BLUNTEST, next));
    if (converged) break;
    await setImmediate();
  }
  return inverseTemperature;
}

/** Mean and variance of an example's scores under its probabilities, and the score of its given class. */
function moments(
  scores: ArrayLike<number>,
  given: number,
  inverseTemperature: number,
): { mean: number; variance: number; own: number } {
  let highest = -Infinity;
  for (let c = 0; c < scores.length; c++) highest = Math.max(highest, scores[c]);
  let [sum, first, second] = [0, 0, 0];
  for (let c = 0; c < scores.length; c++) {
    if (scores[c] === -Infinity) continue;
    const apart = scores[c] - highest;
    const weight = Math.exp(inverseTemperature * apart);
    sum += weight;
    first += weight * apart;
    second += weight * apart * apart;
  }
  const mean = first / sum;
  return { mean: mean + highest, variance: second / sum - mean * mean, own: scores[given] };
}
