import type { Detections } from "../base/detections";
import { type Logistic, logistic, logit, probability } from "./calibration";

/**
 * Concepts are what a photo is looked through for beside the classes of the visual model: objects by their boxes, how
 * many people there
 * are, and scenes. Each is a label with a calibrated probability of its own, because several are right at once.
 */
export interface ConceptScores {
  /** `[n, W]` probability that the photo shows the concept, 0..1; `UNSEEN` where nothing looked for it. */
  right: Float32Array;
  /**
   * `[n, W]` probability that a person who describes the photo would say so: of small things in the background they
   * don't.
   */
  said: Float32Array;
}

/** Of a concept that no network has looked for in a photo. */
export const NOT_DETECTED = -1;

/**
 * Log-odds of a box: `score · logit(s) + area · ln(a) + biases[class]`, with its score s and its share a of the photo,
 * both 0..1.
 */
export interface BoxLogistic {
  score: number;
  area: number;
  biases: number[];
}

/** What makes a detector's boxes into probabilities; fitted on photos with boxes and captions. */
export interface ObjectConfidence {
  right: BoxLogistic;
  said: BoxLogistic;
  /** For each of `PEOPLE`, whether it would be said: of the log-odds that there are so many. */
  people: Logistic[];
}

/** Groups of people by how many there are at least; names as in the lexicon. */
export const PEOPLE_GROUPS = [
  { name: "people", least: 2 },
  { name: "group", least: 3 },
  { name: "crowd", least: 8 },
] as const;

/**
 * The least probability that people, groups, crowds and portraits can keep, as scenes have theirs; see `keptOrGuess`.
 */
export const MIN_PEOPLE_CONFIDENCE = 0.8;

/** The same of scenes that follow from others: they help to find photos, and are rarely sure. */
export const MIN_DERIVED_CONFIDENCE = 0.8;

/** Boxes smaller than this share of the photo are taken to be of this size: what they weigh has an end. */
export const MIN_AREA = 1e-3;
export const SCORE_BOUNDS = [0.01, 0.99];

/** Log-odds of box `b`, see `BoxLogistic`. */
export function boxLogOdds(
  { score, area, biases }: BoxLogistic,
  { boxes, scores, classes }: Detections,
  b: number,
): number {
  const share = (boxes[4 * b + 2] - boxes[4 * b]) * (boxes[4 * b + 3] - boxes[4 * b + 1]);
  const bounded = Math.min(SCORE_BOUNDS[1], Math.max(SCORE_BOUNDS[0], scores[b]));
  return score * logit(bounded) + area * Math.log(Math.min(1, Math.max(MIN_AREA, share))) + (biases[classes[b]] ?? 0);
}

/**
 * What a photo's boxes make of every class: by the likeliest box of each.
 * @returns `right` and `said`, `[O]` each
 */
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

/** Log-odds of a person who is not there. */
export const NO_PERSON_LOG_ODDS = -5;

/**
 * Log-odds of at least so many people, for each of `PEOPLE`: those of the last of them, the boxes taken from the surest
 * on.
 * @param person the class of persons
 */
export function peopleLogOdds(found: Detections, right: BoxLogistic, person: number): number[] {
  const sure: number[] = [];
  for (let b = 0; b < found.scores.length; b++) if (found.classes[b] === person) sure.push(boxLogOdds(right, found, b));
  sure.sort((a, b) => b - a);
  return PEOPLE_GROUPS.map(({ least }) => Math.max(NO_PERSON_LOG_ODDS, sure[least - 1] ?? NO_PERSON_LOG_ODDS));
}

/** How surely a photo shows people, a group, a crowd; `[PEOPLE]`, 0..1. */
export const peopleScores = (found: Detections, { right, people }: ObjectConfidence, person: number): Float32Array =>
  Float32Array.from(peopleLogOdds(found, right, person), (odds, i) => probability(people[i], [odds]));

/**
 * From what height of its only face on, as a share of the photo's, a picture of a person is as likely a portrait as
 * not; and how sharp that bound is.
 */
export const PORTRAIT = { height: 0.2, steepness: 25 };

/** How probably a photo is a portrait: one face, and a large one. Faces come with probabilities as their scores. */
export function portraitScore({ boxes, scores }: Detections): number {
  if (scores.length === 0) return 0;
  const height = boxes[3] - boxes[1];
  return scores[0] * (1 - (scores[1] ?? 0)) * logistic(PORTRAIT.steepness * (height - PORTRAIT.height));
}
