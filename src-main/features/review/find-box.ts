import type { BoxRef, PhotoId } from "../../../src-shared/contract";
import { Refusal } from "../../../src-shared/refusal";
import { boxAt } from "../../base/detections";
import { overlapOf } from "../../base/overlap";
import { type Box, judgedBoxes, SAME_BOX } from "../../store/box-verdicts";
import { judgedDetections } from "../../store/detections";
import { unknownPhoto } from "../../store/photos";
import { labelledDetector } from "../../workspace/labelled-detector";
import type { OpenLibrary } from "../../workspace/open-library";

/**
 * Finds boxes as they are stored, because the window's places are rounded: those that photos show.
 * A proposal is a box that was found under another label.
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
        .filter((one) => one.detector === detector && overlapOf(one.box, box.box) >= SAME_BOX)
        .sort((a, b) => overlapOf(b.box, box.box) - overlapOf(a.box, box.box))[0];
    const named = (found: readonly Box[]) => best(found.filter(({ label }) => label === box.label));
    const { accepted, rejected } = judgedBoxes(store, photo);
    const others = detected(photo, detector);
    const found = named(accepted) ?? named(others) ?? (orRejected ? named(rejected) : undefined) ?? best(others);
    if (!found) throw noBox(library, box);
    return { ...found, label: box.label };
  };
}

export const noBox = ({ lexicon }: OpenLibrary, { photo, label }: BoxRef) =>
  new Refusal("no-box", `Photo ${photo} no longer has this box of “${lexicon.named(label).name}”.`);
