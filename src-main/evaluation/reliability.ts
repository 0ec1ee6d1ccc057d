/** Reliability of labels: confidence against accuracy, and accuracy against specificity. */
import { random } from "../math/random";

/** One label that would be shown, in ranking order. */
export interface ShownLabel {
  /** 0..1 */
  confidence: number;
  /** Information content, 0..1 */
  specificity: number;
  /** Whether it is the photo's true label or more general. */
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
 * Accuracy–specificity trade-off (Deng et al. 2012) of each photo's first label at a minimum confidence: as it rises,
 * labels become more general, then disappear.
 * @param photos each photo's labels, best first, starting at the lowest threshold
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
 * Expected calibration error over ten bins of equal mass (Naeini et al. 2015) with its bootstrap 95% interval: photos
 * are resampled, the labels of a photo together.
 * @throws RangeError without labels
 */
export function calibrationOf(photos: ShownLabel[][], seed = 1): Calibration {
  const labels = photos.flat();
  if (labels.length === 0) throw new RangeError(`${photos.length} photos have no labels to calibrate`);
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
