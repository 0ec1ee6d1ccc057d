import type { Part } from "../split-parts";
import type { PhotoLabel } from "./browsing";
import type { LabelId, PhotoId } from "./ids";
import type { JobId } from "./working";

/** Review queue, label issues, duplicates, splits and the embedding map. */
export interface CuratingCalls {
  /**
   * Photos whose annotation would teach the model most, in order. The order is kept while verdicts arrive (annotated
   * photos drop out) and computed again after each retraining.
   */
  reviewQueue(query: { limit: number }): Promise<ReviewItem[]>;
  /**
   * Accepted labels that the photos' features contradict, most suspicious first. Empty unless two labels have three
   * photos each.
   */
  labelIssues(query: { limit: number }): Promise<LabelIssue[]>;
  /**
   * Groups of near-duplicates and bursts, largest first; null before the first search. Stale if photos were added,
   * removed or changed since.
   */
  duplicates(): Promise<{ groups: DuplicateGroup[] | null; stale: boolean }>;
  findDuplicates(): Promise<{ job: JobId }>;
  /** What `spreadVerdicts` would change. */
  countSpread(query: { photo: PhotoId | null }): Promise<SpreadResult>;
  /**
   * Copies a photo's verdicts to its group of duplicates, or with null those of all photos to their groups. Existing
   * verdicts stay, and labels on which a group disagrees are skipped. One undo step.
   */
  spreadVerdicts(query: { photo: PhotoId | null }): Promise<SpreadResult>;
  /** The split into train, validation and test, if there is one, and whether one can be made. */
  splitState(): Promise<SplitState>;
  /** What `makeSplit` would change. Refused before the first search for duplicates. */
  planSplit(query: SplitQuery): Promise<SplitPlan>;
  /**
   * Splits the photos by group, so that duplicates stay in one part; replaces an earlier split. The same seed gives the
   * same split. One undo step.
   */
  makeSplit(query: SplitQuery): Promise<SplitPlan>;
  /** Removes the split. One undo step. */
  removeSplit(): Promise<void>;
  /**
   * How many photos and labels would be shown at a threshold, for all labels without their own, or for `label`. Fast
   * enough to call while a slider moves.
   */
  countAt(query: { threshold: number; label?: LabelId }): Promise<{ photos: number; labels: number }>;
  /** The embedding map, on which photos that look alike are close; null before it was computed. While the first one is, a provisional one. */
  embeddingMap(): Promise<EmbeddingMap | null>;
  /** Computes the map from all photos. Resolves when the job has started. */
  makeEmbeddingMap(): Promise<{ job: JobId }>;
}

/** n photos; all rows are parallel to `photos`. */
export interface EmbeddingMap {
  photos: PhotoId[];
  /** −1..1; y points up. */
  x: number[];
  y: number[];
  /** Index of the best label in `labels`; −1 for none. */
  best: number[];
  /** Its confidence, 0..1. */
  confidence: number[];
  /**
   * Distance between the projection and the convex combination of the classes in the space of words: 0 if they agree, 1
   * if they have nothing in common, −1 if unknown.
   */
  disagreement: number[];
  /** Best labels with their photo counts, most frequent first. */
  labels: { label: LabelId; name: string; parent: string | null; photos: number }[];
  /** Labels at the densest spot of their photos, most informative first. */
  words: { label: LabelId; name: string; parent: string | null; photos: number; x: number; y: number }[];
  /** Photos added since the map was computed, placed by their nearest neighbours. */
  placed: number;
  /** When it was built; empty while it is. */
  madeAt: string;
  /** It is being built: photos are missing, and positions still change. */
  isProvisional: boolean;
}

export interface ReviewItem {
  photo: PhotoId;
  /** 1 − the maximum of confidence × specificity over its labels, 0..1 */
  uncertainty: number;
  /**
   * `nothing`: no label is probable; `between`: two are about equally probable; `unsure`: the best has low confidence
   */
  why: "nothing" | "between" | "unsure";
  /** The labels in question: none, one or two. */
  labels: PhotoLabel[];
}

export interface LabelIssue {
  photo: PhotoId;
  given: { label: LabelId; name: string; parent: string | null };
  /** The label that the photo's features suggest. */
  suggested: { label: LabelId; name: string; parent: string | null };
  /** Out-of-sample probability of the given label, 0..1. */
  score: number;
}

export interface DuplicateGroup {
  /** `burst`: taken within seconds of each other. */
  kind: "duplicate" | "burst";
  /** Best first. */
  photos: PhotoId[];
  best: PhotoId;
  /** Why `best` is suggested to keep: "sharpest", "better exposed", "largest" … */
  why: string;
}

export interface SpreadResult {
  verdicts: number;
  /** Photos that get a verdict, and their groups. */
  photos: number;
  groups: number;
  /** Labels on which the photos of a group have different verdicts. */
  disputed: number;
}

export type { Part };
/** Shares, 0 or more, that are scaled to a sum of 1. */
export type SplitQuery = Record<Part, number> & { seed: number };

export interface SplitState {
  split:
    | (SplitQuery & {
        madeAt: string;
        photos: Record<Part, number>;
        /** New photos without a part; they join one at the next search for duplicates. */
        waiting: number;
        /** Leaky groups: duplicates in two parts, because new photos connected them. */
        leaking: number;
      })
    | null;
  /** Groups of duplicates; null before the first search. */
  groups: number | null;
  /** Photos were added, removed or changed since the search. */
  stale: boolean;
}

export interface SplitPlan {
  photos: Record<Part, number>;
  /** Groups of duplicates that are kept together, and their photos. */
  groups: number;
  grouped: number;
  /** Photos that are in another part of the current split. */
  moved: number;
}
