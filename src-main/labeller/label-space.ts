import { setImmediate } from "node:timers/promises";
import type { LabelId } from "../../src-shared/contract";
import type { FewShotClassifier } from "../devise/few-shot";
import type { FewShotLabels } from "../devise/few-shot-confidence";
import { hubness } from "../devise/hubness";
import type { LabelSpace } from "../devise/ranking-numbers";
import type { WordNet } from "../words/wordnet";

export interface LabelSpaceParts {
  /** The L labels that may be predicted. */
  labels: LabelId[];
  /** `[C]` label of each class of the visual model */
  classLabels: LabelId[];
  /** Unit vector of a label, `[E]`; null if it has none. */
  vectorOf: (label: LabelId) => Float32Array | null;
  wordnet: WordNet;
  /** A vector's cosines `[R]` with the semantic embeddings of the reference photos */
  cosinesWith: (vector: Float32Array) => Float32Array;
  /** E */
  dimensions: number;
  fewShot?: FewShotModel | null;
  /** `[W]` label of each concept */
  conceptLabels?: LabelId[];
  /** See `LabelSpace`. */
  overlapping?: boolean;
  /** Concepts that come from counting. In WordNet people are a kind of group, but two people are not a group. */
  counted?: ReadonlySet<LabelId>;
}

/** The few-shot classifier, with the labels it was fitted for. All are in the label space. */
export interface FewShotModel {
  labels: LabelId[];
  /** Rejected labels, learned from the photos they were rejected on; they follow `labels` in `of`. */
  rejected: LabelId[];
  of: FewShotClassifier;
}

/** Labels processed between yields (about 10 ms). */
const LABELS_PER_YIELD = 250;

/** Builds the numbers that the ranking works on. */
export async function buildLabelSpace({
  labels,
  classLabels,
  vectorOf,
  wordnet,
  cosinesWith,
  dimensions: E,
  fewShot = null,
  conceptLabels = [],
  counted,
  overlapping = false,
}: LabelSpaceParts): Promise<LabelSpace> {
  const vectors = new Float32Array(labels.length * E);
  const [mean, deviation] = [new Float32Array(labels.length), new Float32Array(labels.length)];
  for (let from = 0; from < labels.length; from += LABELS_PER_YIELD) {
    const chunk = labels.slice(from, from + LABELS_PER_YIELD);
    chunk.forEach((label, l) => {
      const vector = vectorOf(label);
      if (vector) vectors.set(vector, (from + l) * E);
    });
    const hubs = hubness(vectors.subarray(from * E, (from + chunk.length) * E), cosinesWith, E);
    mean.set(hubs.mean, from);
    deviation.set(hubs.deviation, from);
    await setImmediate();
  }
  const labelsOver = labelsOverClasses(labels, classLabels, wordnet);
  const covered = new Uint8Array(labels.length);
  for (const over of labelsOver) for (const label of over) covered[label] = 1;
  return {
    vectors,
    mean,
    deviation,
    labelsOver,
    overlapping,
    covered,
    specificity: informationContent(labels, wordnet),
    labelsOverConcepts: labelsOverClasses(labels, conceptLabels, wordnet, counted),
    fewShot: fewShot && fewShotLabelsIn(fewShot, labels, wordnet),
  };
}

function fewShotLabelsIn(
  { labels: accepted, rejected, of }: FewShotModel,
  labels: LabelId[],
  wordnet: WordNet,
): FewShotLabels {
  return {
    rows: Int32Array.from(accepted, (label) => labels.indexOf(label)),
    rejected: rejected.map((label) =>
      Int32Array.from(labels.flatMap((other, row) => (other === label || wordnet.isA(other, label) ? [row] : []))),
    ),
    of,
  };
}

/** Vectors of labels, `[n, E]`; zeros for a label without one. */
export function labelVectors(
  labels: readonly LabelId[],
  vectorOf: (label: LabelId) => Float32Array | null,
  E: number,
): Float32Array {
  const vectors = new Float32Array(labels.length * E);
  labels.forEach((label, l) => {
    const vector = vectorOf(label);
    if (vector) vectors.set(vector, l * E);
  });
  return vectors;
}

/**
 * `[C]` for each class, the rows of `labels` that are it or a hypernym of it. @param alone labels that don't imply
 * their hypernyms
 */
function labelsOverClasses(
  labels: LabelId[],
  classLabels: LabelId[],
  wordnet: WordNet,
  alone: ReadonlySet<LabelId> = new Set(),
): Int32Array[] {
  const rows = new Map(labels.map((label, l) => [label, l]));
  return classLabels.map((label) => {
    const kinds = [...wordnet.ancestors(label).keys()].filter((kind) => !alone.has(kind));
    return Int32Array.from([label, ...kinds].map((id) => rows.get(id)).filter((row) => row !== undefined));
  });
}

/** The classes that are a label or a kind of it. */
export function classesUnder(label: LabelId, classLabels: LabelId[], wordnet: WordNet): number[] {
  return classLabels.flatMap((id, c) => (wordnet.isA(id, label) ? [c] : []));
}

/**
 * `[L]` specificity of each label, `1 − log(1 + number of its hyponyms in the set) / log(1 + L)`: the information
 * content of Seco et al. 2004, computed over the set rather than all of WordNet, so that it ranks the labels that can
 * be predicted.
 */
export function informationContent(labels: LabelId[], wordnet: WordNet): Float32Array {
  const rows = new Map(labels.map((label, l) => [label, l]));
  const kinds = new Float64Array(labels.length);
  for (const label of labels) {
    for (const ancestor of wordnet.ancestors(label).keys()) {
      const row = rows.get(ancestor);
      if (row !== undefined) kinds[row]++;
    }
  }
  return Float32Array.from(kinds, (n) => 1 - Math.log(1 + n) / Math.log(1 + labels.length));
}
