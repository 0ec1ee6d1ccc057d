import type { Detections } from "../base/detections";
import { type Logistic, logistic, logit, probability } from "./calibration";

/**
 * Concepts are what a photo is searched for besides the visual model's classes: detected objects, the number of people,
 * and scenes. Each is a label with its own calibrated probability, because several can be true at once.
 */
export interface ConceptScores {
  /** `[n, W]` probability that the photo shows the concept, 0..1; `NOT_DETECTED` where no detector has run. */
  right: Float32Array;
  /**
   * `[n, W]` probability that a person would mention the concept when describing the photo; people leave out small
   * things in the background.
   */
  said: Float32Array;
}

/** Marks a concept that no network has looked for in a photo. */
export const NOT_DETECTED = -1;

/**
 * Log-odds of a box with score s and area a, both 0..1 (a as a fraction of the photo): `score · logit(s) + area · ln(a)
 * + biases[class]`.
 */
export interface BoxLogistic {
  score: number;
  area: number;
  biases: number[];
}

/** Turns a detector's boxes into probabilities; fitted on photos with boxes and captions. */
export interface ObjectConfidence {
  right: BoxLogistic;
  said: BoxLogistic;
  /**
   * For each of `PEOPLE_GROUPS`, the probability that a person would mention it, from the log-odds that there are that
   * many people.
   */
  people: Logistic[];
}

/** Groups of people by minimum size; names as in the lexicon. */
export const PEOPLE_GROUPS = [
  { name: "people", least: 2 },
  { name: "group", least: 3 },
  { name: "crowd", least: 8 },
] as const;

/**
 * Minimum confidence at which people, groups, crowds and portraits are shown rather than kept as guesses; scenes have
 * their own. See `capGuess`.
 */
export const MIN_PEOPLE_CONFIDENCE = 0.8;

/** The same for derived scenes, which help to find photos but are rarely certain. */
export const MIN_DERIVED_CONFIDENCE = 0.8;

/** Smaller boxes are treated as having this area, as a fraction of the photo, which bounds the weight of area. */
export const MIN_AREA = 1e-3;
export const SCORE_BOUNDS = [0.01, 0.99];

/** Log-odds of box `b`; see `BoxLogistic`. */
export function boxLogOdds(
  { score, area, biases }: BoxLogistic,
  { boxes, scores, classes }: Detections,
  b: number,
): number {
  const share = (boxes[4 * b + 2] - boxes[4 * b]) * (boxes[4 * b + 3] - boxes[4 * b + 1]);
  const bounded = Math.min(SCORE_BOUNDS[1], Math.max(SCORE_BOUNDS[0], scores[b]));
  return score * logit(bounded) + area * Math.log(Math.min(1, Math.max(MIN_AREA, share))) + (biases[classes[b]] ?? 0);
}

/** Probabilities of all classes in a photo, each from its most probable box. @returns `right` and `said`, `[O]` each */
export function objectScores(
  found: Detections,
  confidence: ObjectConfidence,
  O: number,
): { right: Float32Array; said: Float32Array } {
  const [right, said] = [new Float32Array(O), new Float32Array(O)];
  for (let b = 0; b < found.scores.length; b++) {
    const c = found.classes[b];
    right[c] = Math.max(right[c], logistic(boxLogOdds(confidence.right, found, b)));
    said[c] = Math.max(said[c], logistic(boxLogOdds(confidence.said, found, b)));
  }
  return { right, said };
}

/** Log-odds of a person who was not detected. */
export const NO_PERSON_LOG_ODDS = -5;

/**
 * Log-odds that a photo shows at least as many people as each of `PEOPLE_GROUPS`: the log-odds of the last person
 * needed, with boxes in descending order of log-odds.
 * @param person the class of persons
 */
export function peopleLogOdds(found: Detections, right: BoxLogistic, person: number): number[] {
  const odds: number[] = [];
  for (let b = 0; b < found.scores.length; b++) if (found.classes[b] === person) odds.push(boxLogOdds(right, found, b));
  odds.sort((a, b) => b - a);
  return PEOPLE_GROUPS.map(({ least }) => Math.max(NO_PERSON_LOG_ODDS, odds[least - 1] ?? NO_PERSON_LOG_ODDS));
}

/** Probabilities that a person would mention people, a group or a crowd: `[PEOPLE_GROUPS]`, 0..1. */
export const peopleScores = (found: Detections, { right, people }: ObjectConfidence, person: number): Float32Array =>
  Float32Array.from(peopleLogOdds(found, right, person), (odds, i) => probability(people[i], [odds]));

/**
 * `height`: height of the only face, as a fraction of the photo's, at which the photo is as likely to be a portrait as
 * not; `steepness` of the transition.
 */
export const PORTRAIT = { height: 0.2, steepness: 25 };

/**
 * Probability that a photo is a portrait: exactly one face, and a large one. The faces' scores must be probabilities.
 */
export function portraitScore({ boxes, scores }: Detections): number {
  if (scores.length === 0) return 0;
  const height = boxes[3] - boxes[1];
  return scores[0] * (1 - (scores[1] ?? 0)) * logistic(PORTRAIT.steepness * (height - PORTRAIT.height));
}
