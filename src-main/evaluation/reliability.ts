/**
 * Whether labels can be trusted: how sure they say they are against how often they are right, and how specific they can
 * be.
 */
import { random } from "../math/random";

/** One label that would be shown, in the order of the ranking. */
export interface ShownLabel {
  /** 0..1 */
  confidence: number;
  /** Information content, 0..1 */
  specificity: number;
  /** Whether it is the photo's true label or more general than it. */
  right: boolean;
}

export interface AccuracySpecificityPoint {
  threshold: number;
  accuracy: number;
  specificity: number;
  labelled: number;
}
export interface Calibration {
  error: number;
  interval: [number, number];
  bins: { confidence: number; right: number; labels: number }[];
}

const BINS = 10;
const ROUNDS = 200;

/**
 * Accuracy against specificity (Deng et al. 2012) of the first label of each photo, as a person sees it who asks for
 * labels of at least so
 * much confidence: the more careful, the more general the label becomes before there is none.
 * @param photos each photo's labels, best first, from the lowest threshold on
 */
export function accuracySpecificityCurve(photos: ShownLabel[][], thresholds: number[]): AccuracySpecificityPoint[] {
  return thresholds.map((threshold) => {
    const first = photos
      .map((labels) => labels.find(({ confidence }) => confidence >= threshold))
      .filter((label) => label !== undefined);
    const mean = (of: (label: ShownLabel) => number) =>
      first.length === 0 ? 0 : first.reduce((sum, label) => sum + of(label), 0) / first.length;
    return {
      threshold,
      accuracy: mean(({ right }) => Number(right)),
      specificity: mean(({ specificity }) => specificity),
      labelled: photos.length === 0 ? 0 : first.length / photos.length,
    };
  });
}

/**
 * Expected calibration error over ten bins of equal mass (Naeini et al. 2015) with its bootstrap 95 % interval: photos
 * are drawn anew, the
 * labels of a photo together.
 * @throws RangeError without labels
 */
export function calibrationOf(photos: ShownLabel[][], seed = 1): Calibration {
  const labels = photos.flat();
  if (labels.length === 0) throw new RangeError(`${photos.length} photos carry no label to be calibrated`);
  const draw = random(seed);
  const errors = Float64Array.from({ length: ROUNDS }, () => {
    const drawn = photos.flatMap(() => photos[Math.floor(draw() * photos.length)]);
    return drawn.length === 0 ? 0 : errorOf(binsOf(drawn));
  }).sort();
  const bins = binsOf(labels);
  return {
    error: errorOf(bins),
    interval: [errors[Math.floor(0.025 * (ROUNDS - 1))], errors[Math.ceil(0.975 * (ROUNDS - 1))]],
    bins,
  };
}

function binsOf(labels: ShownLabel[]): Calibration["bins"] {
  const sorted = [...labels].sort((a, b) => a.confidence - b.confidence);
  return Array.from({ length: BINS }, (_, bin) =>
    sorted.slice(Math.floor((bin * sorted.length) / BINS), Math.floor(((bin + 1) * sorted.length) / BINS)),
  )
    .filter((members) => members.length > 0)
    .map((members) => ({
      confidence: members.reduce((sum, { confidence }) => sum + confidence, 0) / members.length,
      right: members.reduce((sum, { right }) => sum + Number(right), 0) / members.length,
      labels: members.length,
    }));
}

function errorOf(bins: Calibration["bins"]): number {
  const all = bins.reduce((sum, { labels }) => sum + labels, 0);
  return bins.reduce((sum, { confidence, right, labels }) => sum + (labels / all) * Math.abs(confidence - right), 0);
}
