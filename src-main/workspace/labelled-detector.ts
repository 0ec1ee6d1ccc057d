import type { LabelId } from "../../src-shared/contract";
import type { Lexicon } from "../labeller/lexicon";
import type { LabelledDetector } from "../store/detections";
import type { PackDetector } from "../vision/pack-detectors";

/** A pack's detector with the labels of its classes. */
export function labelledDetector(lexicon: Lexicon, { id, classes }: PackDetector): LabelledDetector {
  const labelOf = (type: number): LabelId => {
    const { name, wnid } = classes[type]!;
    return lexicon.classLabel({ name, wnid: wnid ?? undefined });
  };
  return {
    id,
    labelOf,
    classOf(label) {
      const type = classes.findIndex((_, each) => labelOf(each) === label);
      return type < 0 ? undefined : type;
    },
  };
}
