import type { LabelId } from "../../src-shared/contract";
import { type Pack } from "../vision/pack";
import type { Lexicon } from "./lexicon";

/** The labels of a pack's classes. */
export const classLabelsOf = (pack: Pack, lexicon: Lexicon): LabelId[] =>
  pack.classes.map(({ name, wnid }) => lexicon.classLabel({ name, wnid: wnid ?? undefined }));
