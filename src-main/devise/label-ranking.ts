import { dot } from "../math/vectors";
import { type Logistic, logistic, logit, probability } from "./calibration";
import { type ConceptScores, NOT_DETECTED, type ObjectConfidence } from "./concepts";
import { fewShotConfidences, type FewShotLabels } from "./few-shot-confidence";
import type { VisualOutput } from "./semantic-embedding";

/** A set of labels as the ranking sees it: numbers only. L labels, C classes of the visual model, E word dimensions. */
export interface LabelSpace {
  /** `[L, E]`, unit-norm; a row of zeros for a label without a word vector */
  vectors: Float32Array;
  /**
   * `[L]` mean and standard deviation of each label's cosine over the reference photos: a label that is near to
   * everything (a hub) says little
   */
  mean: Float32Array;
  deviation: Float32Array;
  /** `[C]` for each class the labels that are it or something more general */
  labelsOver: Int32Array[];
  /** `[L]` 1 where the label is a class or more general than one: then the visual model itself can vouch for it */
  covered: Uint8Array;
  /**
   * `[W]` for each concept the labels that are it or something more general; empty where nothing looks for concepts.
   */
  labelsOverConcepts: Int32Array[];
  /** What a person taught, by rows of `vectors`. */
  taught: FewShotLabels | null;
  /** `[L]` information content, 0 (says nothing) to 1 (a single thing) */
  specificity: Float32Array;
}

/**
 * What turns evidence into confidence; fitted on held-out photos. A logistic model may have fewer weights than there is
 * evidence: those of
 * packs that were calibrated before the last kinds of evidence were known.
 */
export interface Confidence {
  /**
   * For covered labels, of [log-odds of the classes' probability, standard score among the words, log-odds of the
   * likeliest class, specificity as far as no class vouches for it].
   */
  covered: Logistic;
  /** For all others, of [standard score, log-odds of the likeliest class, specificity]. */
  uncovered: Logistic;
  /**
   * For labels learned from accepted photos, of [log of the score among features, log of one more than the photos,
   * their product].
   */
  taught: Logistic;
  /**
   * `covered` and `uncovered` hold where half of the photos show a class; these where any share does. Packs calibrated
   * before they were known lack them.
   */
  apart?: ConditionalConfidence;
  /** What boxes make of a photo's objects. */
  objects?: ObjectConfidence;
  /**
   * For each scene, whether it would be said, of the log-odds that it is there: most photos show some sky, and few are
   * of it.
   */
  scenes?: Logistic[];
  /**
   * The least confidence that can keep what it says, 0..1: of everyday photos' labels between an even chance and here
   * too many are wrong. An even chance without it.
   */
  keptFrom?: number;
  /**
   * For labels that both the classes and the concepts can vouch for, of [log-odds by classes and words, log-odds by
   * concepts].
   */
  joined?: Logistic;
  /**
   * How sure a searched word is, of [standard score, similarity to the concepts, log-odds of the library's share]; see
   * photo-places.ts.
   */
  search?: Logistic;
}

/** Confidences of photos that show a class of the visual model, and of photos that show none. */
export interface ConditionalConfidence {
  /** Whether a photo shows a class, of its `KnownSigns`, were half of all photos to. */
  shows: Logistic;
  /** Covered labels, as above, of photos that show a class. */
  known: Logistic;
  /** Of photos that show none. */
  unknown: Logistic;
  /**
   * Uncovered labels of photos that show none: no class is a kind of them, so a photo that shows one is none of theirs.
   */
  uncovered: Logistic;
}

/**
 * All numbers that photos are labelled by, for a program that does it elsewhere. D features, E word dimensions, C
 * classes, L labels.
 */
export interface RankingNumbers {
  /** `[E, D]` */
  M: Float32Array;
  /** `[C, E]`, unit-norm; a row of zeros for a class without a word vector */
  classVectors: Float32Array;
  /** `[C, D]`, unit-norm */
  prototypes: Float32Array;
  space: LabelSpace;
  confidence: Confidence;
  /** Labels looked at by their meaning, beside those of the classes and those that were taught. */
  candidates: number;
}

export interface Ranked {
  label: number;
  confidence: number;
}

export interface RankOptions {
  /** Labels less sure are left out, 0..1. */
  threshold: number;
  /** At most so many. */
  limit: number;
  /** Probability that the photo shows a class; unknown, it is taken to be one of photos of which half do. */
  shows?: number;
  /** Of the library's photos that show a class, 0..1; a half without it. */
  share?: number;
}

/** The likeliest class of a photo that was seen: how much of it the visual model knows. */
export const topClassLogOdds = (output: VisualOutput, K: number, photo: number): number =>
  logit(output.probabilities[photo * K]);

/** What is more likely right than this is shown. */
export const EVEN_CHANCE = 0.5;

/** What is less sure than it can keep stays a guess, below the even chance from which labels are shown. */
export const MAX_GUESS_CONFIDENCE = 0.49;

/** @param from the least confidence that can keep what it says */
export const capGuess = (sure: number, from = EVEN_CHANCE): number =>
  sure >= from ? sure : Math.min(MAX_GUESS_CONFIDENCE, sure);

