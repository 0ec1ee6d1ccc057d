import { logistic, logit, probability } from "./calibration";
import { type ConceptScores, NOT_DETECTED } from "./concepts";
import type { Confidence, LabelSpace } from "./ranking-numbers";
import type { VisualOutput } from "./semantic-embedding";

/** Log-odds of a photo's most probable class: how well the visual model recognises it. */
export const topClassLogOdds = (output: VisualOutput, K: number, photo: number): number =>
  logit(output.probabilities[photo * K]);

/**
 * Total probability of the classes that are the label or a kind of it, for every label that has any; the greatest if
 * classes overlap.
 */
export function classMass(space: LabelSpace, output: VisualOutput, K: number, photo: number): Map<number, number> {
  const mass = new Map<number, number>();
  for (let k = photo * K; k < (photo + 1) * K; k++) {
    const p = output.probabilities[k];
    for (const label of space.labelsOver[output.classes[k]]) {
      const other = mass.get(label) ?? 0;
      mass.set(label, space.overlapping ? Math.max(other, p) : other + p);
    }
  }
  return mass;
}

/**
 * Confidence of a label from its evidence, 0..1. With `apart`, the mean of the two cases (the photo shows a class or
 * not), weighted by their probabilities.
 * @param known log-odds of the most probable class
 * @param shows probability that the photo shows a class; if unknown, the models for a share of one half apply
 */
export function confidenceOf(
  space: LabelSpace,
  { covered, uncovered, apart }: Confidence,
  label: number,
  mass: number,
  score: number,
  known: number,
  { inDistribution }: { inDistribution?: number } = {},
): number {
  const isCovered = space.covered[label] === 1;
  const evidence = isCovered
    ? coveredEvidence(space, label, mass, score, known)
    : [score, known, space.specificity[label]];
  if (!apart || inDistribution === undefined) return probability(isCovered ? covered : uncovered, evidence);
  if (!isCovered) return (1 - inDistribution) * probability(apart.uncovered, evidence);
  return (
    inDistribution * probability(apart.known, evidence) + (1 - inDistribution) * probability(apart.unknown, evidence)
  );
}

/** Evidence for a label that classes can support; see `Confidence.covered`. */
export const coveredEvidence = (
  space: LabelSpace,
  label: number,
  mass: number,
  score: number,
  known: number,
): number[] => [logit(Math.min(1, mass)), score, known, (1 - Math.min(1, mass)) * space.specificity[label]];

/**
 * Evidence from concepts for a label: that it is there (`right`), and that a person would mention it (`said`), 0..1.
 */
export interface ConceptEvidence {
  right: number;
  said: number;
  /** Whether the label itself is looked for. If only kinds of it are, finding none says little. */
  itself: boolean;
}

/**
 * Evidence from a photo's concepts for every label that is one of them or a hypernym, from the most probable concept; 0
 * if looked for and not found.
 */
export function conceptEvidence(
  space: LabelSpace,
  concepts: ConceptScores | undefined,
  photo: number,
): Map<number, ConceptEvidence> {
  const evidence = new Map<number, ConceptEvidence>();
  const W = space.labelsOverConcepts.length;
  if (!concepts) return evidence;
  for (let w = 0; w < W; w++) {
    const right = concepts.right[photo * W + w];
    if (right === NOT_DETECTED) continue;
    const said = concepts.said[photo * W + w];
    const [own] = space.labelsOverConcepts[w];
    for (const label of space.labelsOverConcepts[w]) {
      const other = evidence.get(label) ?? { right: 0, said: 0, itself: false };
      evidence.set(label, {
        right: Math.max(other.right, right),
        said: Math.max(other.said, said),
        itself: other.itself || label === own,
      });
    }
  }
  return evidence;
}

/** A concept with a lower probability counts as not found. */
export const MIN_CONCEPT_PROBABILITY = 0.02;

/**
 * Combines the evidence of classes and words with that of concepts. Labels that classes can support use the `joined`
 * model. For others, detection decides if the label itself is looked for, otherwise the higher confidence. Unless
 * classes support the label, the result is capped at the probability that people would mention it: a cup in the
 * background is there, but is no label of the photo.
 */
export function combineConcepts(
  byClasses: number,
  byConcepts: ConceptEvidence | undefined,
  { joined }: Pick<Confidence, "joined">,
  covered: boolean,
): number {
  if (byConcepts === undefined) return byClasses;
  const { right, said, itself } = byConcepts;
  const classEvidence = covered || !itself ? byClasses : 0;
  const together =
    joined && covered
      ? probability(joined, [logit(byClasses), logit(Math.max(MIN_CONCEPT_PROBABILITY, right))])
      : Math.max(classEvidence, right);
  const confidence = itself ? together : Math.max(byClasses, together);
  return Math.min(confidence, Math.max(classEvidence, said));
}

/**
 * Adds the evidence of examples. If classes can support the label, the mean of both confidences in log-odds, otherwise
 * the higher one. Taking the higher one always would let labels with examples displace all labels without.
 */
export function combineExamples(predicted: number, exampleConfidence: number, covered: boolean): number {
  if (exampleConfidence <= predicted) return predicted;
  return covered ? logistic((logit(predicted) + logit(exampleConfidence)) / 2) : exampleConfidence;
}
