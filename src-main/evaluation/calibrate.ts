import type { LabelId } from "../../src-shared/contract";
import { fitLogistic, type Logistic, logit } from "../devise/calibration";
import { fewShotEvidence } from "../devise/few-shot-confidence";
import { zScore, zScoreRows } from "../devise/hubness";
import type { InDistributionEvidence } from "../devise/in-distribution";
import { classMass, topClassLogOdds } from "../devise/label-evidence";
import type { Confidence, LabelSpace } from "../devise/ranking-numbers";
import type { VisualOutput } from "../devise/semantic-embedding";
import { UNCALIBRATED } from "../devise/uncalibrated";
import { indexRows } from "../math/nearest";
import type { WordNet } from "../words/wordnet";

/** Held-out photos and their visual output, for one split of the classes into known and held-out ones. */
export interface CalibrationFold {
  space: LabelSpace;
  labels: LabelId[];
  output: VisualOutput;
  /** `[n, E]` */
  embeddings: Float32Array;
  /** `[n]` */
  truths: LabelId[];
  /** `[n]` 1 where the photo shows a known class */
  known: Uint8Array;
  /** `[n]` */
  signs: InDistributionEvidence[];
}

/**
 * A few-shot label with this many examples, on a photo that is not among them; `alone` when it is the only few-shot
 * label.
 */
export interface FewShotTrial {
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

/** Few-shot trials on the photos of one fold. */
export interface FoldEvidence {
  labels: Evidence[];
  photos: { signs: InDistributionEvidence; known: boolean }[];
}

/** Number of semantic candidates that the labeller considers. */
const CANDIDATES = 40;

/**
 * Fits confidence as a function of evidence, on photos that neither the projection nor the calibration's classes have
 * seen. A label is right when it is the photo's true label or more general.
 */
export function calibrate(folds: FoldEvidence[], trials: FewShotTrial[]): Confidence {
  const evidence = folds.flatMap(({ labels }) => labels);
  const covered = evidence.filter((each) => each.covered);
  const uncovered = evidence.filter((each) => !each.covered);
  // When no class has enough photos for few-shot trials, the bundled pack's few-shot calibration is kept.
  const fewShot =
    trials.length === 0
      ? UNCALIBRATED.fewShot
      : fit(trials.map(({ score, examples, right }) => ({ x: fewShotEvidence(score, examples), right })));
  return {
    covered: fit(covered),
    uncovered: fit(uncovered),
    fewShot,
    apart: {
      inDistribution: fitInDistribution(folds),
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

/** Weights photos that show a class and those that don't as if there were equally many. */
function fitInDistribution(folds: FoldEvidence[]): Logistic {
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

/** Every label that could be shown on the photos of a fold, with its evidence. */
export async function evidenceOf(fold: CalibrationFold, wordnet: WordNet): Promise<FoldEvidence> {
  const { space, output, embeddings, truths, labels } = fold;
  const n = truths.length;
  const E = embeddings.length / n;
  const K = output.classes.length / n;
  const index = await indexRows(zScoreRows(space), E + 1);
  const evidence: Evidence[] = [];
  for (let i = 0; i < n; i++) {
    const mass = classMass(space, output, K, i);
    const known = topClassLogOdds(output, K, i);
    const embedding = embeddings.subarray(i * E, (i + 1) * E);
    for (const label of new Set([...mass.keys(), ...index.rows(Float32Array.of(...embedding, 1), CANDIDATES)])) {
      const covered = space.covered[label] === 1;
      const score = zScore(space, label, embedding);
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
