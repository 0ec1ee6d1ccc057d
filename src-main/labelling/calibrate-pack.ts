import type { LabelId } from "../../src-preload/contract";
import type { FitData, FitSettings } from "../devise/fit";
import { placesOf, type Seen, topClasses } from "../devise/places";
import { type Confidence, rankLabels, standardised } from "../devise/ranking";
import { type FeatureSet, joined, sample, subset, takeRows } from "../evaluate/feature-set";
import { indexRows } from "../search/nearest";
import { dot } from "../vectors";
import type { ClassifierHead } from "../vision/classifier-head";
import { calibrate, type CalibrationFold, expectedCalibrationError, type TaughtEvidence } from "./calibrate";
import { KEPT_CLASSES } from "./embed-photos";
import { buildLabelSpace, labelVectors } from "./label-space";
import type { Fit } from "./pack-projection";
import type { Lexicon } from "./lexicon";
import { taughtEvidence } from "./taught-evidence";

export interface PackToCalibrate {
  /** D */
  dimensions: number;
  /** `[C, D]` */
  prototypes: Float32Array;
  head: ClassifierHead;
  classLabels: LabelId[];
  /** The labels that will be predicted. */
  labels: LabelId[];
  lexicon: Lexicon;
  /** Photos that projections are fitted on, and photos that confidences are fitted on. */
  train: FeatureSet;
  validation: FeatureSet;
  /** Whether prototypes are fitted on beside the photos. */
  withPrototypes: boolean;
}

const FOLDS = 5;
/** Photos of held-out classes a fold, and as many of known ones: half of what people photograph is no class of any pack. */
const PHOTOS_A_FOLD = 600;
/** As the product shows labels. */
const SHOWN = { threshold: 0.05, limit: 5, candidates: 40 };

/**
 * Fits a pack's confidences on photos of classes that were held out, a fifth of the classes at a time: a projection that never saw them,
 * a classifier from which they were struck, and photos of them beside photos of the rest.
 * @param fit fits a projection on part of the classes
 * @returns the confidences, and the expected calibration error of the labels shown, each fold scored with those of the other four
 */
export async function calibratePack(
  pack: PackToCalibrate, settings: FitSettings, fit: Fit, onFold: (done: number, of: number) => void,
): Promise<{ confidence: Confidence; error: number }> {
  const { prototypes, validation, dimensions: D, lexicon } = pack;
  const all = pack.classLabels.map((_, c) => c);
  const folds: CalibrationFold[] = [];
  const lessons: TaughtEvidence[] = [];
  for (let fold = 0; fold < FOLDS; fold++) {
    const known = all.filter((c) => c % FOLDS !== fold);
    const { M } = await fit(dataOf(pack, known), settings);
    folds.push(await foldOf(pack, known, M));
    lessons.push(...taughtEvidence(validation, takeRows(prototypes, D, known), all.filter((c) => c % FOLDS === fold), D));
    onFold(fold + 1, FOLDS);
  }
  const confidence = await calibrate(folds, lessons, lexicon.wordnet);
  const scored: { sure: number; right: boolean }[] = [];
  for (const fold of folds) {
    const others = await calibrate(folds.filter((other) => other !== fold), lessons, lexicon.wordnet);
    scored.push(...await shownLabels(pack, fold, others));
  }
  return { confidence, error: expectedCalibrationError(Float64Array.from(scored, ({ sure }) => sure), Uint8Array.from(scored, ({ right }) => Number(right))) };
}

/** What a projection is fitted on that knows only some classes: their training photos and, where these are few, their prototypes. */
export function dataOf({ train, prototypes, withPrototypes, dimensions: D, lexicon, classLabels }: PackToCalibrate, classes: number[]): FitData {
  const row = new Map(classes.map((c, i) => [c, i]));
  const known = subset(train, D, (c) => row.has(c));
  const photos = withPrototypes ? joined(known, { features: takeRows(prototypes, D, classes), classes: Int32Array.from(classes) }) : known;
  return {
    dimensions: D, features: photos.features, truths: photos.classes.map((c) => row.get(c)!),
    wordDimensions: lexicon.vocabulary.dimensions, words: labelVectors(classes.map((c) => classLabels[c]), lexicon.vectorOf, lexicon.vocabulary.dimensions),
  };
}

async function foldOf(pack: PackToCalibrate, known: number[], M: Float32Array): Promise<CalibrationFold> {
  const { dimensions: D, validation, head, prototypes, classLabels, labels, lexicon } = pack;
  const isKnown = new Set(known);
  const photos = joined(
    sample(subset(validation, D, (c) => !isKnown.has(c)), D, PHOTOS_A_FOLD),
    sample(subset(validation, D, (c) => isKnown.has(c)), D, PHOTOS_A_FOLD));
  const n = photos.classes.length;
  const logits = new Float32Array(n * known.length);
  for (let i = 0; i < n; i++) {
    known.forEach((c, k) => { logits[i * known.length + k] = dot(photos.features, i * D, head.weights, c * D, D) + head.bias[c]; });
  }
  const seen: Seen = { features: photos.features, ...topClasses(logits, known.length, Math.min(KEPT_CLASSES, known.length)) };
  const knownLabels = known.map((c) => classLabels[c]);
  const vectors = labelVectors(knownLabels, lexicon.vectorOf, lexicon.vocabulary.dimensions);
  const alone: Seen = { features: takeRows(prototypes, D, known), classes: Uint16Array.from(known.keys()), probabilities: new Float32Array(known.length).fill(1) };
  const reference = placesOf(alone, M, vectors, D);
  return {
    labels, seen, places: placesOf(seen, M, vectors, D),
    space: await buildLabelSpace({ labels, classLabels: knownLabels, vectorOf: lexicon.vectorOf, wordnet: lexicon.wordnet, reference, dimensions: lexicon.vocabulary.dimensions }),
    truths: Array.from(photos.classes, (c) => classLabels[c]),
  };
}

async function shownLabels({ lexicon, labels }: PackToCalibrate, fold: CalibrationFold, confidence: Confidence): Promise<{ sure: number; right: boolean }[]> {
  const index = await indexRows(standardised(fold.space), lexicon.vocabulary.dimensions + 1);
  const nearest = (place: Float32Array) => index.rows(Float32Array.of(...place, 1), SHOWN.candidates);
  return fold.truths.flatMap((truth, i) => rankLabels(fold.space, confidence, fold.seen, fold.places, i, nearest, SHOWN)
    .map(({ label, confidence: sure }) => ({ sure, right: lexicon.wordnet.isA(truth, labels[label]) })));
}
