import type { Lexicon } from "../labeller/lexicon";
import type { LabelledDetector } from "../store/detections";
import type { PackDetector } from "../vision/pack-detectors";

/** A pack's detector with the labels of its classes. */
export const labelledDetector = (lexicon: Lexicon, { id, classes }: PackDetector): LabelledDetector => ({
  id,
  labelOf(type) {
    const { name, wnid } = classes[type]!;
    return lexicon.classLabel({ name, wnid: wnid ?? undefined });
  },
});
