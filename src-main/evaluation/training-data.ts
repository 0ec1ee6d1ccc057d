import type { LabelId } from "../../src-shared/contract";
import { Refusal } from "../../src-shared/refusal";
import { FIRST_FIT } from "../devise/first-fit";
import type { FitData, FitSettings } from "../devise/fit";
import { maskedPairs } from "../labeller/fit-data";
import { PROTOTYPE_FIT } from "../labeller/pack-projection";
import { random, randomEmbedding } from "../math/random";
import type { Pack } from "../vision/pack";
import type { WordNet } from "../words/wordnet";

/** Labelled photos, as features. */
export interface LabelledFeatures {
  /** `[n, D]`, row-major */
  features: Float32Array;
  /** `[n]` */
  labels: LabelId[];
}

export interface TrainingParts {
  pack: Pack;
  /** `[C, D]` */
  prototypes: Float32Array;
  classLabels: LabelId[];
  photos: LabelledFeatures | null;
  /** Labels to exclude from the fit. */
  heldOut: ReadonlySet<LabelId>;
  vectorOf: (label: LabelId) => Float32Array | null;
  wordDimensions: number;
  wordnet: WordNet;
}

/** Training data for M, and how much came from prototypes and from photos. */
export interface TrainingData extends FitData {
  labels: LabelId[];
  prototypesUsed: number;
  photosUsed: number;
  withoutVector: LabelId[];
}

/**
 * For fits that include photos. Adagrad's rate is high because features have unit length: its first steps are then
 * about as large as M.
 */
export const PHOTO_FIT: FitSettings = { ...FIRST_FIT, steps: 2000, learningRate: 1 };

/** Settings that suit the data: few steps for prototypes alone, which would overfit. */
export const settingsFor = (photos: LabelledFeatures | null): FitSettings => (photos ? PHOTO_FIT : PROTOTYPE_FIT);

/**
 * One prototype per class and all photos, each a training example. Labels related as ancestor and descendant are masked
 * as negatives.
 * @throws Refusal `bad-training` when fewer than two labels have a word vector, or a feature is not finite
 */
export function trainingData({
  pack,
  prototypes,
  classLabels,
  photos,
  heldOut,
  vectorOf,
  wordDimensions: E,
  wordnet,
}: TrainingParts): TrainingData {
  const D = pack.dimensions;
  const rows = new Map<LabelId, number>();
  const vectors: Float32Array[] = [];
  const withoutVector = new Set<LabelId>();
  const examples: { from: Float32Array; row: number; truth: number }[] = [];
  const take = (from: Float32Array, row: number, label: LabelId): boolean => {
    if (heldOut.has(label)) return false;
    let truth = rows.get(label);
    if (truth === undefined) {
      const vector = vectorOf(label);
      if (!vector) withoutVector.add(label);
      if (!vector) return false;
      rows.set(label, (truth = vectors.push(vector) - 1));
    }
    examples.push({ from, row, truth });
    return true;
  };
  const prototypesUsed = classLabels.filter((label, c) => take(prototypes, c, label)).length;
  const photosUsed = photos?.labels.filter((label, i) => take(photos.features, i, label)).length ?? 0;
  if (vectors.length < 2) {
    throw new Refusal(
      "bad-training",
      `Only ${vectors.length} of ${new Set([...classLabels, ...(photos?.labels ?? [])]).size} labels ` +
        `can be used: ${withoutVector.size} have no word vector, ${heldOut.size} are held out.`,
    );
  }
  const features = new Float32Array(examples.length * D);
  examples.forEach(({ from, row }, i) => features.set(from.subarray(row * D, (row + 1) * D), i * D));
  const stray = features.findIndex((value) => !Number.isFinite(value));
  if (stray >= 0)
    throw new Refusal(
      "bad-training",
      `Feature ${stray % D} of example ${Math.floor(stray / D)} (of ${examples.length}) is ${features[stray]}; it must be finite.`,
    );
  const words = new Float32Array(vectors.length * E);
  vectors.forEach((vector, l) => words.set(vector, l * E));
  const labels = [...rows.keys()];
  return {
    dimensions: D,
    wordDimensions: E,
    features,
    words,
    labels,
    prototypesUsed,
    photosUsed,
    withoutVector: [...withoutVector],
    truths: Int32Array.from(examples, ({ truth }) => truth),
    masked: maskedPairs(labels, [], wordnet),
  };
}

/** The same data for the paper's control: each label gets a random vector instead of its word vector. */
export function withRandomWords(data: TrainingData, seed: number): TrainingData {
  const words = new Float32Array(data.words.length);
  data.labels.forEach((label, l) =>
    words.set(randomEmbedding(label, data.wordDimensions, seed), l * data.wordDimensions),
  );
  return { ...data, words };
}

/**
 * Draws n of the pack's classes at random.
 * @throws Refusal `bad-training` when fewer than two would be left
 */
export function heldOutLabels(classLabels: readonly LabelId[], n: number, seed: number): LabelId[] {
  const labels = [...new Set(classLabels)];
  if (n > labels.length - 2)
    throw new Refusal("bad-training", `${n} of ${labels.length} classes can’t be held out: at least 2 must remain.`);
  const draw = random(seed);
  return labels
    .map((label) => ({ label, at: draw() }))
    .sort((a, b) => a.at - b.at)
    .slice(0, n)
    .map(({ label }) => label);
}
