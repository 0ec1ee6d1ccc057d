import { dot } from "../math/vectors";
import { type Logistic, logistic, logit, probability } from "./calibration";
import { type ConceptScores, NOT_DETECTED, type ObjectConfidence } from "./concepts";
import { fewShotConfidences, type FewShotLabels } from "./few-shot-confidence";
import type { VisualOutput } from "./semantic-embedding";

/** The labels that photos are ranked by, as numbers. L labels, C classes of the visual model, E word dimensions. */
export interface LabelSpace {
  /** `[L, E]`, unit-norm; zeros for a label without a word vector */
  vectors: Float32Array;
  /**
   * `[L]` mean and standard deviation of each label's cosine over the reference photos. A label that is close to
   * everything (a hub) carries little information.
   */
  mean: Float32Array;
  deviation: Float32Array;
  /** `[C]` for each class, the labels that are it or a hypernym of it */
  labelsOver: Int32Array[];
  /** `[L]` 1 where the label is a class or a hypernym of one, so that the visual model can support it */
  covered: Uint8Array;
  /** `[W]` for each concept, the labels that are it or a hypernym of it; empty without detectors and scenes */
  labelsOverConcepts: Int32Array[];
  /** The few-shot classifier, by rows of `vectors`. */
  taught: FewShotLabels | null;
  /** `[L]` information content, 0 (says nothing) to 1 (most specific) */
  specificity: Float32Array;
}

/**
 * The models that turn evidence into confidence, fitted on held-out photos. A model may have fewer weights than there
 * is evidence, if its pack was calibrated before the last kinds of evidence were introduced.
 */
export interface Confidence {
  /**
   * For labels that classes can support, from [log-odds of the classes' total probability, z-score, log-odds of the
   * most probable class, specificity as far as no class supports the label].
   */
  covered: Logistic;
  /** For all other labels, from [z-score, log-odds of the most probable class, specificity]. */
  uncovered: Logistic;
  /** For few-shot labels, from [log of the few-shot score, log of one plus the number of examples, their product]. */
  taught: Logistic;
  /**
   * `covered` and `uncovered` assume that half of the photos show a class; these models hold for any fraction. Packs
   * calibrated before they were introduced lack them.
   */
  apart?: ConditionalConfidence;
  /** For detected objects. */
  objects?: ObjectConfidence;
  /**
   * For each scene, the probability that a person would mention it, from the log-odds that it is there: most photos
   * show some sky, and few are about it.
   */
  scenes?: Logistic[];
  /**
   * Minimum confidence, 0..1, at which everyday photos' labels are shown; between one half and this limit too many are
   * wrong. One half if absent.
   */
  keptFrom?: number;
  /**
   * For labels that both classes and concepts can support, from [log-odds by classes and words, log-odds by concepts].
   */
  joined?: Logistic;
  /**
   * For a searched word, from [z-score, similarity to the photo's concepts, log-odds of the in-distribution share]; see
   * labeller/semantic-index.ts.
   */
  search?: Logistic;
}

/** Separate models for photos that show a class of the visual model and photos that don't. */
export interface ConditionalConfidence {
  /** Whether a photo shows a class, from `InDistributionEvidence`, assuming that half of all photos do. */
  shows: Logistic;
  /** Covered labels, as above, on photos that show a class. */
  known: Logistic;
  /** Covered labels on photos that don't. */
  unknown: Logistic;
  /**
   * Uncovered labels on photos that don't show a class. No class is a kind of them, so they don't apply to photos that
   * show one.
   */
  uncovered: Logistic;
}

/**
 * All numbers that the ranking works on, for an exported labeller. D features, E word dimensions, C classes, L labels.
 */
export interface RankingNumbers {
  /** `[E, D]` */
  M: Float32Array;
  /** `[C, E]`, unit-norm; zeros for a class without a word vector */
  classVectors: Float32Array;
  /** `[C, D]`, unit-norm */
  prototypes: Float32Array;
  space: LabelSpace;
  confidence: Confidence;
  /** Number of labels considered for their z-score, besides those supported by classes or examples. */
  candidates: number;
}

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
  shows?: number;
  /** Share of the library's photos that show a class, 0..1; one half if absent. */
  share?: number;
}

