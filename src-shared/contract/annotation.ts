import type { PhotoBox } from "./browsing";
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
   * Rejects one box of a photo: it isn't shown any more and doesn't count as evidence for its label, also when a
   * detector finds it again. The label itself gets no verdict. One undo step.
   */
  rejectBox(query: { photo: PhotoId } & Pick<PhotoBox, "label" | "box" | "detector">): Promise<void>;
  undo(): Promise<{ undone: string | null }>;
  redo(): Promise<{ redone: string | null }>;
}

export interface AnnotationCall {
  photos: PhotoId[];
  label: LabelId;
  verdict: Verdict;
}
export type Verdict = "accept" | "reject" | "clear";
