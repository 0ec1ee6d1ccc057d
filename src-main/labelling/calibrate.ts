import type { LabelId } from "../../src-preload/contract";
import { fitLogistic, logit } from "../devise/calibration";
import type { Seen } from "../devise/places";
import { classMass, type Confidence, knownness, type LabelSpace, standardScore, standardised } from "../devise/ranking";
import { indexRows } from "../search/nearest";
import type { WordNet } from "../words/wordnet";

/** For packs that were not calibrated: that of the bundled pack. */
export const UNCALIBRATED: Confidence = {
  covered: { bias: 0.2, weights: [1.15, -0.13, -0.11] },
  uncovered: { bias: -7.6, weights: [0.83, -0.16] },
  taught: { bias: -7.07, weights: [1.61, 0.126] },
};

/** Held-out photos with what was seen in them, for one split of the classes into known and held-out ones. */
export interface CalibrationFold {
  space: LabelSpace;
  labels: LabelId[];
  seen: Seen;
  /** `[n, E]` */
  places: Float32Array;
  /** `[n]` */
  truths: LabelId[];
}

/** A label learned from so many examples, on a photo that was none of them. */
export interface TaughtEvidence { score: number; examples: number; right: boolean }

interface Evidence { covered: boolean; x: number[]; right: boolean; label: number; fold: CalibrationFold }

/** As many candidates by meaning as the labeller looks at. */
const CANDIDATES = 40;

/**
 * Fits how sure evidence makes a label, on photos that neither the projection nor the calibration's classes have seen.
 * A label is right when it is the photo's true label or more general than it.
 */
export async function calibrate(folds: CalibrationFold[], lessons: TaughtEvidence[], wordnet: WordNet): Promise<Confidence> {
  const evidence = (await Promise.all(folds.map((fold) => evidenceOf(fold, wordnet)))).flat();
  const fit = (covered: boolean) => {
    const rows = evidence.filter((each) => each.covered === covered);
    const d = rows[0].x.length;
    return fitLogistic(Float64Array.from(rows.flatMap(({ x }) => x)), d, Uint8Array.from(rows, ({ right }) => Number(right)), new Float64Array(rows.length).fill(1));
  };
  // Where no class has photos enough to teach from, the bundled pack's lesson stands.
  const taught = lessons.length === 0 ? UNCALIBRATED.taught : fitLogistic(
    Float64Array.from(lessons.flatMap(({ score, examples }) => [score, Math.log(1 + examples)])), 2,
    Uint8Array.from(lessons, ({ right }) => Number(right)), new Float64Array(lessons.length).fill(1));
  return { covered: fit(true), uncovered: fit(false), taught };
}

async function evidenceOf(fold: CalibrationFold, wordnet: WordNet): Promise<Evidence[]> {
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
        covered, label, fold,
        x: covered ? [logit(Math.min(1, mass.get(label) ?? 0)), score, known] : [score, known],
        right: wordnet.isA(truths[i], labels[label]),
      });
    }
  }
  return evidence;
}

/** Expected calibration error over bins of equal mass (Naeini et al. 2015), of the labels that would be shown. */
export function expectedCalibrationError(confidences: Float64Array, right: Uint8Array, bins = 10): number {
  const order = Array.from(confidences.keys()).sort((a, b) => confidences[a] - confidences[b]);
  let error = 0;
  for (let bin = 0; bin < bins; bin++) {
    const members = order.slice(Math.floor((bin * order.length) / bins), Math.floor(((bin + 1) * order.length) / bins));
    const mean = (of: (i: number) => number) => members.reduce((sum, i) => sum + of(i), 0) / members.length;
    if (members.length > 0) error += (members.length / order.length) * Math.abs(mean((i) => confidences[i]) - mean((i) => right[i]));
  }
  return error;
}

