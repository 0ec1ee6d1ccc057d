import type { LabelId } from "../../src-shared/contract";
import type { FeatureSpace } from "../devise/feature-space";
import type { FitData, FitSettings } from "../devise/fit";
import { zScoreRows } from "../devise/hubness";
import { estimatePrior, inDistributionEvidence, inDistributionLogOdds, shiftPrior } from "../devise/in-distribution";
import { rankLabels } from "../devise/label-ranking";
import type { Confidence } from "../devise/ranking-numbers";
import { semanticEmbeddings, STORED_CLASSES, topClasses, type VisualOutput } from "../devise/semantic-embedding";
import { buildLabelSpace, labelVectors } from "../labeller/label-space";
import type { Lexicon } from "../labeller/lexicon";
import { indexRows } from "../math/nearest";
import { productsWith } from "../math/row-products";
import { takeRows } from "../math/take-rows";
import { dot, unitRows } from "../math/vectors";
import type { ClassifierHead } from "../vision/classifier-head";
import { calibrate, type CalibrationFold, evidenceOf, type FewShotTrial } from "./calibrate";
import { concatSets, type FeatureSet, sample, subset } from "./feature-set";
import { fewShotTrials, rowsByClasses } from "./few-shot-trials";
import { calibrationOf, type ShownLabel } from "./reliability";

export interface PackToCalibrate {
  /** D */
  dimensions: number;
  /** `[C, D]` */
  prototypes: Float32Array;
  head: ClassifierHead;
  classLabels: LabelId[];
  /** The labels that can be predicted. */
  labels: LabelId[];
  lexicon: Lexicon;
  /**
   * Photos to fit projections on, and photos to fit confidences on. They may be the same set; within a fold they never
   * overlap.
   */
  train: FeatureSet;
  validation: FeatureSet;
  /** Whether to fit on prototypes as well as photos. */
  withPrototypes: boolean;
  /** The feature space of the few-shot classifier. */
  space: FeatureSpace;
}

const FOLDS = 5;
/**
 * Photos of held-out classes per fold, and the same number of known ones: half of what people photograph belongs to no
 * class of any pack.
 */
const PHOTOS_PER_FOLD = 600;
/** The ranking settings that the product uses. */
const SHOWN_RULES = { threshold: 0.05, limit: 5, candidates: 40 };
/** Shares of photos of known classes to measure the confidences at. */
const SHARES = [1, 0.5, 0.1];

/** Calibration on a mix of photos with a given share of known classes. */
export interface CalibrationScore {
  /** True share, and the share estimated from the photos; 0..1 */
  share: number;
  estimated: number;
  photos: number;
  /** Expected calibration error of the labels shown, with its bootstrap 95% interval. */
  error: number;
  interval: [number, number];
}

export interface PackCalibration {
  confidence: Confidence;
  scores: CalibrationScore[];
}

/**
 * Fits a pack's confidences on photos of held-out classes, a fifth of the classes at a time: with a projection that
 * never saw them, a classifier without them, and their photos mixed with photos of the other classes.
 * @param fit fits a projection `[E, D]` on part of the classes
 * @returns the confidences, and their error at several shares of known photos, each fold scored with the confidences of
 *   the other four
 */
export async function calibratePack(
  pack: PackToCalibrate,
  settings: FitSettings,
  fit: (data: FitData, settings: FitSettings) => Promise<Float32Array>,
  onFold: (done: number, of: number) => void,
): Promise<PackCalibration> {
  const { lexicon } = pack;
  const all = pack.classLabels.map((_, c) => c);
  const folds: CalibrationFold[] = [];
  const trials: FewShotTrial[] = [];
  for (let fold = 0; fold < FOLDS; fold++) {
    const known = all.filter((c) => c % FOLDS !== fold);
    const parted = apart(pack, fold);
    const M = await fit(dataOf(parted, known), settings);
    folds.push(await foldOf(parted, known, M));
    const rows = rowsByClasses(pack.space, pack.validation.features, pack.head, known);
    trials.push(
      ...fewShotTrials(
        rows,
        pack.validation.classes,
        all.filter((c) => c % FOLDS === fold),
        pack.space,
      ),
    );
    onFold(fold + 1, FOLDS);
  }
  const evidence = await Promise.all(folds.map((fold) => evidenceOf(fold, lexicon.wordnet)));
  const others = folds.map((_, fold) =>
    calibrate(
      evidence.filter((_, other) => other !== fold),
      trials,
    ),
  );
  return {
    confidence: calibrate(evidence, trials),
    scores: await Promise.all(SHARES.map((share) => scoreOf(pack, folds, others, share))),
  };
}

/**
 * When one set of photos serves both fits, the known photos for confidences come from the next fifth of the classes,
 * which M is then fitted without.
 */
function apart(pack: PackToCalibrate, fold: number): PackToCalibrate {
  const { train, validation, dimensions: D } = pack;
  if (train !== validation) return pack;
  const next = (fold + 1) % FOLDS;
  return {
    ...pack,
    train: subset(train, D, (c) => c % FOLDS !== next),
    validation: subset(validation, D, (c) => c % FOLDS === fold || c % FOLDS === next),
  };
}

/**
 * Data for a projection that knows only some classes: their training photos and, where these are few, their prototypes.
 */