/**
 * What a label that concepts vouch for is worth beside one that the classes do: where and with whom a thing is comes
 * after what it is.
 */
export const CONTEXT_WEIGHT = 0.05;

/**
 * Up to this share of photos that show a class a library is one of everyday photos, rather than of single things; and
 * how sharp that bound is.
 */
const EVERYDAY_PRIOR = { share: 0.45, width: 0.02 };

/**
 * Among photos of single things the classes say what a photo is of; in everyday photos they often name something by the
 * way, and found objects come first.
 */
export const everydayWeight = (share: number): number =>
  logistic((EVERYDAY_PRIOR.share - share) / EVERYDAY_PRIOR.width);

/**
 * From what confidence on labels keep what it says, in a library of which a share shows a class: `Confidence.keptFrom`
 * is of everyday photos.
 */
export const minShownConfidence = ({ keptFrom = EVEN_CHANCE }: Pick<Confidence, "keptFrom">, share: number): number =>
  EVEN_CHANCE + everydayWeight(share) * (keptFrom - EVEN_CHANCE);

/**
 * Labels of one photo, best first. Labels near in meaning come from `nearest`, labels that the visual model vouches for
 * from its
 * classes, labels that a person taught from its features; each gets the highest confidence that any of them gives, see
 * `withExamples`. They are ordered by confidence × specificity, the expected information
 * (Deng et al. 2012): "animal" is surer than "goldfish" but says less.
 * @param places `[n, E]` as of `placesOf`
 * @param nearest the labels with the highest standard scores for a place, see `standardised`
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
  // What is more likely right than wrong is not left out for guesses that would say more.
  const kept = new Set(
    [...new Set([...ranked.filter(({ confidence: sure }) => sure > EVEN_CHANCE), ...ranked])].slice(0, limit),
  );
  return ranked.filter((each) => kept.has(each));
}

/** Probability of the classes that are a label or a kind of it, for every label that has any. */
export function classMass(space: LabelSpace, output: VisualOutput, K: number, photo: number): Map<number, number> {
  const mass = new Map<number, number>();
  for (let k = photo * K; k < (photo + 1) * K; k++) {
    const p = output.probabilities[k];
    for (const label of space.labelsOver[output.classes[k]]) mass.set(label, (mass.get(label) ?? 0) + p);
  }
  return mass;
}

/**
 * How many standard deviations nearer a label stands to a place than to the reference photos; 0 for a label without a
 * vector.
 */
export function zScore(space: LabelSpace, label: number, embedding: Float32Array): number {
  const E = embedding.length;
  if (space.deviation[label] === 0) return 0;
  return (dot(space.vectors, label * E, embedding, 0, E) - space.mean[label]) / space.deviation[label];
}

/**
 * How sure the evidence makes a label, 0..1: were it known whether the photo shows a class, one of two; as it is, their
 * mean by how probable that is.
 * @param known log-odds of the likeliest class
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

/** What speaks for a label that classes can vouch for, see `Confidence.covered`. */
export const coveredEvidence = (
  space: LabelSpace,
  label: number,
  mass: number,
  score: number,
  known: number,
): number[] => [logit(Math.min(1, mass)), score, known, (1 - Math.min(1, mass)) * space.specificity[label]];

/** What concepts make of a label: whether it is there, and whether a person would say so; 0..1 each. */
export interface ConceptEvidence {
  right: number;
  said: number;
  /** Whether the label is looked for itself: where only kinds of it are, finding none says little. */
  itself: boolean;
}

/**
 * What the concepts of a photo make of every label that is one of them or more general than one: by the surest. 0 for
 * those that were looked for and not found.
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

/** Below this a concept was as good as not found. */
export const MIN_CONCEPT_PROBABILITY = 0.02;

/**
 * Classes and words, and concepts: what both together make of a label that classes can vouch for; of any other, what
 * was found where the label
 * was looked for itself, else the surer of the two. What few people would say is no surer than they are many, unless
 * the classes vouch for it:
 * a cup in the background is there, but no label of the photo.
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
 * What examples add: a label that the visual model can vouch for itself is as sure as the mean of both witnesses, in
 * log-odds, any other as
 * its examples make it. Were it the surer of the two, labels that nobody corrected would lose photos to every label
 * that was.
 */
function combineExamples(predicted: number, taught: number, covered: boolean): number {
  if (taught <= predicted) return predicted;
  return covered ? logistic((logit(predicted) + logit(taught)) / 2) : taught;
}

/**
 * What a label's cosines are taken to scatter like before any photo was seen, and how many photos that is worth: few
 * classes say little about hubs.
 */
const PRIOR = { deviation: 0.1, photos: 10 };

/**
 * Mean and standard deviation of every label's cosine over reference places `[R, E]`; the deviation is drawn a little
 * towards the
 * prior, so that four classes that happen to lie alike do not make every word a discovery. 0 for a label without a
 * vector.
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
 * Rows `[L, E + 1]` whose inner product with `[place, 1]` is the label's standard score: an index over them finds the
 * nearest labels with hubness already corrected.
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
