import type { PhotoBox, PhotoId } from "../../src-shared/contract";
import { boxAt } from "../base/detections";
import { logistic } from "../devise/calibration";
import { boxLogOdds } from "../devise/concepts";
import { keptDetections } from "../store/detections";
import { labelledDetector } from "./labelled-detector";
import type { OpenLibrary } from "./open-library";

/**
 * The boxes in a photo that reach their class's minimum score and weren't rejected, the surest first; null if no
 * detector of the pack has seen it.
 */
export function boxesOf({ store, lexicon, pack, ranker }: OpenLibrary, photo: PhotoId): PhotoBox[] | null {
  const found: PhotoBox[] = [];
  const right = ranker.confidence.objects?.right;
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
      found.push({ label, ...lexicon.named(label), confidence, box: [...boxAt(detections, b)], kind, detector: id });
    });
  }
  return isSeen ? found.sort((a, b) => b.confidence - a.confidence) : null;
}