/** Log-odds of a photo's most probable class: how well the visual model recognises it. */
export const topClassLogOdds = (output: VisualOutput, K: number, photo: number): number =>
  logit(output.probabilities[photo * K]);

/** Labels with a higher confidence are shown. */
export const EVEN_CHANCE = 0.5;

/** Confidence of a guess: just below one half, so that it is not shown. */
export const MAX_GUESS_CONFIDENCE = 0.49;

/** Caps a confidence below the minimum at that of a guess. @param from minimum confidence */
export const capGuess = (sure: number, from = EVEN_CHANCE): number =>
  sure >= from ? sure : Math.min(MAX_GUESS_CONFIDENCE, sure);

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
  { threshold, limit, shows, share = 0.5 }: RankOptions,
): Ranked[] {
  const E = space.vectors.length / space.mean.length;
  const n = embeddings.length / E;
  const K = output.classes.length / n;
  const mass = classMass(space, output, K, photo);
  const known = topClassLogOdds(output, K, photo);
  const embedding = embeddings.subarray(photo * E, (photo + 1) * E);
  const candidates = new Set(mass.keys());
  for (const label of nearest(embedding)) candidates.add(label);
  const { taught, denied } = fewShotConfidences(space.taught, confidence.taught, output, photo);
  for (const label of taught.keys()) candidates.add(label);
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
      { shows },
    );
    const byConcepts = concepts.get(label);
    const covered = space.covered[label] === 1;
    const predicted = capGuess(combineConcepts(byClasses, byConcepts, confidence, covered), from);
    const shown = combineExamples(predicted, taught.get(label) ?? 0, covered);
    const left = 1 - (denied.get(label) ?? 0);
    const sure = shown * left;
    if (sure < threshold) continue;
    ranked.push({ label, confidence: sure });
    const isDetectable = byConcepts?.itself === true;
    const vouched = covered || !isDetectable ? Math.min(byClasses, shown) : 0;
    const found = covered && isDetectable ? Math.max(CONTEXT_WEIGHT, everyday * byConcepts.said) : CONTEXT_WEIGHT;
    worth.set(label, left * space.specificity[label] * (shown > predicted ? shown : Math.max(vouched, found * shown)));
  }
  ranked.sort((a, b) => worth.get(b.label)! - worth.get(a.label)! || a.label - b.label);
  if (ranked.length <= limit) return ranked;
  // When cutting to the limit, labels that are more likely right than wrong take precedence over more specific guesses.
  const kept = new Set(
    [...new Set([...ranked.filter(({ confidence: sure }) => sure > EVEN_CHANCE), ...ranked])].slice(0, limit),
  );
  return ranked.filter((each) => kept.has(each));
}

/** Total probability of the classes that are the label or a kind of it, for every label that has any. */
export function classMass(space: LabelSpace, output: VisualOutput, K: number, photo: number): Map<number, number> {
  const mass = new Map<number, number>();
  for (let k = photo * K; k < (photo + 1) * K; k++) {
    const p = output.probabilities[k];
    for (const label of space.labelsOver[output.classes[k]]) mass.set(label, (mass.get(label) ?? 0) + p);
  }
  return mass;
}

/**
 * z-score: by how many standard deviations the label is closer to an embedding than to the reference photos; 0 for a
 * label without a vector.
 */
export function zScore(space: LabelSpace, label: number, embedding: Float32Array): number {
  const E = embedding.length;
  if (space.deviation[label] === 0) return 0;
  return (dot(space.vectors, label * E, embedding, 0, E) - space.mean[label]) / space.deviation[label];
}

/**
 * Confidence of a label from its evidence, 0..1. With `apart`, the mean of the two cases (the photo shows a class or
 * not), weighted by their probabilities.
 * @param known log-odds of the most probable class
 */
