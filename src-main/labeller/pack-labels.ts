import type { LabelId } from "../../src-shared/contract";
import { type Pack } from "../vision/pack";
import { MAX_TOWER_LABELS } from "./label-rows";
import type { Lexicon } from "./lexicon";

/**
 * The labels of a pack's classes. A pack with a text tower has none of its own: it takes those of a label set, and
 * everyday ones in the place of a set that has none without a pack or too many.
 * @param set name or path of the library's label set
 */
export function classLabelsOf(pack: Pack, lexicon: Lexicon, set = EVERYDAY): LabelId[] {
  if (!pack.text) return pack.classes.map(({ name, wnid }) => lexicon.classLabel({ name, wnid: wnid ?? undefined }));
  const { labels } = lexicon.labelSet(set, []);
  return labels.length > 0 && labels.length <= MAX_TOWER_LABELS ? labels : lexicon.labelSet(EVERYDAY, []).labels;
}

const EVERYDAY = "everyday";
