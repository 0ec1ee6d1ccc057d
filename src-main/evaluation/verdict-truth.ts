import type { LabelId, PhotoId } from "../../src-shared/contract";
import type { WordNet } from "../words/wordnet";

/** A photo with a person's verdicts. */
export interface JudgedPhoto {
  photo: PhotoId;
  accepted: LabelId[];
  rejected: LabelId[];
}

/** A pack's labels for a photo that it did not learn from, in ranking order, each with its confidence 0..1. */
export type RankedLabels = { label: LabelId; confidence: number }[];

/**
 * Whether verdicts say that a photo shows a label: true if the label was accepted, or a kind of it was; false if it was
 * rejected, or it is a kind of a rejected label, or if all accepted labels are unrelated to it, as in learning (see
 * `fitFromExamples`). Null if verdicts don't say. A verdict on the label itself takes precedence.
 */
export function truthOf(
  { accepted, rejected }: JudgedPhoto,
  label: LabelId,
  wordnet: Pick<WordNet, "isA">,
): boolean | null {
  if (accepted.includes(label)) return true;
  if (rejected.includes(label)) return false;
  if (accepted.some((one) => wordnet.isA(one, label))) return true;
  if (rejected.some((one) => wordnet.isA(label, one))) return false;
  return accepted.length > 0 && !accepted.some((one) => wordnet.isA(label, one)) ? false : null;
}
