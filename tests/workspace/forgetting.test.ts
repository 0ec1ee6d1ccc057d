import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { whitenedRows } from "../../src-main/devise/feature-space";
import { fitProjection } from "../../src-main/devise/fit";
import { STORED_CLASSES, topClasses, type VisualOutput } from "../../src-main/devise/semantic-embedding";
import { startTensorFlow } from "../../src-main/devise/tensorflow";
import { readFeatureSet } from "../../src-main/evaluation/feature-set";
import { type Annotation, fitDataOf } from "../../src-main/labeller/fit-data";
import { createRanker } from "../../src-main/labeller/label-ranker";
import { readLexicon } from "../../src-main/labeller/lexicon";
import { classLabelsOf } from "../../src-main/labeller/pack-labels";
import { readProjection } from "../../src-main/labeller/pack-projection";
import { packSpace } from "../../src-main/labeller/pack-space";
import { random } from "../../src-main/math/random";
import { takeRows } from "../../src-main/math/take-rows";
import { dot } from "../../src-main/math/vectors";
import { readClassifierHead } from "../../src-main/vision/classifier-head";
import { classifierOutput, readPack, readPrototypes } from "../../src-main/vision/pack";
import { retrainSettings } from "../../src-main/workspace/retrain";
import {
  examplesFromAnnotations,
  fitFromExamples,
  type LabelExamples,
} from "../../src-main/workspace/training-examples";
import type { LabelId } from "../../src-shared/contract";

const FEATURES = "../shared/seed-pack";
const CORRECTIONS = 200;
/** One class in this many is corrected; the others must not be forgotten. */
const CORRECTED = 16;
const TRIED = 1500;

const lexicon = readLexicon();
const pack = readPack("tests/fixtures/packs/seed");
const [C, D] = [pack.classes.length, pack.dimensions];
const classLabels = classLabelsOf(pack, lexicon);
const prototypes = readPrototypes(pack).vectors;
const first = readProjection(pack, lexicon.vocabulary.id, lexicon.vocabulary.dimensions, "no folder")!;
const space = packSpace(pack);
const head = readClassifierHead(pack.visual.file, classifierOutput(pack), C, D);
/** The distance of synthetic photos from their class's prototype, relative to its length. */
const SCATTER = 1.6;

interface Photos {
  features: Float32Array;
  classes: Int32Array;
}

/** Photos distributed evenly in all directions around the prototypes of their classes. */
function synthetic(n: number): Photos {
  const draw = random(41);
  const normal = () => Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
  const classes = Int32Array.from({ length: n }, () => Math.floor(draw() * C));
  const features = new Float32Array(n * D);
  classes.forEach((c, i) => {
    const length = Math.sqrt(dot(prototypes, c * D, prototypes, c * D, D));
    for (let d = 0; d < D; d++)
      features[i * D + d] = Math.max(0, prototypes[c * D + d] + ((SCATTER * length) / Math.sqrt(D)) * normal());
  });
  return { features, classes };
}

function outputOf(features: Float32Array): VisualOutput {
  const { weights, bias } = head;
  const n = features.length / D;
  const logits = new Float32Array(n * C);
  for (let i = 0; i < n; i++)
    for (let c = 0; c < C; c++) logits[i * C + c] = bias[c] + dot(features, i * D, weights, c * D, D);
  return { features, ...topClasses(logits, C, STORED_CLASSES) };
}

/** Share of photos whose first label is right, from the whole ranking of a model trained on these examples. */
async function accuracy(
  M: Float32Array,
  examples: LabelExamples[],
  featureOf: (photo: number) => Float32Array,
  { features, classes }: Photos,
): Promise<{ right: number; first: (LabelId | undefined)[] }> {
  const output = outputOf(features);
  const n = classes.length;
  const annotated = [...new Set(examples.flatMap(({ accepted, rejected }) => [...accepted, ...rejected]))];
  const annotatedFeatures = new Float32Array(annotated.length * D);
  annotated.forEach((photo, i) => annotatedFeatures.set(featureOf(photo), i * D));
  const fewShot =
    examples.length === 0
      ? null
      : fitFromExamples(examples, annotated, whitenedRows(space, outputOf(annotatedFeatures)), space, lexicon.wordnet);
  const ranker = createRanker({
    M,
    confidence: first.confidence,
    prototypes,
    classLabels,
    dimensions: D,
    labels: [...new Set(classLabels)],
    vectorOf: lexicon.vectorOf,
    wordnet: lexicon.wordnet,
    fewShot,
  });
  await ranker.prepare();
  const embeddings = ranker.semanticEmbeddings(output);
  const labels = Array.from(
    { length: n },
    (_, i): LabelId | undefined => ranker.rank(output, embeddings, i, { threshold: 0, limit: 1 })[0]?.label,
  );
  return { right: labels.filter((label, i) => label === classLabels[classes[i]]).length / n, first: labels };
}

