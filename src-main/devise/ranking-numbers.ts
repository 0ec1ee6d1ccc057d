import type { Logistic } from "./calibration";
import type { ObjectConfidence } from "./concepts";
import type { FewShotLabels } from "./few-shot-confidence";

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
  /**
   * Whether several classes can be right at once, as with SigLIP, which gives "dog" and "poodle" a probability each. The
   * greatest then counts; otherwise probabilities add up.
   */
  overlapping?: boolean;
  /** `[L]` 1 where the label is a class or a hypernym of one, so that the visual model can support it */
  covered: Uint8Array;
  /** `[W]` for each concept, the labels that are it or a hypernym of it; empty without detectors and scenes */
  labelsOverConcepts: Int32Array[];
  /** The few-shot classifier, by rows of `vectors`. */
  fewShot: FewShotLabels | null;
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
  fewShot: Logistic;
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
  inDistribution: Logistic;
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
