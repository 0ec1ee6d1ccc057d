import type { BoxRectangle, BoxRef } from "./browsing";
import type { LabelId, PhotoId } from "./ids";

/** A person's verdicts, with undo and redo. */
export interface AnnotationCalls {
  /** Records a verdict on photos, which outranks every prediction. `clear` removes an earlier one. One undo step. */
  annotate(verdict: AnnotationCall): Promise<{ photos: number }>;
  /**
   * Records verdicts in order, each as its own undo step but in one transaction: for keys that are pressed faster than
   * calls are answered. If one is refused, none is recorded.
   */
  annotateEach(query: { verdicts: AnnotationCall[] }): Promise<{ photos: number }>;
  /**
   * Judges boxes, as one undo step. A rejected box isn't shown any more and doesn't count as evidence for its label,
   * also when a detector finds it again; one that was drawn is only removed. An accepted box is certain, and stays when
   * no detector finds it. `clear` takes either back. The labels themselves get no verdict. If one box is refused, none is judged.
   */
  judgeBoxes(query: { boxes: BoxRef[]; verdict: Verdict }): Promise<void>;
  /** Gives boxes another label: accepts them with it, and rejects them with the old one. One undo step. */
  relabelBoxes(query: { boxes: BoxRef[]; label: LabelId }): Promise<void>;
  /** Accepts a box that a person drew, and its label on the photo. One undo step. */
  drawBox(query: { photo: PhotoId; label: LabelId; box: BoxRectangle }): Promise<void>;
  /**
   * The boxes of a label in all present photos, in order. `proposed`: detected boxes of other labels that look like the
   * label's accepted boxes, the most alike first; none before there are `BOXES_FOR_PROPOSALS` of those. They are no
   * verdicts, and count as nothing until they are judged. Boxes that were never compared before are compared in the
   * background, and the `photos` event says when there may be more.
   */
  boxTiles(query: { label: LabelId; state: BoxState | "proposed"; order: BoxOrder }): Promise<BoxTiles>;
  /** The labels that have boxes, those with the most boxes first, and whether anything looks for boxes. */
  boxLabels(): Promise<{ labels: BoxLabel[]; hasDetectors: boolean }>;
  /** Moves or resizes a box, which accepts it. One undo step. */
  moveBox(query: { box: BoxRef; to: BoxRectangle }): Promise<void>;
  undo(): Promise<{ undone: string | null }>;
  redo(): Promise<{ redone: string | null }>;
}

export interface AnnotationCall {
  photos: PhotoId[];
  label: LabelId;
  verdict: Verdict;
}
export type Verdict = "accept" | "reject" | "clear";

export type BoxState = "unjudged" | "accepted" | "rejected" | "all";
/**
 * `doubt`: those that are most likely wrong first. `newest`: by when the photo was taken. `size`: by the share of the
 * photo, largest first.
 */
export type BoxOrder = "doubt" | "confidence" | "newest" | "size";

/** Boxes of one label as parallel arrays: there may be 100,000. */
export interface BoxTiles {
  label: LabelId;
  name: string;
  parent: string | null;
  /** Of all boxes of the label, whichever state was asked for. */
  counts: BoxCounts;
  photos: PhotoId[];
  /** `[n, 4]` row-major: left, top, right, bottom; fractions of the upright photo, rounded to 1/10,000. */
  boxes: number[];
  /**
   * Probability 0..1 that the box is right, rounded to three places: 1 if a person accepted it, null if a person
   * rejected it and no detector finds it any more.
   */
  confidences: (number | null)[];
  /** Indices into `detectorIds`. */
  detectors: number[];
  /** As `detector` in `PhotoBox`. */
  detectorIds: string[];
  /** Null: not judged. */
  verdicts: ("accept" | "reject" | null)[];
}

export interface BoxCounts {
  unjudged: number;
  accepted: number;
  rejected: number;
}

export interface BoxLabel extends BoxCounts {
  label: LabelId;
  name: string;
  parent: string | null;
}