export function confidenceOf(
  space: LabelSpace,
  { covered, uncovered, apart }: Confidence,
  label: number,
  mass: number,
  score: number,
  known: number,
  { shows }: Pick<RankOptions, "shows"> = {},
): number {
  const isCovered = space.covered[label] === 1;
  const evidence = isCovered
    ? coveredEvidence(space, label, mass, score, known)
    : [score, known, space.specificity[label]];
  if (!apart || shows === undefined) return probability(isCovered ? covered : uncovered, evidence);
  if (!isCovered) return (1 - shows) * probability(apart.uncovered, evidence);
  return shows * probability(apart.known, evidence) + (1 - shows) * probability(apart.unknown, evidence);
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
  const sure = new Map<number, ConceptEvidence>();
  const W = space.labelsOverConcepts.length;
  if (!concepts) return sure;
  for (let w = 0; w < W; w++) {
    const right = concepts.right[photo * W + w];
    if (right === NOT_DETECTED) continue;
    const said = concepts.said[photo * W + w];
    const [own] = space.labelsOverConcepts[w];
    for (const label of space.labelsOverConcepts[w]) {
      const other = sure.get(label) ?? { right: 0, said: 0, itself: false };
      sure.set(label, {
        right: Math.max(other.right, right),
        said: Math.max(other.said, said),
        itself: other.itself || label === own,
      });
    }
  }
  return sure;
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
  const vouched = covered || !itself ? byClasses : 0;
  const together =
    joined && covered
      ? probability(joined, [logit(byClasses), logit(Math.max(MIN_CONCEPT_PROBABILITY, right))])
      : Math.max(vouched, right);
  const sure = itself ? together : Math.max(byClasses, together);
  return Math.min(sure, Math.max(vouched, said));
}

/**
 * Adds the evidence of examples. If classes can support the label, the mean of both confidences in log-odds, otherwise
 * the higher one. Taking the higher one always would let labels with examples displace all labels without.
 */
function combineExamples(predicted: number, taught: number, covered: boolean): number {
  if (taught <= predicted) return predicted;
  return covered ? logistic((logit(predicted) + logit(taught)) / 2) : taught;
}

/** Prior standard deviation of a label's cosines, and its weight in photos: a few classes say little about hubs. */
const PRIOR = { deviation: 0.1, photos: 10 };

/**
 * Mean and standard deviation of every label's cosine over reference embeddings `[R, E]`. The deviation is shrunk
 * towards the prior, so that a few reference photos that happen to lie close together don't give every word a high
 * z-score. 0 for a label without a vector.
 */
export function hubness(
  vectors: Float32Array,
  reference: Float32Array,
  E: number,
): { mean: Float32Array; deviation: Float32Array } {
  const L = vectors.length / E;
  const R = reference.length / E;
  const mean = new Float32Array(L);
  const deviation = new Float32Array(L);
  for (let l = 0; l < L; l++) {
    let [sum, squares] = [0, 0];
    for (let r = 0; r < R; r++) {
      const cosine = dot(vectors, l * E, reference, r * E, E);
      sum += cosine;
      squares += cosine * cosine;
    }
    mean[l] = sum / R;
    const variance = Math.max(0, squares / R - mean[l] ** 2);
    if (squares > 0)
      deviation[l] = Math.sqrt((R * variance + PRIOR.photos * PRIOR.deviation ** 2) / (R + PRIOR.photos));
  }
  return { mean, deviation };
}

/**
 * Rows `[L, E + 1]` whose inner product with `[embedding, 1]` is the label's z-score, so that an index over them finds
 * the nearest labels with hubness already corrected.
 */
export function zScoreRows({ vectors, mean, deviation }: LabelSpace): Float32Array {
  const L = mean.length;
  const E = vectors.length / L;
  const rows = new Float32Array(L * (E + 1));
  for (let l = 0; l < L; l++) {
    if (deviation[l] === 0) continue;
    for (let e = 0; e < E; e++) rows[l * (E + 1) + e] = vectors[l * E + e] / deviation[l];
    rows[l * (E + 1) + E] = -mean[l] / deviation[l];
  }
  return rows;
}
