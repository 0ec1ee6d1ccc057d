import type { LabelId, PhotoId } from "../../src-shared/contract";
import type { FitData } from "../devise/fit";
import type { WordNet } from "../words/wordnet";

export interface Annotation {
  photo: PhotoId;
  label: LabelId;
  verdict: "accept" | "reject";
}

export interface FitDataParts {
  /** `[C, D]` one vector per class that represents its photos; replayed so that M does not forget them */
  prototypes: Float32Array;
  classLabels: LabelId[];
  dimensions: number;
  wordDimensions: number;
  vectorOf: (label: LabelId) => Float32Array | null;
  wordnet: WordNet;
  verdicts: Annotation[];
  /** A photo's features, `[D]`; null if there are none. */
  featureOf: (photo: PhotoId) => Float32Array | null;
  /** The photo's best label, used as the true label when only rejections are known; null if there is none. */
  bestOf: (photo: PhotoId) => LabelId | null;
}

/** Fraction of each batch that are prototypes; the rest are corrections. */
const REPLAY_SHARE = 0.5;

/**
 * Builds fit data from a person's verdicts: an accepted label is the photo's true label, a rejected label its only
 * negative. Labels without a word vector are left out; they get a vector from their photos instead.
 * @returns null if no verdict can be learned from
 */
export function fitDataOf(parts: FitDataParts): (FitData & { corrections: number }) | null {
  const { prototypes, classLabels, dimensions: D, wordDimensions: E, vectorOf, wordnet, verdicts, featureOf } = parts;
  const labels: LabelId[] = [];
  const vectors: Float32Array[] = [];
  const rows = new Map<LabelId, number>();
  const rowOf = (label: LabelId): number => {
    const there = rows.get(label);
    if (there !== undefined) return there;
    const vector = vectorOf(label);
    if (!vector) return -1;
    rows.set(label, labels.length);
    vectors.push(vector);
    return labels.push(label) - 1;
  };

  const examples: { feature: Float32Array; truth: number; rejected: number; replayed: boolean }[] = [];
  classLabels.forEach((label, c) => {
    const truth = rowOf(label);
    if (truth >= 0)
      examples.push({ feature: prototypes.subarray(c * D, (c + 1) * D), truth, rejected: -1, replayed: true });
  });
  const replayed = examples.length;

  const together: [number, number][] = [];
  for (const [photo, given] of groupByPhoto(verdicts)) {
    const feature = featureOf(photo);
    if (!feature) continue;
    const accepted = rowsFor(given, "accept", rowOf);
    const rejected = rowsFor(given, "reject", rowOf);
    for (const truth of accepted) {
      examples.push({ feature, truth, rejected: -1, replayed: false });
      for (const other of accepted) together.push([truth, other]);
    }
    const best = accepted.length > 0 ? accepted[0] : rowOfOrNone(parts.bestOf(photo), rowOf);
    if (best < 0) continue;
    for (const label of rejected)
      if (label !== best) examples.push({ feature, truth: best, rejected: label, replayed: false });
  }
  const corrections = examples.length - replayed;
  if (corrections === 0) return null;

  const n = examples.length;
  const features = new Float32Array(n * D);
  examples.forEach(({ feature }, i) => features.set(feature, i * D));
  const words = new Float32Array(labels.length * E);
  vectors.forEach((vector, l) => words.set(vector, l * E));
  return {
    corrections,
    dimensions: D,
    wordDimensions: E,
    features,
    words,
    truths: Int32Array.from(examples, ({ truth }) => truth),
    rejected: Int32Array.from(examples, ({ rejected }) => rejected),
    weights: Float32Array.from(examples, (example) =>
      example.replayed ? REPLAY_SHARE / replayed : (1 - REPLAY_SHARE) / corrections,
    ),
    masked: maskedPairs(labels, together, wordnet),
  };
}

const rowsFor = (given: Annotation[], verdict: Annotation["verdict"], rowOf: (label: LabelId) => number) =>
  given
    .filter((one) => one.verdict === verdict)
    .map(({ label }) => rowOf(label))
    .filter((row) => row >= 0);

const rowOfOrNone = (label: LabelId | null, rowOf: (label: LabelId) => number) => (label === null ? -1 : rowOf(label));

/**
 * `[C, C]` masked negatives: 1 where one label is a kind of the other or a photo has both, so that neither is wrong
 * when the other is right.
 */
export function maskedPairs(labels: LabelId[], together: [number, number][], wordnet: WordNet): Uint8Array {
  const C = labels.length;
  const masked = new Uint8Array(C * C);
  const rows = new Map(labels.map((label, row) => [label, row]));
  const mask = (a: number, b: number) => {
    masked[a * C + b] = masked[b * C + a] = 1;
  };
  labels.forEach((label, row) => {
    mask(row, row);
    for (const ancestor of wordnet.ancestors(label).keys()) {
      const other = rows.get(ancestor);
      if (other !== undefined) mask(row, other);
    }
  });
  for (const [a, b] of together) mask(a, b);
  return masked;
}

function groupByPhoto(verdicts: Annotation[]): Map<PhotoId, Annotation[]> {
  const groups = new Map<PhotoId, Annotation[]>();
  for (const verdict of verdicts) {
    const group = groups.get(verdict.photo);
    if (group) group.push(verdict);
    else groups.set(verdict.photo, [verdict]);
  }
  return groups;
}