/**
 * Accuracy before and after learning from 200 verdicts on photos of the classes with this remainder, measured on photos
 * of those classes and of all others.
 */
async function accuracyAfterLearning({ features, classes }: Photos, rest: number) {
  await startTensorFlow();
  const featureOf = (photo: number) => features.subarray(photo * D, (photo + 1) * D);
  const every = <T>(list: T[], n: number) =>
    list.filter((_, i) => i % Math.max(1, Math.floor(list.length / n)) === 0).slice(0, n);
  const all = [...classes.keys()];
  const isCorrected = (photo: number) => classes[photo] % CORRECTED === rest;
  const taken = every(all.filter(isCorrected), CORRECTIONS / 2);
  const those = (photos: number[]): Photos => ({
    features: takeRows(features, D, photos),
    classes: Int32Array.from(photos, (photo) => classes[photo]),
  });
  const others = those(
    every(
      all.filter((photo) => !isCorrected(photo)),
      TRIED,
    ),
  );
  const same = those(
    every(
      all.filter((photo) => isCorrected(photo) && !taken.includes(photo)),
      300,
    ),
  );
  // Each photo's true label is accepted and a wrong one rejected: the first label if it is wrong, else the next
  // class's.
  const shown = (await accuracy(first.M, [], featureOf, those(taken))).first;
  const verdicts = taken.flatMap((photo, i): Annotation[] => {
    const truth = classLabels[classes[photo]];
    const wrong = shown[i] === undefined || shown[i] === truth ? classLabels[(classes[photo] + 1) % C] : shown[i];
    return [
      { photo, label: truth, verdict: "accept" },
      { photo, label: wrong, verdict: "reject" },
    ];
  });
  expect(verdicts).toHaveLength(CORRECTIONS);
  const data = fitDataOf({
    prototypes,
    classLabels,
    dimensions: D,
    wordDimensions: lexicon.vocabulary.dimensions,
    vectorOf: lexicon.vectorOf,
    wordnet: lexicon.wordnet,
    verdicts,
    featureOf,
    bestOf: () => null,
  })!;
  const { M } = await fitProjection({ ...data, initial: first.M }, retrainSettings);
  const both = async (photos: Photos) => ({
    before: (await accuracy(first.M, [], featureOf, photos)).right,
    after: (await accuracy(M, examplesFromAnnotations(verdicts), featureOf, photos)).right,
  });
  return { others: await both(others), same: await both(same) };
}

function expectNothingForgotten({ others, same }: Awaited<ReturnType<typeof accuracyAfterLearning>>): void {
  expect(others.after).toBeGreaterThan(others.before - 0.01);
  expect(same.after).toBeGreaterThan(same.before);
}

// guarantee: forgetting
test.each([3, 7, 11])(
  "200 corrections cost other labels less than a percentage point: synthetic photos near the prototypes, classes %i of 16 corrected",
  async (rest) => {
    expectNothingForgotten(await accuracyAfterLearning(synthetic(6000), rest));
  },
);

// guarantee: forgetting
test.skipIf(!existsSync(`${FEATURES}/validation.features.f16`)).each([0, 3, 7, 11])(
  "200 corrections cost other labels less than a percentage point: the bundled pack's validation photos, classes %i of 16 corrected (skipped without ../shared)",
  async (rest) => {
    expectNothingForgotten(await accuracyAfterLearning(readFeatureSet(FEATURES, "validation", D, C), rest));
  },
);
