import { dot } from "../math/vectors";
import { type Logistic, logistic, logit } from "./calibration";
import type { VisualOutput } from "./semantic-embedding";

/**
 * Evidence that a photo shows one of the visual model's classes (is in distribution): how certain the most probable
 * class is, and how close the nearest prototype is.
 */
export interface InDistributionEvidence {
  /** Log-odds of the most probable class. */
  odds: number;
  /** Highest cosine between the feature and a class's prototype. */
  nearness: number;
}

/**
 * Evidence for each of n photos. @param products computes `[C]` inner products of a feature `[D]` with the unit-norm
 * prototypes
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

/** Log-odds that a photo shows a class, assuming that half of all photos do. */
export const inDistributionLogOdds = (
  { bias, weights }: Logistic,
  { odds, nearness }: InDistributionEvidence,
): number => bias + weights[0] * odds + weights[1] * nearness;

/**
 * Probability that a photo shows a class when a fraction `share` of all photos do (Elkan 2001). @param odds log-odds at
 * a share of one half
 */
export const shiftPrior = (share: number, odds: number): number => logistic(odds + Math.log(share / (1 - share)));

/**
 * Weight of the initial assumption that half of the photos show a class, in photos. The estimate assumes that photos of
 * a class look alike in every library, which they don't, and a few photos say little.
 */
const ASSUMED_PRIOR = { share: 0.5, photos: 500 };

/**
 * Estimates the fraction of photos that show a class by expectation maximisation (Saerens, Latinne & Decaestecker
 * 2002): each photo counts by its probability of showing one, which in turn depends on the fraction.
 * @param odds `[n]` from `inDistributionLogOdds`
 * @param photos number of photos that they represent, if they are a sample
 * @returns 0..1; one half without photos
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
 * Assumed for a new library and worth this many photos, so that the first few don't decide for all: everyday photos.
 */
const ASSUMED_CONFIDENCE = { mean: 0.4, photos: 20 };

/**
 * Mean probability of the most probable class, 0..1. On photos from other sources, a classifier's accuracy follows it
 * (Guillory et al. 2021). @param n photos; without any, the mean of everyday photos
 */
export function meanTopProbability({ probabilities }: Pick<VisualOutput, "probabilities">, n: number): number {
  const K = n === 0 ? 0 : probabilities.length / n;
  let sum = ASSUMED_CONFIDENCE.mean * ASSUMED_CONFIDENCE.photos;
  for (let photo = 0; photo < n; photo++) sum += probabilities[photo * K];
  return sum / (n + ASSUMED_CONFIDENCE.photos);
}
