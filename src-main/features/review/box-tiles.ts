import type { BoxCounts, BoxLabel, BoxOrder, BoxState, BoxTiles, LabelId, PhotoId } from "../../../src-shared/contract";
import { boxAt, type Detections } from "../../base/detections";
import { areaOf, overlapOf, type Rectangle } from "../../base/overlap";
import { allBoxesJudged, asStored, type Box, isSameBox, lastBoxVerdict, SAME_BOX } from "../../store/box-verdicts";
import type { Store } from "../../store/database";
import { allDetections } from "../../store/detections";
import { labelCards } from "../../store/label-cards";
import { presentPhotos } from "../../store/photos";
import type { PackDetector } from "../../vision/pack-detectors";
import { labelledDetector } from "../../workspace/labelled-detector";
import type { OpenLibrary } from "../../workspace/open-library";
import { boxConfidence } from "../../workspace/photo-boxes";

/** A box of a label: found by a detector, drawn by a person or imported. */
export interface LabelBox {
  photo: PhotoId;
  box: Rectangle;
  /** Id of the detector, or one of `NO_DETECTOR`. */
  detector: string;
  /** See `BoxTiles.confidences`. */
  confidence: number | null;
  /** How much speaks against the box, or, if it was rejected, for it: 0..1. */
  doubt: number;
  verdict: "accept" | "reject" | null;
}

const STATES = { unjudged: null, accepted: "accept", rejected: "reject" } as const;

/** The boxes of a label for the window. 100,000 boxes take about 0.5 s. */
export function boxTiles(
  library: OpenLibrary,
  { label, state, order }: { label: LabelId; state: BoxState; order: BoxOrder },
): BoxTiles {
  const all = labelBoxes(library, label);
  return asTiles(library, label, { shown: sortBoxes(library.store, inState(all, state), order), all });
}

/**
 * Boxes as parallel arrays.
 * @param all boxes of the label: they are counted
 */
export function asTiles(
  { lexicon }: OpenLibrary,
  label: LabelId,
  { shown, all }: { shown: readonly LabelBox[]; all: readonly LabelBox[] },
): BoxTiles {
  const detectorIds = [...new Set(shown.map(({ detector }) => detector))];
  const numbers = new Map(detectorIds.map((id, i) => [id, i]));
  const counts: BoxCounts = { unjudged: 0, accepted: 0, rejected: 0 };
  for (const { verdict } of all) counts[stateOf(verdict)]++;
  return {
    label,
    ...lexicon.named(label),
    counts,
    photos: shown.map(({ photo }) => photo),
    boxes: shown.flatMap(({ box }) => asStored(box)),
    confidences: shown.map(({ confidence }) => (confidence === null ? null : Math.round(confidence * 1000) / 1000)),
    detectors: shown.map(({ detector }) => numbers.get(detector)!),
    detectorIds,
    verdicts: shown.map(({ verdict }) => verdict),
  };
}

export const inState = (boxes: readonly LabelBox[], state: BoxState): LabelBox[] =>
  state === "all" ? [...boxes] : boxes.filter(({ verdict }) => verdict === STATES[state]);

export const stateOf = (verdict: LabelBox["verdict"]): keyof BoxCounts =>
  verdict === null ? "unjudged" : verdict === "accept" ? "accepted" : "rejected";

/** Sorts boxes in place; ties by photo. */
export function sortBoxes(store: Store, boxes: LabelBox[], order: BoxOrder): LabelBox[] {
  const newest = order === "newest" ? new Map(presentPhotos(store).map((photo, i) => [photo, -i])) : null;
  const key = {
    doubt: ({ doubt }: LabelBox) => doubt,
    confidence: ({ confidence }: LabelBox) => confidence ?? 0,
    newest: ({ photo }: LabelBox) => newest?.get(photo) ?? -Infinity,
    size: ({ box }: LabelBox) => areaOf(box),
  }[order];
  return boxes.sort((a, b) => key(b) - key(a) || a.photo - b.photo);
}

/**
 * All boxes of a label in present photos: those that a person judged, then what detectors found besides, from each
 * class's minimum score. One pass over the detections.
 *
 * Doubt is the order in which to look for errors, after ObjectLab (Tkachenko, Thyagarajan and Mueller 2023,
 * arXiv:2309.00832): a label and the model's probability for it are compared, and boxes of other labels in the same place
 * count against it. With p for the box and q for the surest other box there, of which at most one is right, p becomes
 * p (1 − q) / (1 − p q). Doubt is 1 − p, and p for a rejected box. A kind of the label, or what the label is a kind of,
 * is no other label.
 */
