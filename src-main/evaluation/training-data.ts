import type { LabelId } from "../../src-shared/contract";
import { Refusal } from "../../src-shared/refusal";
import { FIRST_FIT, type FitData, type FitSettings } from "../devise/fit";
import { maskedPairs } from "../labeller/fit-data";
import { PROTOTYPE_FIT } from "../labeller/pack-projection";
import { random, randomEmbedding } from "../math/random";
import type { Pack } from "../vision/pack";
import type { WordNet } from "../words/wordnet";

/** Photos with their labels, as the visual model sees them. */
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
  /** Labels that M must not see. */
  heldOut: ReadonlySet<LabelId>;
  vectorOf: (label: LabelId) => Float32Array | null;
  wordDimensions: number;
  wordnet: WordNet;
}

/** What M is fitted on, and what of it came from where. */
export interface TrainingData extends FitData {
  labels: LabelId[];
  prototypesUsed: number;
  photosUsed: number;
  withoutVector: LabelId[];
}

/**
 * Where photos are there to be fitted, not prototypes alone. Adagrad's rate is high because features have unit length:
 * its first steps are then of M's own size.
 */
export const PHOTO_FIT: FitSettings = { ...FIRST_FIT, steps: 2000, learningRate: 1 };

/** As many steps as the data bear: few for prototypes alone, which they would only overfit. */
export const settingsFor = (photos: LabelledFeatures | null): FitSettings => (photos ? PHOTO_FIT : PROTOTYPE_FIT);

/**
 * One prototype a class and all photos, each a training example of its own. Labels of which one is a kind of the other
 * are not set against each other.
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
      `only ${vectors.length} of ${new Set([...classLabels, ...(photos?.labels ?? [])]).size} labels can be fitted: ${withoutVector.size} have no word vector, ${heldOut.size} are held out`,
    );
  }
  const features = new Float32Array(examples.length * D);
  examples.forEach(({ from, row }, i) => features.set(from.subarray(row * D, (row + 1) * D), i * D));
  const stray = features.findIndex((value) => !Number.isFinite(value));
  if (stray >= 0)
    throw new Refusal(
      "bad-training",
      `example ${Math.floor(stray / D)} of ${examples.length} has feature ${stray % D} = ${features[stray]}`,
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

/** The same data for the paper's control: every label has a random vector instead of its word's. */
export function withRandomWords(data: TrainingData, seed: number): TrainingData {
  const words = new Float32Array(data.words.length);
  data.labels.forEach((label, l) =>
    words.set(randomEmbedding(label, data.wordDimensions, seed), l * data.wordDimensions),
  );
  return { ...data, words };
}

/**
 * n of the pack's classes, drawn at random.
 * @throws Refusal `bad-training` when fewer than two would be left
 */
export function heldOutLabels(classLabels: readonly LabelId[], n: number, seed: number): LabelId[] {
  const labels = [...new Set(classLabels)];
  if (n > labels.length - 2)
    throw new Refusal("bad-training", `${n} of ${labels.length} classes can't be held out: at least 2 must be left`);
  const draw = random(seed);
  return labels
    .map((label) => ({ label, at: draw() }))
    .sort((a, b) => a.at - b.at)
    .slice(0, n)
    .map(({ label }) => label);
}
