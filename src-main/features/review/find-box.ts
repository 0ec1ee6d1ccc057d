import type { BoxRef, PhotoId } from "../../../src-shared/contract";
import { Refusal } from "../../../src-shared/refusal";
import { boxAt } from "../../base/detections";
import { overlapOf } from "../../base/overlap";
import { type Box, isSameBox, judgedBoxes } from "../../store/box-verdicts";
import { judgedDetections } from "../../store/detections";
import { unknownPhoto } from "../../store/photos";
import { labelledDetector } from "../../workspace/labelled-detector";
import type { OpenLibrary } from "../../workspace/open-library";

/**
 * Finds boxes as they are stored, because the window's places are rounded: those that photos show.
 * @param orRejected else rejected ones, which a person may accept after all
 * @throws Refusal `no-photo`; the result throws Refusal `no-box`
 */
export function boxFinder(library: OpenLibrary, boxes: readonly BoxRef[], orRejected = false): (box: BoxRef) => Box {
  const { store, lexicon, pack } = library;
  const unknown = unknownPhoto(
    store,
    boxes.map(({ photo }) => photo),
  );
  if (unknown !== undefined) throw new Refusal("no-photo", `There is no photo ${unknown}.`);
  const detectors = new Map(
    pack.detection?.detectors.map((detector) => [
      detector.id,
      { classes: detector.classes, labelled: labelledDetector(lexicon, detector) },
    ]),
  );
  /** What a detector found and nobody rejected in a photo; accepted boxes are among it, as a person left them. */
  const detected = (photo: PhotoId, id: string): Box[] => {
    const detector = detectors.get(id);
    const detections = detector && judgedDetections(store, detector.labelled, [photo]).get(photo);
    if (!detections) return [];
    return Array.from(detections.classes, (type, b) => ({ type, b }))
      .filter(({ type, b }) => detections.scores[b]! >= detector.classes[type]!.threshold)
      .map(({ type, b }) => ({
        photo,
        detector: id,
        label: detector.labelled.labelOf(type),
        box: boxAt(detections, b),
      }));
  };
  return (box) => {
    const { photo, detector } = box;
    const best = (found: readonly Box[]) =>
      found
        .filter((one) => one.detector === detector && isSameBox(one, box))
        .sort((a, b) => overlapOf(b.box, box.box) - overlapOf(a.box, box.box))[0];
    const { accepted, rejected } = judgedBoxes(store, photo);
    const found = best(accepted) ?? best(detected(photo, detector)) ?? (orRejected ? best(rejected) : undefined);
    if (!found) throw noBox(library, box);
    return found;
  };
}

export const noBox = ({ lexicon }: OpenLibrary, { photo, label }: BoxRef) =>
  new Refusal("no-box", `Photo ${photo} no longer has this box of “${lexicon.named(label).name}”.`);
