import { expectedCalibrationError } from "../../src-main/evaluation/calibrate";
import type { WordNet } from "../../src-main/words/wordnet";
import type { LabelId } from "../../src-shared/contract";

type Hierarchy = Pick<WordNet, "ancestors" | "isA">;

/** A photo's ground truth and its labels, best first. */
export interface LabelledPhoto {
  truth: LabelId;
  labels: { label: LabelId; score: number }[];
}

export interface LabelScores {
  photos: number;
  /** Photos with a near hit among their labels. */
  near: number;
  /** Photos whose first label is a near hit. */
  nearFirst: number;
  /** Photos with the true label itself among their labels. */
  exact: number;
  /** Photos whose first label is the true one. */
  first: number;
  labelsPerPhoto: number;
  /** 0..1, see `expectedCalibrationError`; a label is right when it is the true one or more general. */
  calibrationError: number;
}

/** More distant ancestors say too little about a photo. */
const NEAR_STEPS = 3;

/** Near hit: the true label, an ancestor up to three levels above, or any descendant. */
export function isNearHit(hierarchy: Hierarchy, truth: LabelId, label: LabelId): boolean {
  return hierarchy.isA(label, truth) || hierarchy.ancestors(truth, NEAR_STEPS).has(label);
}

/**
 * Scores the first `most` labels of each photo.
 * @throws RangeError without photos
 */
export function scoreLabels(hierarchy: Hierarchy, photos: readonly LabelledPhoto[], most: number): LabelScores {
  if (photos.length === 0) throw new RangeError("no photos have no scores");
  const shown = photos.map(({ truth, labels }) => ({ truth, labels: labels.slice(0, most) }));
  const all = shown.flatMap(({ truth, labels }) =>
    labels.map(({ label, score }) => ({ score, right: hierarchy.isA(truth, label) })),
  );
  return {
    photos: photos.length,
    near: shown.filter(({ truth, labels }) => labels.some(({ label }) => isNearHit(hierarchy, truth, label))).length,
    nearFirst: shown.filter(({ truth, labels }) => labels.length > 0 && isNearHit(hierarchy, truth, labels[0].label))
      .length,
    exact: shown.filter(({ truth, labels }) => labels.some(({ label }) => label === truth)).length,
    first: shown.filter(({ truth, labels }) => labels[0]?.label === truth).length,
    labelsPerPhoto: all.length / photos.length,
    calibrationError: expectedCalibrationError(
      Float64Array.from(all, ({ score }) => score),
      Uint8Array.from(all, ({ right }) => Number(right)),
    ),
  };
}
