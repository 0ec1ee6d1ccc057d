import { setImmediate } from "node:timers/promises";
import type { LabelId } from "../../src-shared/contract";
import type { FewShotClassifier } from "../devise/few-shot";
import type { FewShotLabels } from "../devise/few-shot-confidence";
import { hubness, type LabelSpace } from "../devise/label-ranking";
import type { WordNet } from "../words/wordnet";

export interface LabelSpaceParts {
  /** L labels that may be predicted. */
  labels: LabelId[];
  /** `[C]` label of each class of the visual model. */
  classLabels: LabelId[];
  /** Unit vector of a label, `[E]`; null where it has none. */
  vectorOf: (label: LabelId) => Float32Array | null;
  wordnet: WordNet;
  /** `[R, E]` places of the reference photos. */
  reference: Float32Array;
  /** E */
  dimensions: number;
  taught?: FewShotModel | null;
  /** `[W]` label of each concept that is looked for. */
  conceptLabels?: LabelId[];
  /** Concepts that are told by counting: WordNet has people as a kind of group, but two people are none. */
  counted?: ReadonlySet<LabelId>;
}

/** Labels learned from examples, all of them among the labels of the space. */
export interface FewShotModel {
  labels: LabelId[];
  /** Labels that were rejected, learned from the photos that they were rejected on: behind `labels` in `of`. */
  denied: LabelId[];
  of: FewShotClassifier;
}

/** Labels that are worked on between two breaths: some 10 ms. */
const LABELS_PER_YIELD = 250;

/** Turns labels into the numbers that the ranking works on. */
export async function buildLabelSpace({
  labels,
  classLabels,
  vectorOf,
  wordnet,
  reference,
  dimensions: E,
  taught = null,
  conceptLabels = [],
  counted,
}: LabelSpaceParts): Promise<LabelSpace> {
  const vectors = new Float32Array(labels.length * E);
  const [mean, deviation] = [new Float32Array(labels.length), new Float32Array(labels.length)];
  for (let from = 0; from < labels.length; from += LABELS_PER_YIELD) {
    const chunk = labels.slice(from, from + LABELS_PER_YIELD);
    chunk.forEach((label, l) => {
      const vector = vectorOf(label);
      if (vector) vectors.set(vector, (from + l) * E);
    });
    const hubs = hubness(vectors.subarray(from * E, (from + chunk.length) * E), reference, E);
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
    covered,
    specificity: informationContent(labels, wordnet),
    labelsOverConcepts: labelsOverClasses(labels, conceptLabels, wordnet, counted),
    taught: taught && fewShotLabelsIn(taught, labels, wordnet),
  };
}

function fewShotLabelsIn(
  { labels: taught, denied, of }: FewShotModel,
  labels: LabelId[],
  wordnet: WordNet,
): FewShotLabels {
  return {
    rows: Int32Array.from(taught, (label) => labels.indexOf(label)),
    denied: denied.map((label) =>
      Int32Array.from(labels.flatMap((other, row) => (other === label || wordnet.isA(other, label) ? [row] : []))),
    ),
    of,
  };
}

/** The vectors of labels, `[n, E]`; a row of zeros for a label without one. */
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
 * `[C]` for each class the rows of `labels` that are it or a more general synset. @param alone labels that are true of
 * nothing but themselves
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

/** Classes that are a label or a kind of it. */
export function classesUnder(label: LabelId, classLabels: LabelId[], wordnet: WordNet): number[] {
  return classLabels.flatMap((id, c) => (wordnet.isA(id, label) ? [c] : []));
}

/**
 * `[L]` how much a label says, `1 − log(1 + kinds of it among the labels) / log(1 + L)`: information content after
 * Seco et al. 2004, over the set instead of all of WordNet, so that it ranks what can be said here.
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
