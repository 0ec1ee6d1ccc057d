import type { BoxRectangle, LabelId, PhotoBox, PhotoId } from "../../src-shared/contract";
import { boxAt, type Detections } from "../base/detections";
import { logistic } from "../devise/calibration";
import { boxLogOdds } from "../devise/concepts";
import { type Box, boxesJudged, isSameBox, NO_DETECTOR } from "../store/box-verdicts";
import { detectionsOf, judgedDetections } from "../store/detections";
import { labelCards } from "../store/label-cards";
import { guessesOf, labelsOfPhoto } from "../store/predictions";
import type { PackDetector } from "../vision/pack-detectors";
import { peopleRuleOf } from "./detect-objects";
import { labelledDetector } from "./labelled-detector";
import type { OpenLibrary } from "./open-library";

/**
 * The boxes of a photo: those that a person accepted or drew or an import brought, then what detectors found, if it
 * reaches its class's minimum score, wasn't rejected and its label wasn't deleted, the surest first. Null if there are none and no detector of
 * the pack has seen the photo.
 */
export function boxesOf(library: OpenLibrary, photo: PhotoId): PhotoBox[] | null {
  const { store, lexicon, pack } = library;
  const supported = supportedBy(library, photo);
  const accepted = boxesJudged(store, photo, "accept");
  const cards = labelCards(store);
  const found: PhotoBox[] = accepted.map(({ label, box, detector }) => ({
    label,
    ...lexicon.named(label),
    confidence: 1,
    box: [...box],
    kind: pack.detection?.detectors.find(({ id }) => id === detector)?.kind ?? "objects",
    supports: supported(label),
    detector,
    origin: originOf(detector),
    verdict: "accept",
  }));
  let isSeen = false;
  for (const detector of pack.detection?.detectors ?? []) {
    const labelled = labelledDetector(lexicon, detector);
    const detections = judgedDetections(store, labelled, [photo]).get(photo);
    if (!detections) continue;
    isSeen = true;
    const { id, kind, classes } = detector;
    const confidenceOf = boxConfidence(library, detector);
    detections.scores.forEach((score, b) => {
      const type = detections.classes[b]!;
      if (score < classes[type]!.threshold) return;
      const label = labelled.labelOf(type);
      if (cards.get(label)?.hidden) return;
      const box: BoxRectangle = [...boxAt(detections, b)];
      if (accepted.some((one) => isSameBox(one, { label, box }))) return;
      const confidence = confidenceOf(detections, b);
      const supports = supported(label);
      const described = { label, ...lexicon.named(label), confidence, box, kind, supports, detector: id };
      found.push({ ...described, origin: "detector", verdict: null });
    });
  }
  return isSeen || found.length > 0 ? found.sort((a, b) => b.confidence - a.confidence) : null;
}

/** The probability that box `b` of a detector is right: calibrated if the pack's objects are, else its score. 0..1 */
export function boxConfidence(
  { ranker }: OpenLibrary,
  { kind }: PackDetector,
): (detections: Detections, b: number) => number {
  const right = kind === "objects" ? ranker.confidence.objects?.right : undefined;
  return (detections, b) => (right ? logistic(boxLogOdds(right, detections, b)) : detections.scores[b]!);
}

/**
 * What detectors found of a box's label in its place, whatever the verdict on it. If its own detector's results are
 * gone, that is the box itself: the detector will find it again.
 */
export function detectedAs({ store, lexicon, pack }: OpenLibrary, box: Box): Box[] {
  const found: Box[] = [];
  let isKnown = originOf(box.detector) !== "detector";
  for (const detector of pack.detection?.detectors ?? []) {
    const { labelOf } = labelledDetector(lexicon, detector);
    const detections = detectionsOf(store, detector.id, [box.photo]).get(box.photo);
    if (!detections) continue;
    if (detector.id === box.detector) isKnown = true;
    detections.classes.forEach((type, b) => {
      const one = { photo: box.photo, detector: detector.id, label: labelOf(type), box: boxAt(detections, b) };
      if (isSameBox(one, box)) found.push(one);
    });
  }
  return isKnown ? found : [box, ...found];
}

export const originOf = (detector: string): PhotoBox["origin"] =>
  detector === NO_DETECTOR.drawn || detector === NO_DETECTOR.imported ? detector : "detector";

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
