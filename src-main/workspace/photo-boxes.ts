import type { BoxRectangle, LabelId, PhotoBox, PhotoId } from "../../src-shared/contract";
import { boxAt } from "../base/detections";
import { logistic } from "../devise/calibration";
import { boxLogOdds } from "../devise/concepts";
import { keptDetections } from "../store/detections";
import { guessesOf, labelsOfPhoto } from "../store/predictions";
import { peopleRuleOf } from "./detect-objects";
import { labelledDetector } from "./labelled-detector";
import type { OpenLibrary } from "./open-library";

/**
 * The boxes in a photo that reach their class's minimum score and weren't rejected, the surest first; null if no
 * detector of the pack has seen it.
 */
export function boxesOf(library: OpenLibrary, photo: PhotoId): PhotoBox[] | null {
  const { store, lexicon, pack, ranker } = library;
  const found: PhotoBox[] = [];
  const right = ranker.confidence.objects?.right;
  const supported = supportedBy(library, photo);
  let isSeen = false;
  for (const detector of pack.detection?.detectors ?? []) {
    const labelled = labelledDetector(lexicon, detector);
    const detections = keptDetections(store, labelled, [photo]).get(photo);
    if (!detections) continue;
    isSeen = true;
    const { id, kind, classes } = detector;
    detections.scores.forEach((score, b) => {
      const type = detections.classes[b]!;
      if (score < classes[type]!.threshold) return;
      const label = labelled.labelOf(type);
      const confidence = right && kind === "objects" ? logistic(boxLogOdds(right, detections, b)) : score;
      const box: BoxRectangle = [...boxAt(detections, b)];
      found.push({ label, ...lexicon.named(label), confidence, box, kind, supports: supported(label), detector: id });
    });
  }
  return isSeen ? found.sort((a, b) => b.confidence - a.confidence) : null;
}

/** The labels of a photo that are more general than a box's label, or that come from counting such boxes. */
function supportedBy(library: OpenLibrary, photo: PhotoId): (label: LabelId) => LabelId[] {
  const { store, lexicon, concepts } = library;
  const carried = [...labelsOfPhoto(store, photo), ...guessesOf(store, photo)].map(({ label }) => label);
  const person = peopleRuleOf(library)?.persons?.label;
  return (label) =>
    carried.filter(
      (other) =>
        other !== label &&
        (lexicon.wordnet.isA(label, other) || (label === person && concepts?.counted.has(other) === true)),
    );
}
