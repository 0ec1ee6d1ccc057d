import type { LabelId, PhotoId } from "./ids";

/** A person's verdicts, and taking them back. */
export interface AnnotationCalls {
  /**
   * Records a person's verdict on photos; it outranks every prediction. `clear` takes an earlier one back. One undo
   * step.
   */
  annotate(verdict: AnnotationCall): Promise<{ photos: number }>;
  /**
   * Records verdicts in their order, each an undo step of its own, and on disk all at once: for keys that are pressed
   * faster than they are answered. With one that is refused none is recorded.
   */
  annotateEach(query: { verdicts: AnnotationCall[] }): Promise<{ photos: number }>;
  undo(): Promise<{ undone: string | null }>;
  redo(): Promise<{ redone: string | null }>;
}

export interface AnnotationCall {
  photos: PhotoId[];
  label: LabelId;
  verdict: Verdict;
}
export type Verdict = "accept" | "reject" | "clear";
