import type { Seen } from "./places";
import { type Logistic, probability } from "./calibration";
import { classMass, knownness, type LabelSpace, standardScore } from "./ranking";

/** How labels without a class of their own are weighed against classes. */
export interface Balance {
  /** Weight of a standard score among the words, in units of log-probability. */
  meaning: number;
  /** Standard score at which the words neither speak for a label nor against it. */
  neutral: number;
  /** How probable its word alone makes a label that no class vouches for, of [standard score, log-odds of the likeliest class]. */
  alone: Logistic;
  /** Added to every label without a class: a photo of one is never sure of it, where a photo of a class is. */
  unseen: number;
}

/**
 * Chosen where some parents of ImageNet-1K's classes were taken for labels of their own: the best harmonic mean of seen and unseen hit@1
 * on one photo of each class, half of the classes' photos fitted and the other half tried, and the other way round.
 */
export const BALANCE: Balance = { meaning: 1, neutral: 3, unseen: 0.75, alone: { bias: -7.56, weights: [0.834, -0.158] } };

/**
 * The words' own probability was fitted among some 2,000 labels of which photos show nearly all; where a label is known to be one of few,
 * it is so much more probable. Of 1, 3 and 10 the best where 30 leaf classes of the bundled pack were held out.
 */
const FEWER_LABELS = 10;

/** Keeps the logarithm of an impossible class finite, and lets the words decide among labels that no class vouches for. */
const LEAST = 1e-4;

/**
 * Scores of all labels of a space for one photo, those with a class of their own and others, on one scale of log-probability: a class by
 * the softmax; any other label by the probability of the classes that are kinds of it, weighted by how much nearer the photo's place
 * (DeViSE and ConSE together) is to its word than other photos are, and by how probable that nearness makes it alone. The first is what the classifier is good at, the
 * second what the words are good at; standard scores take hubs back (Dinu et al. 2015), the balance keeps seen classes from always winning
 * (calibrated stacking, Chao et al. 2016).
 * @param ofClass `[L]` the class of the visual model that is the label, −1 where there is none
 * @param places `[n, E]`
 * @returns `[L]`
 */
export function zeroShotScores(space: LabelSpace, ofClass: Int32Array, seen: Seen, places: Float32Array, photo: number, balance = BALANCE): Float32Array {
  const L = ofClass.length;
  const E = space.vectors.length / L;
  const K = seen.classes.length / (places.length / E);
  const place = places.subarray(photo * E, (photo + 1) * E);
  const mass = classMass(space, seen, K, photo);
  const known = knownness(seen, K, photo);
  const own = new Map<number, number>();
  for (let k = photo * K; k < (photo + 1) * K; k++) own.set(seen.classes[k], seen.probabilities[k]);
  return Float32Array.from(ofClass, (c, label) => {
    if (c >= 0) return Math.log((own.get(c) ?? 0) + LEAST);
    const score = standardScore(space, label, place);
    const vouched = ((mass.get(label) ?? 0) + LEAST) * Math.exp(balance.meaning * (score - balance.neutral) + balance.unseen);
    return Math.log(vouched + FEWER_LABELS * probability(balance.alone, [score, known]));
  });
}
