import type { LabelId } from "../../src-shared/contract";
import { taughtEvidenceOf } from "../devise/by-examples";
import { fitLogistic, type Logistic, logit } from "../devise/calibration";
import type { KnownSigns } from "../devise/known-share";
import type { Seen } from "../devise/places";
import { classMass, type Confidence, knownness, type LabelSpace, standardised, standardScore } from "../devise/ranking";
import { UNCALIBRATED } from "../devise/uncalibrated";
import { indexRows } from "../math/nearest";
import type { WordNet } from "../words/wordnet";

/** Held-out photos with what was seen in them, for one split of the classes into known and held-out ones. */
export interface CalibrationFold {
  space: LabelSpace;
  labels: LabelId[];
  seen: Seen;
  /** `[n, E]` */
  places: Float32Array;
  /** `[n]` */
  truths: LabelId[];
  /** `[n]` 1 where the photo shows one of the known classes */
  known: Uint8Array;
  /** `[n]` */
  signs: KnownSigns[];
}

/**
 * A label learned from so many examples, on a photo that was none of them; `alone` where no other label was taught
 * beside it.
 */
export interface TaughtEvidence {
  score: number;
  examples: number;
  right: boolean;
  alone: boolean;
}

interface Evidence {
  covered: boolean;
  known: boolean;
  x: number[];
  right: boolean;
}

/** What the photos of one fold teach. */
export interface FoldEvidence {
  labels: Evidence[];
  photos: { signs: KnownSigns; known: boolean }[];
}

/** As many candidates by meaning as the labeller looks at. */
const CANDIDATES = 40;

/**
 * Fits how sure evidence makes a label, on photos that neither the projection nor the calibration's classes have seen.
 * A label is right when it is the photo's true label or more general than it.
 */
export function calibrate(folds: FoldEvidence[], lessons: TaughtEvidence[]): Confidence {
  const evidence = folds.flatMap(({ labels }) => labels);
  const covered = evidence.filter((each) => each.covered);
  const uncovered = evidence.filter((each) => !each.covered);
  // Where no class has photos enough to teach from, the bundled pack's lesson stands.
  const taught =
    lessons.length === 0
      ? UNCALIBRATED.taught
      : fit(lessons.map(({ score, examples, right }) => ({ x: taughtEvidenceOf(score, examples), right })));
  return {
    covered: fit(covered),
    uncovered: fit(uncovered),
    taught,
    apart: {
      shows: fitShows(folds),
      known: fit(covered.filter(({ known }) => known)),
      unknown: fit(covered.filter(({ known }) => !known)),
      uncovered: fit(uncovered.filter(({ known }) => !known)),
    },
  };
}

function fit(rows: { x: number[]; right: boolean; weight?: number }[]): Logistic {
  const d = rows[0].x.length;
  const numbers = new Float64Array(rows.length * d);
  rows.forEach(({ x }, i) => numbers.set(x, i * d));
  return fitLogistic(
    numbers,
    d,
    Uint8Array.from(rows, ({ right }) => Number(right)),
    Float64Array.from(rows, ({ weight = 1 }) => weight),
  );
}

/** Photos that show a class and others count as if they were equally many. */
function fitShows(folds: FoldEvidence[]): Logistic {
  const photos = folds.flatMap((fold) => fold.photos);
  const share = photos.filter(({ known }) => known).length / photos.length;
  return fit(
    photos.map(({ signs: { odds, nearness }, known }) => ({
      x: [odds, nearness],
      right: known,
      weight: 0.5 / (known ? share : 1 - share),
    })),
  );
}

/** Every label that could be shown on the photos of a fold, with what speaks for it. */
export async function evidenceOf(fold: CalibrationFold, wordnet: WordNet): Promise<FoldEvidence> {
  const { space, seen, places, truths, labels } = fold;
  const n = truths.length;
  const E = places.length / n;
  const K = seen.classes.length / n;
  const index = await indexRows(standardised(space), E + 1);
  const evidence: Evidence[] = [];
  for (let i = 0; i < n; i++) {
    const mass = classMass(space, seen, K, i);
    const known = knownness(seen, K, i);
    const place = places.subarray(i * E, (i + 1) * E);
    for (const label of new Set([...mass.keys(), ...index.rows(Float32Array.of(...place, 1), CANDIDATES)])) {
      const covered = space.covered[label] === 1;
      const score = standardScore(space, label, place);
      evidence.push({
        covered,
        known: fold.known[i] === 1,
        x: covered ? [logit(Math.min(1, mass.get(label) ?? 0)), score, known] : [score, known],
        right: wordnet.isA(truths[i], labels[label]),
      });
    }
  }
  return { labels: evidence, photos: fold.signs.map((signs, i) => ({ signs, known: fold.known[i] === 1 })) };
}

/** Expected calibration error over bins of equal mass (Naeini et al. 2015), of the labels that would be shown. */
export function expectedCalibrationError(confidences: Float64Array, right: Uint8Array, bins = 10): number {
  const order = Array.from(confidences.keys()).sort((a, b) => confidences[a] - confidences[b]);
  let error = 0;
  for (let bin = 0; bin < bins; bin++) {
    const members = order.slice(Math.floor((bin * order.length) / bins), Math.floor(((bin + 1) * order.length) / bins));
    const mean = (of: (i: number) => number) => members.reduce((sum, i) => sum + of(i), 0) / members.length;
    if (members.length > 0)
      error += (members.length / order.length) * Math.abs(mean((i) => confidences[i]) - mean((i) => right[i]));
  }
  return error;
}