export function dataOf(
  { train, prototypes, withPrototypes, dimensions: D, lexicon, classLabels }: PackToCalibrate,
  classes: number[],
): FitData {
  const row = new Map(classes.map((c, i) => [c, i]));
  const known = subset(train, D, (c) => row.has(c));
  const photos = withPrototypes
    ? concatSets(known, { features: takeRows(prototypes, D, classes), classes: Int32Array.from(classes) })
    : known;
  return {
    dimensions: D,
    features: photos.features,
    truths: photos.classes.map((c) => row.get(c)!),
    wordDimensions: lexicon.vocabulary.dimensions,
    words: labelVectors(
      classes.map((c) => classLabels[c]),
      lexicon.vectorOf,
      lexicon.vocabulary.dimensions,
    ),
  };
}

async function foldOf(pack: PackToCalibrate, known: number[], M: Float32Array): Promise<CalibrationFold> {
  const { dimensions: D, validation, head, prototypes, classLabels, labels, lexicon } = pack;
  const isKnown = new Set(known);
  const photos = concatSets(
    sample(
      subset(validation, D, (c) => !isKnown.has(c)),
      D,
      PHOTOS_PER_FOLD,
    ),
    sample(
      subset(validation, D, (c) => isKnown.has(c)),
      D,
      PHOTOS_PER_FOLD,
    ),
  );
  const n = photos.classes.length;
  const logits = new Float32Array(n * known.length);
  for (let i = 0; i < n; i++) {
    known.forEach((c, k) => {
      logits[i * known.length + k] = dot(photos.features, i * D, head.weights, c * D, D) + head.bias[c];
    });
  }
  const output: VisualOutput = {
    features: photos.features,
    ...topClasses(logits, known.length, Math.min(STORED_CLASSES, known.length)),
  };
  const knownLabels = known.map((c) => classLabels[c]);
  const vectors = labelVectors(knownLabels, lexicon.vectorOf, lexicon.vocabulary.dimensions);
  const alone: VisualOutput = {
    features: takeRows(prototypes, D, known),
    classes: Uint16Array.from(known.keys()),
    probabilities: new Float32Array(known.length).fill(1),
  };
  const E = lexicon.vocabulary.dimensions;
  const cosinesWith = productsWith(semanticEmbeddings(alone, M, vectors, D), E);
  return {
    labels,
    output,
    embeddings: semanticEmbeddings(output, M, vectors, D),
    space: await buildLabelSpace({
      labels,
      classLabels: knownLabels,
      vectorOf: lexicon.vectorOf,
      wordnet: lexicon.wordnet,
      cosinesWith,
      dimensions: E,
    }),
    truths: Array.from(photos.classes, (c) => classLabels[c]),
    known: Uint8Array.from(photos.classes, (c) => Number(isKnown.has(c))),
    signs: inDistributionEvidence(output, productsWith(unitRows(alone.features, D), D), D),
  };
}

/**
 * The error on a mix of the folds' photos with a given share of known classes; the share itself is estimated from the
 * photos, as in a library.
 */
async function scoreOf(
  pack: PackToCalibrate,
  folds: CalibrationFold[],
  confidences: Confidence[],
  share: number,
): Promise<CalibrationScore> {
  const parts = folds.map((fold, f) => {
    const rows = mixed(fold.known, share);
    return {
      fold,
      confidence: confidences[f],
      rows,
      odds: rows.map((i) => inDistributionLogOdds(confidences[f].apart!.inDistribution, fold.signs[i])),
    };
  });
  const estimated = estimatePrior(parts.flatMap(({ odds }) => odds));
  const shown = (
    await Promise.all(
      parts.map(({ fold, confidence, rows, odds }) =>
        shownLabels(
          pack,
          fold,
          confidence,
          rows,
          odds.map((each) => shiftPrior(estimated, each)),
        ),
      ),
    )
  ).flat();
  const { error, interval } = calibrationOf(shown);
  return { share, estimated, photos: shown.length, error, interval };
}

/**
 * Rows of the largest mix of photos with a given share of known ones.
 * @param share above 0, up to 1
 */
function mixed(known: Uint8Array, share: number): number[] {
  const rows = (which: number) => Array.from(known.keys()).filter((i) => known[i] === which);
  const [some, others] = [rows(1), rows(0)];
  const total = Math.min(some.length / share, share === 1 ? Infinity : others.length / (1 - share));
  const evenly = (from: number[], n: number) =>
    Array.from({ length: n }, (_, i) => from[Math.floor((i * from.length) / n)]);
  return [...evenly(some, Math.round(total * share)), ...evenly(others, Math.round(total * (1 - share)))];
}

async function shownLabels(
  { lexicon, labels }: PackToCalibrate,
  fold: CalibrationFold,
  confidence: Confidence,
  rows: number[],
  inDistribution: number[],
): Promise<ShownLabel[][]> {
  const index = await indexRows(zScoreRows(fold.space), lexicon.vocabulary.dimensions + 1);
  const nearest = (embedding: Float32Array) => index.rows(Float32Array.of(...embedding, 1), SHOWN_RULES.candidates);
  return rows.map((i, at) =>
    rankLabels(fold.space, confidence, fold.output, fold.embeddings, i, nearest, {
      ...SHOWN_RULES,
      inDistribution: inDistribution[at],
    }).map(({ label, confidence: sure }) => ({
      confidence: sure,
      specificity: fold.space.specificity[label],
      right: lexicon.wordnet.isA(fold.truths[i], labels[label]),
    })),
  );
}
