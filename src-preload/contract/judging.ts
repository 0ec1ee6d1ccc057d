import type { LabelId, PhotoId } from "./ids";

/** A person's verdicts, and taking them back. */
export interface JudgingCalls {
  /** Records a person's verdict on photos; it outranks every prediction. `clear` takes an earlier one back. One undo step. */
  judge(verdict: { photos: PhotoId[]; label: LabelId; verdict: Verdict }): Promise<{ photos: number }>;
  undo(): Promise<{ undone: string | null }>;
  redo(): Promise<{ redone: string | null }>;
}

export type Verdict = "accept" | "reject" | "clear";
