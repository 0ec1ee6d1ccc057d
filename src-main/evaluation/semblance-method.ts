import { setImmediate } from "node:timers/promises";
import type { LabelId } from "../../src-shared/contract";
import { labelSimilarity, type PrototypePredictor, prototypePredictor } from "../devise/predicted-prototypes";
import { semanticEmbeddings, STORED_CLASSES, topClasses, type VisualOutput } from "../devise/semantic-embedding";
import { zeroShotScorer } from "../devise/zero-shot";
import { buildLabelSpace, labelVectors } from "../labeller/label-space";
import { productsWith } from "../math/row-products";
import { linSimilarity } from "../words/lin-similarity";
import type { WordNet } from "../words/wordnet";
import type { ClassifierOutputs, Method } from "./methods";

export interface SemblanceMethodParts {
  found: ClassifierOutputs;
  /** Photos that M was fitted on, of the same classes; null if it was fitted on prototypes only */
  training: ClassifierOutputs | null;
  /** `[E, D]` */
  M: Float32Array;
  /** `[C, D]` of the classes that the visual model knows in this evaluation */
  prototypes: Float32Array;
  /** `[C]` */
  classLabels: LabelId[];
  /** `[C, E]` */
  classVectors: Float32Array;
  dimensions: number;
  vectorOf: (label: LabelId) => Float32Array | null;
  wordnet: WordNet;
}

/** Semblance's own ranking as a method, with as many classes per photo as a library keeps. */
export function semblanceMethod(parts: SemblanceMethodParts): Method {
  const { found, training, M, prototypes, classLabels, classVectors, dimensions: D, vectorOf, wordnet } = parts;
  const E = M.length / D;
  const C = classLabels.length;
  const outputsOf = ({ features, probabilities }: ClassifierOutputs): VisualOutput => ({
    features,
    ...topClasses(probabilities.map(Math.log), C, Math.min(STORED_CLASSES, C)),
  });
  const output = outputsOf(found);
  const embeddings = semanticEmbeddings(output, M, classVectors, D);
  const prototypeEmbeddings = semanticEmbeddings(
    { features: prototypes, classes: Uint16Array.from(classLabels.keys()), probabilities: new Float32Array(C).fill(1) },
    M,
    classVectors,
    D,
  );
  // Hubness is measured better on photos than on prototypes, which in some packs are rows of the classifier.
  const photoEmbeddings = training ? semanticEmbeddings(outputsOf(training), M, classVectors, D) : new Float32Array(0);
  const reference = new Float32Array(prototypeEmbeddings.length + photoEmbeddings.length);
  reference.set(prototypeEmbeddings);
  reference.set(photoEmbeddings, prototypeEmbeddings.length);
  const cosinesWith = productsWith(reference, E);
  const predictor = prototypePredictor(prototypes, D);
  let amongClasses: Float32Array | null = null;
  const predicted = new Map<LabelId, Float32Array>();
  return async ({ labels, classes }) => {
    const ofClass = Int32Array.from(classes, (of) => of[0] ?? -1);
    const unseen = labels.filter((label, l) => ofClass[l] < 0 && !predicted.has(label));
    if (unseen.length > 0)
      await predict(predictor, unseen, (amongClasses ??= await classSimilarity(parts)), parts, predicted);
    const space = await buildLabelSpace({
      labels: [...labels],
      classLabels,
      vectorOf,
      wordnet,
      cosinesWith,
      dimensions: E,
    });
    return zeroShotScorer({
      space,
      ofClass,
      predictor,
      prototypes: labels.map((label) => predicted.get(label) ?? null),
      output,
      embeddings,
    });
  };
}

/** Labels per batch between yields (about 50 ms). */
const LABELS_PER_YIELD = 25;

/** `[L, C]` similarity of labels and classes, in batches. */
async function similarityInBatches(
  labels: LabelId[],
  { M, dimensions: D, classLabels, classVectors, vectorOf, wordnet }: SemblanceMethodParts,
  take: (alike: Float32Array, from: number) => void,
): Promise<void> {
  const E = M.length / D;
  for (let from = 0; from < labels.length; from += LABELS_PER_YIELD) {
    const chunk = labels.slice(from, from + LABELS_PER_YIELD);
    take(
      labelSimilarity(labelVectors(chunk, vectorOf, E), classVectors, linSimilarity(chunk, classLabels, wordnet), E),
      from,
    );
    await setImmediate();
  }
}

async function classSimilarity(parts: SemblanceMethodParts): Promise<Float32Array> {
  const C = parts.classLabels.length;
  const similarities = new Float32Array(C * C);
  await similarityInBatches(parts.classLabels, parts, (alike, from) => similarities.set(alike, from * C));
  return similarities;
}

/** @param amongClasses `[C, C]` */
async function predict(
  predictor: PrototypePredictor,
  labels: LabelId[],
  amongClasses: Float32Array,
  parts: SemblanceMethodParts,
  into: Map<LabelId, Float32Array>,
): Promise<void> {
  const C = parts.classLabels.length;
  const among = (classes: number[]) =>
    Float32Array.from(
      { length: classes.length ** 2 },
      (_, i) => amongClasses[classes[Math.floor(i / classes.length)] * C + classes[i % classes.length]],
    );
  await similarityInBatches(labels, parts, (alike, from) => {
    for (let l = 0; l * C < alike.length; l++)
      into.set(labels[from + l], predictor.predict(alike.subarray(l * C, (l + 1) * C), among));
  });
}
