import type { Part } from "../split-parts";
import type { PhotoLabel } from "./browsing";
import type { LabelId, PhotoId } from "./ids";
import type { JobId } from "./working";

/** What deserves a look: doubts, mislabels, duplicates, the map, a split. */
export interface CuratingCalls {
  /**
   * Photos whose verdicts would teach most, in the order to look at them. The order stands while verdicts arrive
   * (photos that were dealt with drop out) and is made anew after each learning.
   */
  reviewQueue(query: { limit: number }): Promise<ReviewItem[]>;
  /**
   * Accepted labels that the photos' own features speak against, most suspicious first. Changes nothing. Empty where
   * fewer than two labels have three photos each.
   */
  labelIssues(query: { limit: number }): Promise<LabelIssue[]>;
  /**
   * Groups of near-duplicates and bursts among the present photos, largest first; null before the first search; stale
   * when photos came, went or changed since.
   */
  duplicates(): Promise<{ groups: DuplicateGroup[] | null; stale: boolean }>;
  findDuplicates(): Promise<{ job: JobId }>;
  /**
   * What giving the verdicts of a photo to its group of duplicates would come to; without a photo, those of all photos
   * to their groups.
   */
  countSpread(query: { photo: PhotoId | null }): Promise<SpreadResult>;
  /**
   * Does so. Verdicts that stand stay; where photos of a group were judged differently on a label, it is left alone.
   * One undo step.
   */
  spreadVerdicts(query: { photo: PhotoId | null }): Promise<SpreadResult>;
  /** How the photos are split into train, validation and test, and whether they can be. */
  splitState(): Promise<SplitState>;
  /** What a split would come to, without changing anything. Refused before duplicates were looked for. */
  planSplit(query: SplitQuery): Promise<SplitPlan>;
  /**
   * Splits the photos by group, so that duplicates never straddle the parts, in the place of an earlier split; the same
   * for the same seed. One undo step.
   */
  makeSplit(query: SplitQuery): Promise<SplitPlan>;
  /** Leaves the library without a split. One undo step. */
  removeSplit(): Promise<void>;
  /**
   * What would be labelled at a threshold, without changing anything: by all labels that have none of their own, or
   * with `label` by that one. Cheap enough for every move of a slider.
   */
  countAt(query: { threshold: number; label?: LabelId }): Promise<{ photos: number; labels: number }>;
  /** The library as a map on which photos that look alike are near each other; null before it was made. */
  embeddingMap(): Promise<EmbeddingMap | null>;
  /** Makes the map anew from all photos. Resolves when it has begun. */
  makeEmbeddingMap(): Promise<{ job: JobId }>;
}

/** n photos; all rows are parallel to `photos`. */
export interface EmbeddingMap {
  photos: PhotoId[];
  /** In the square from −1 to 1, upwards. */
  x: number[];
  y: number[];
  /** The best label as an index into `labels`, −1 for none. */
  best: number[];
  /** Its confidence, 0..1. */
  confidence: number[];
  /**
   * How far the visual model's classes and the projection stand apart among the words: 0 for one opinion, 1 for nothing
   * in common, −1 where it is not known.
   */
  disagreement: number[];
  /** Best labels with how many photos have them, most frequent first. */
  labels: { label: LabelId; name: string; parent: string | null; photos: number }[];
  /** Labels where their photos stand closest together, most telling first. */
  words: { label: LabelId; name: string; parent: string | null; photos: number; x: number; y: number }[];
  /** Photos that came after the map was made, and stand where their neighbours do. */
  placed: number;
  madeAt: string;
}

export interface ReviewItem {
  photo: PhotoId;
  /** 1 less the most that one of its labels is expected to say (confidence × specificity), 0..1 */
  uncertainty: number;
  /** `nothing`: no label is likely; `between`: two labels are about as likely; `unsure`: its best label is unsure */
  why: "nothing" | "between" | "unsure";
  /** What it is unsure of: none, one or two. */
  labels: PhotoLabel[];
}

export interface LabelIssue {
  photo: PhotoId;
  given: { label: LabelId; name: string; parent: string | null };
  /** The label that the photo's features speak for. */
  suggested: { label: LabelId; name: string; parent: string | null };
  /** Probability of the given label by what other photos say, 0..1. */
  score: number;
}

export interface DuplicateGroup {
  /** A burst: taken within seconds of each other. */
  kind: "duplicate" | "burst";
  /** Best first. */
  photos: PhotoId[];
  best: PhotoId;
  /** Why it is the best: "sharpest", "better exposed", "largest" … */
  why: string;
}

export interface SpreadResult {
  verdicts: number;
  /** That get one, and the groups that they are in. */
  photos: number;
  groups: number;
  /** Labels that photos of one group were judged differently on. */
  disputed: number;
}

export type { Part };
/** Shares of 0 or more each, taken in proportion. */
export type SplitQuery = Record<Part, number> & { seed: number };

export interface SplitState {
  split:
    | (SplitQuery & {
        madeAt: string;
        photos: Record<Part, number>;
        /** Photos without a part: they came later, and get one when duplicates are looked for. */
        waiting: number;
        /** Groups of duplicates that lie in two parts since photos came that joined them. */
        leaking: number;
      })
    | null;
  /** Groups of duplicates; null before they were looked for. */
  groups: number | null;
  /** Photos came, went or changed since then. */
  stale: boolean;
}

export interface SplitPlan {
  photos: Record<Part, number>;
  /** Groups of duplicates that stay together, and the photos in them. */
  groups: number;
  grouped: number;
  /** Photos that lie in another part by the split that there is. */
  moved: number;
}