export function labelBoxes(library: OpenLibrary, label: LabelId): LabelBox[] {
  const { store, pack } = library;
  const judgedOfAll = judgedInPresent(store);
  const boxes: LabelBox[] = [];
  /** What a person judged, by photo, with the detection that it is about if there is one. */
  const judged = new Map<PhotoId, LabelBox[]>();
  for (const [photo, all] of judgedOfAll) {
    const own = all.filter((one) => one.label === label);
    if (own.length === 0) continue;
    const here = own.map(({ box, detector, verdict }): LabelBox => {
      const isAccepted = verdict === "accept";
      return { photo, box, detector, confidence: isAccepted ? 1 : null, doubt: isAccepted ? 1 : 0, verdict };
    });
    boxes.push(...here);
    judged.set(photo, here);
  }
  if (labelCards(store).get(label)?.hidden) return boxes; // what detectors find of a deleted label isn't shown
  for (const detector of pack.detection?.detectors ?? []) {
    const { labelOf } = labelledDetector(library.lexicon, detector);
    const labels = detector.classes.map((_, each) => labelOf(each));
    const type = labels.indexOf(label);
    if (type < 0) continue;
    const confidenceOf = boxConfidence(library, detector);
    const rivalOf = rivals(library, labels, { detector, type, confidenceOf, judged: judgedOfAll });
    for (const { photo, detections } of allDetections(store, detector.id, type)) {
      const { scores, classes } = detections;
      const here = judged.get(photo);
      for (let b = 0; b < scores.length; b++) {
        if (classes[b] !== type || scores[b]! < detector.classes[type]!.threshold) continue;
        const box = boxAt(detections, b);
        const confidence = confidenceOf(detections, b);
        const rival = rivalOf(photo, detections, b);
        const sure = rival === 0 ? confidence : (confidence * (1 - rival)) / (1 - confidence * rival || 1);
        const known = here?.filter((one) => isSameBox({ label, box: one.box }, { label, box }));
        if (!known || known.length === 0)
          boxes.push({ photo, box, detector: detector.id, confidence, doubt: 1 - sure, verdict: null });
        for (const one of known ?? []) {
          if (one.verdict === "reject") one.confidence = Math.max(one.confidence ?? 0, confidence);
          one.doubt = one.verdict === "reject" ? Math.max(one.doubt, sure) : Math.min(one.doubt, 1 - sure);
        }
      }
    }
  }
  return boxes;
}

/**
 * How sure the surest box of another label in the same place as box `b` is: 0..1, 1 if a person accepted it, 0 if there
 * is none. Rejected boxes don't count.
 */
function rivals(
  { lexicon }: OpenLibrary,
  labels: readonly LabelId[],
  { detector, type, confidenceOf, judged }: Searched,
): (photo: PhotoId, detections: Detections, b: number) => number {
  const label = labels[type]!;
  const isOther = labels.map((other) => !lexicon.wordnet.isA(other, label) && !lexicon.wordnet.isA(label, other));
  return (photo, detections, b) => {
    const { boxes, scores, classes } = detections;
    let surest = 0;
    for (let other = 0; other < scores.length; other++) {
      const of = classes[other]!;
      if (!isOther[of] || scores[other]! < detector.classes[of]!.threshold) continue;
      if (Math.abs(boxes[4 * other]! - boxes[4 * b]!) > boxes[4 * b + 2]! - boxes[4 * b]!) continue; // far apart
      const box = boxAt(detections, other);
      if (overlapOf(box, boxAt(detections, b)) < SAME_BOX) continue;
      const found = { label: labels[of]!, box };
      const verdict = judged.get(photo)?.find((one) => isSameBox(one, found))?.verdict;
      if (verdict !== "reject") surest = Math.max(surest, verdict === "accept" ? 1 : confidenceOf(detections, other));
    }
    return surest;
  };
}

interface Searched {
  detector: PackDetector;
  type: number;
  confidenceOf: (detections: Detections, b: number) => number;
  judged: JudgedBoxes;
}

type JudgedBoxes = ReadonlyMap<PhotoId, (Box & { verdict: "accept" | "reject" })[]>;

/** What a person judged in present photos, of all labels. */
function judgedInPresent(store: Store): JudgedBoxes {
  const judged = new Map<PhotoId, (Box & { verdict: "accept" | "reject" })[]>();
  if (lastBoxVerdict(store) === 0) return judged;
  const present = new Set(presentPhotos(store));
  for (const box of allBoxesJudged(store)) {
    if (!present.has(box.photo)) continue;
    const here = judged.get(box.photo);
    if (here) here.push(box);
    else judged.set(box.photo, [box]);
  }
  return judged;
}

/** The labels that have boxes in present photos, those with the most first. One pass over all detections. */
export function boxLabels({ store, lexicon, pack }: OpenLibrary): { labels: BoxLabel[]; hasDetectors: boolean } {
  const counts = new Map<LabelId, BoxCounts>();
  const countOf = (label: LabelId) => {
    let count = counts.get(label);
    if (!count) counts.set(label, (count = { unjudged: 0, accepted: 0, rejected: 0 }));
    return count;
  };
  const judged = judgedInPresent(store);
  for (const here of judged.values()) for (const { label, verdict } of here) countOf(label)[stateOf(verdict)]++;
  const cards = labelCards(store);
  for (const detector of pack.detection?.detectors ?? []) {
    const { labelOf } = labelledDetector(lexicon, detector);
    const labels = detector.classes.map((_, type) => labelOf(type));
    const found = new Uint32Array(labels.length);
    for (const { photo, detections } of allDetections(store, detector.id)) {
      const here = judged.get(photo);
      detections.classes.forEach((type, b) => {
        if (detections.scores[b]! < detector.classes[type]!.threshold) return;
        const isKnown =
          here?.some((one) => isSameBox(one, { label: labels[type]!, box: boxAt(detections, b) })) ?? false;
        if (!isKnown) found[type]!++;
      });
    }
    found.forEach((n, type) => {
      if (n > 0 && !cards.get(labels[type]!)?.hidden) countOf(labels[type]!).unjudged += n;
    });
  }
  return {
    labels: [...counts]
      .map(([label, count]) => ({ label, ...lexicon.named(label), ...count }))
      .sort((a, b) => totalOf(b) - totalOf(a) || (a.name < b.name ? -1 : 1)),
    hasDetectors: (pack.detection?.detectors.length ?? 0) > 0,
  };
}

const totalOf = ({ unjudged, accepted, rejected }: BoxCounts): number => unjudged + accepted + rejected;
