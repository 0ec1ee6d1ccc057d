import { logistic } from "./calibration";
import { fewShotConfidences } from "./few-shot-confidence";
import { zScore } from "./hubness";
import {
  classMass,
  combineConcepts,
  combineExamples,
  conceptEvidence,
  confidenceOf,
  topClassLogOdds,
} from "./label-evidence";
import type { Confidence, LabelSpace } from "./ranking-numbers";
import type { VisualOutput } from "./semantic-embedding";

export interface Ranked {
  label: number;
  confidence: number;
}

export interface RankOptions {
  /** Labels with a lower confidence are left out, 0..1. */
  threshold: number;
  /** Maximum number of labels. */
  limit: number;
  /** Probability that the photo shows a class; if unknown, the models for a share of one half apply. */
  inDistribution?: number;
  /** Share of the library's photos that show a class, 0..1; one half if absent. */
  share?: number;
}

/** Labels with a higher confidence are shown. */
export const EVEN_CHANCE = 0.5;

/** Confidence of a guess: just below one half, so that it is not shown. */
export const MAX_GUESS_CONFIDENCE = 0.49;

/** Caps a confidence below the minimum at that of a guess. @param from minimum confidence */
export const capGuess = (confidence: number, from = EVEN_CHANCE): number =>
  confidence >= from ? confidence : Math.min(MAX_GUESS_CONFIDENCE, confidence);

/** Weight of labels supported by concepts alone when ordering: where and with whom comes after what a photo shows. */
export const CONTEXT_WEIGHT = 0.05;

/** At this share of photos that show a class a library counts as half everyday photos; `width` of the transition. */
const EVERYDAY_PRIOR = { share: 0.45, width: 0.02 };

/**
 * Degree to which a library consists of everyday photos, 0..1. In photos of single objects the classes say what the
 * photo shows; in everyday photos they often name something incidental, and detected objects come first.
 */
export const everydayWeight = (share: number): number =>
  logistic((EVERYDAY_PRIOR.share - share) / EVERYDAY_PRIOR.width);

/**
 * Minimum confidence of shown labels in a library with this share of photos that show a class. `Confidence.keptFrom`
 * applies to everyday photos.
 */
export const minShownConfidence = ({ keptFrom = EVEN_CHANCE }: Pick<Confidence, "keptFrom">, share: number): number =>
  EVEN_CHANCE + everydayWeight(share) * (keptFrom - EVEN_CHANCE);

/**
 * Ranks the labels of photo i, best first. Candidates are the labels nearest in meaning (from `nearest`), those
 * supported by the visual model's classes, detected concepts, and few-shot labels. They are ordered by confidence ×
 * specificity, the expected information (Deng et al. 2012): "animal" is more certain than "goldfish" but says less.
 * @param embeddings `[n, E]` of `semanticEmbeddings`
 * @param nearest finds the labels with the highest z-scores for an embedding; see `zScoreRows`
 */
export function rankLabels(
  space: LabelSpace,
  confidence: Confidence,
  output: VisualOutput,
  embeddings: Float32Array,
  photo: number,
  nearest: (embedding: Float32Array) => number[],
  { threshold, limit, inDistribution, share = 0.5 }: RankOptions,
): Ranked[] {
  const E = space.vectors.length / space.mean.length;
  const n = embeddings.length / E;
  const K = output.classes.length / n;
  const mass = classMass(space, output, K, photo);
  const known = topClassLogOdds(output, K, photo);
  const embedding = embeddings.subarray(photo * E, (photo + 1) * E);
  const candidates = new Set(mass.keys());
  for (const label of nearest(embedding)) candidates.add(label);
  const { exampleConfidence, rejection } = fewShotConfidences(space.fewShot, confidence.fewShot, output, photo);
  for (const label of exampleConfidence.keys()) candidates.add(label);
  const concepts = conceptEvidence(space, output.concepts, photo);
  for (const label of concepts.keys()) candidates.add(label);
  const everyday = everydayWeight(share);
  const from = minShownConfidence(confidence, share);
  const ranked: Ranked[] = [];
  const worth = new Map<number, number>();
  for (const label of candidates) {
    const byClasses = confidenceOf(
      space,
      confidence,
      label,
      mass.get(label) ?? 0,
      zScore(space, label, embedding),
      known,
      { inDistribution },
    );
    const byConcepts = concepts.get(label);
    const covered = space.covered[label] === 1;
    const predicted = capGuess(combineConcepts(byClasses, byConcepts, confidence, covered), from);
    const shown = combineExamples(predicted, exampleConfidence.get(label) ?? 0, covered);
    const left = 1 - (rejection.get(label) ?? 0);
    const sure = shown * left;
    if (sure < threshold) continue;
    ranked.push({ label, confidence: sure });
    const isDetectable = byConcepts?.itself === true;
    const classEvidence = covered || !isDetectable ? Math.min(byClasses, shown) : 0;
    const found = covered && isDetectable ? Math.max(CONTEXT_WEIGHT, everyday * byConcepts.said) : CONTEXT_WEIGHT;
    worth.set(
      label,
      left * space.specificity[label] * (shown > predicted ? shown : Math.max(classEvidence, found * shown)),
    );
  }
  ranked.sort((a, b) => worth.get(b.label)! - worth.get(a.label)! || a.label - b.label);
  if (ranked.length <= limit) return ranked;
  // When cutting to the limit, labels that are more likely right than wrong take precedence over more specific guesses.
  const kept = new Set(
    [...new Set([...ranked.filter(({ confidence: sure }) => sure > EVEN_CHANCE), ...ranked])].slice(0, limit),
  );
  return ranked.filter((each) => kept.has(each));
}
