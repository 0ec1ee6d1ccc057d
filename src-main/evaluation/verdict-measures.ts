import type { LabelId } from "../../src-shared/contract";
import type { WordNet } from "../words/wordnet";
import { type JudgedPhoto, type RankedLabels, truthOf } from "./verdict-truth";

/** Labels with fewer verdicts have no average precision. */
export const MIN_VERDICTS = 3;
const BINS = 10;

export const MEASURES = ["first", "precision", "calibration"] as const;
export type MeasureName = (typeof MEASURES)[number];

/** A measure of one pack on all photos, or on a resample of them. */
export interface Measure {
  /** Photos, labels or predictions that it is taken over. */
  n: number;
  /** @param weights `[n]` how often each photo counts @returns null if nothing is left to measure */
  value(weights: ArrayLike<number>): number | null;
}

/** What a pack's first labels on photos with an accepted label were; null for photos without. */
export const firstLabelsRight = (
  photos: readonly JudgedPhoto[],
  ranked: readonly RankedLabels[],
  wordnet: Pick<WordNet, "isA">,
): (boolean | null)[] =>
  photos.map((photo, i) => {
    if (photo.accepted.length === 0) return null;
    const first = ranked[i]![0];
    return first !== undefined && truthOf(photo, first.label, wordnet) === true;
  });

/** Share of photos with an accepted label whose first label is right, 0..1. */
export function firstMeasure(right: readonly (boolean | null)[]): Measure {
  return {
    n: right.filter((each) => each !== null).length,
    value(weights) {
      let [hits, all] = [0, 0];
      right.forEach((each, i) => {
        if (each === null) return;
        all += weights[i]!;
        if (each) hits += weights[i]!;
      });
      return all === 0 ? null : hits / all;
    },
  };
}

/** One photo among those whose truth about a label is known. */
interface Scored {
  photo: number;
  confidence: number;
  right: boolean;
}

/**
 * Mean average precision over labels with at least three verdicts, one right and one wrong photo: how far a label's
 * photos come before others when sorted by its confidence. A label that the pack does not predict has confidence 0.
 */
export function precisionMeasure(
  photos: readonly JudgedPhoto[],
  ranked: readonly RankedLabels[],
  wordnet: Pick<WordNet, "isA">,
): Measure {
  const confidences = ranked.map((labels) => new Map(labels.map(({ label, confidence }) => [label, confidence])));
  const labels = labelsWithVerdicts(photos, MIN_VERDICTS).flatMap((label) => {
    const scored: Scored[] = photos.flatMap((photo, i) => {
      const right = truthOf(photo, label, wordnet);
      return right === null ? [] : [{ photo: i, confidence: confidences[i]!.get(label) ?? 0, right }];
    });
    const isJudgeable = scored.some(({ right }) => right) && scored.some(({ right }) => !right);
    return isJudgeable ? [rankingOf(scored)] : [];
  });
  return {
    n: labels.length,
    value(weights) {
      const precisions = labels.map((ranking) => averagePrecision(ranking, weights)).filter((each) => each !== null);
      return precisions.length === 0 ? null : precisions.reduce((sum, each) => sum + each, 0) / precisions.length;
    },
  };
}

function labelsWithVerdicts(photos: readonly JudgedPhoto[], least: number): LabelId[] {
  const counts = new Map<LabelId, number>();
  for (const { accepted, rejected } of photos)
    for (const label of [...accepted, ...rejected]) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts].filter(([, n]) => n >= least).map(([label]) => label);
}

/** Photos by a label's confidence, highest first, down to the last right one; what follows doesn't matter. */
interface Ranking {
  /** Rows of photos. */
  photos: Int32Array;
  /** 1 if right */
  right: Uint8Array;
  /** Where each group of equal confidence ends. */
  ends: Int32Array;
}

function rankingOf(scored: Scored[]): Ranking {
  scored.sort((a, b) => b.confidence - a.confidence);
  const ends = scored.flatMap(({ confidence }, i) => (scored[i + 1]?.confidence === confidence ? [] : [i + 1]));
  const last = scored.findLastIndex(({ right }) => right);
  const groups = ends.findIndex((end) => end > last) + 1;
  const kept = scored.slice(0, ends[groups - 1]);
  return {
    photos: Int32Array.from(kept, ({ photo }) => photo),
    right: Uint8Array.from(kept, ({ right }) => Number(right)),
    ends: Int32Array.from(ends.slice(0, groups)),
  };
}

/**
 * Average precision, the sum over thresholds of the precision there times the recall gained (Zhu 2004, and
 * scikit-learn's `average_precision_score`): photos of equal confidence come together.
 * @returns null without a right photo
 */
function averagePrecision({ photos, right, ends }: Ranking, weights: ArrayLike<number>): number | null {
  let [found, all, sum, i] = [0, 0, 0, 0];
  for (let group = 0; group < ends.length; group++) {
    let gained = 0;
    for (const end = ends[group]!; i < end; i++) {
      const weight = weights[photos[i]!]!;
      all += weight;
      gained += weight * right[i]!;
    }
    found += gained;
    if (gained > 0) sum += (gained * found) / all;
  }
  return found === 0 ? null : sum / found;
}

/**
 * Expected calibration error (Naeini et al. 2015) of the predictions that verdicts say something about: sorted by
 * confidence and cut into ten bins of equal weight, by the middle of each prediction's weight.
 */
export function calibrationMeasure(
  photos: readonly JudgedPhoto[],
  ranked: readonly RankedLabels[],
  wordnet: Pick<WordNet, "isA">,
): Measure {
  const scored: Scored[] = photos
    .flatMap((photo, i) =>
      ranked[i]!.flatMap(({ label, confidence }) => {
        const right = truthOf(photo, label, wordnet);
        return right === null ? [] : [{ photo: i, confidence, right }];
      }),
    )
    .sort((a, b) => a.confidence - b.confidence);
  return {
    n: scored.length,
    value(weights) {
      const whole = scored.reduce((sum, { photo }) => sum + weights[photo]!, 0);
      if (whole === 0) return null;
      const excess = new Float64Array(BINS);
      let before = 0;
      for (const { photo, confidence, right } of scored) {
        const weight = weights[photo]!;
        const bin = Math.min(BINS - 1, Math.floor((BINS * (before + weight / 2)) / whole));
        excess[bin] = excess[bin]! + weight * (confidence - Number(right));
        before += weight;
      }
      return excess.reduce((sum, each) => sum + Math.abs(each), 0) / whole;
    },
  };
}
