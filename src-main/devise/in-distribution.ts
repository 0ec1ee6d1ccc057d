import { dot } from "../math/vectors";
import { type Logistic, logistic, logit } from "./calibration";
import type { VisualOutput } from "./semantic-embedding";

/**
 * What tells a photo that shows a class of the visual model from one that shows none: how sure the likeliest class is,
 * and how near photos of a class lie.
 */
export interface InDistributionEvidence {
  /** Log-odds of the likeliest class. */
  odds: number;
  /** Highest cosine of the feature and a class's prototype. */
  nearness: number;
}

/**
 * `[n]` signs of photos that were seen. @param products `[C]` inner products of a feature `[D]` with each class's
 * prototype, which are unit-norm
 */
export function inDistributionEvidence(
  output: VisualOutput,
  products: (feature: Float32Array) => Float32Array,
  D: number,
): InDistributionEvidence[] {
  const n = output.features.length / D;
  const K = output.classes.length / n;
  return Array.from({ length: n }, (_, photo) => {
    const feature = output.features.subarray(photo * D, (photo + 1) * D);
    const length = Math.sqrt(dot(feature, 0, feature, 0, D));
    const highest = products(feature).reduce((a, b) => Math.max(a, b), -Infinity);
    return { odds: logit(output.probabilities[photo * K]), nearness: length === 0 ? 0 : highest / length };
  });
}

/** Log-odds that a photo shows a class, were half of all photos to. */
export const inDistributionLogOdds = (
  { bias, weights }: Logistic,
  { odds, nearness }: InDistributionEvidence,
): number => bias + weights[0] * odds + weights[1] * nearness;

/** The same as a probability, where a share of the photos shows a class (Elkan 2001). */
export const shiftPrior = (share: number, odds: number): number => logistic(odds + Math.log(share / (1 - share)));

/**
 * How many photos' worth the assumption is that half of them show a class. Photos of a class don't look alike wherever
 * they are from, which
 * is what the estimate takes for granted; and few photos tell little.
 */
const ASSUMED_PRIOR = { share: 0.5, photos: 500 };

/**
 * The share of photos that show a class, found in the photos themselves by expectation maximisation (Saerens, Latinne &
 * Decaestecker 2002):
 * each photo counts by how probably it shows one, and that depends on the share.
 * @param odds `[n]` as of `knownOdds`
 * @param photos how many they stand for, if they are a sample
 * @returns 0..1; a half without photos
 */
export function estimatePrior(odds: ArrayLike<number>, photos = odds.length): number {
  const counts = odds.length === 0 ? 0 : photos / odds.length;
  let share = ASSUMED_PRIOR.share;
  for (let round = 0; round < 1000; round++) {
    let sum = 0;
    for (let i = 0; i < odds.length; i++) sum += shiftPrior(share, odds[i]);
    const next = (counts * sum + ASSUMED_PRIOR.share * ASSUMED_PRIOR.photos) / (photos + ASSUMED_PRIOR.photos);
    if (Math.abs(next - share) < 1e-7) return next;
    share = next;
  }
  return share;
}

/**
 * A library is taken to be one of everyday photos until so many say otherwise, so that its first don't speak for all.
 */
const ASSUMED_CONFIDENCE = { mean: 0.4, photos: 20 };

/**
 * The mean probability of the likeliest class, 0..1: how right a classifier is on photos from elsewhere goes with it
 * (Guillory et al. 2021).
 * @param n photos that were seen; the mean of everyday photos without any
 */
export function meanTopProbability({ probabilities }: Pick<VisualOutput, "probabilities">, n: number): number {
  const K = n === 0 ? 0 : probabilities.length / n;
  let sum = ASSUMED_CONFIDENCE.mean * ASSUMED_CONFIDENCE.photos;
  for (let photo = 0; photo < n; photo++) sum += probabilities[photo * K];
  return sum / (n + ASSUMED_CONFIDENCE.photos);
}
