import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { whitenedRows } from "../../src-main/devise/feature-space";
import { STORED_CLASSES, topClasses, type VisualOutput } from "../../src-main/devise/semantic-embedding";
import { readFeatureSet } from "../../src-main/evaluation/feature-set";
import { createRanker, type LabelRanker } from "../../src-main/labeller/label-ranker";
import { classesUnder } from "../../src-main/labeller/label-space";
import { readLexicon } from "../../src-main/labeller/lexicon";
import { classLabelsOf } from "../../src-main/labeller/pack-labels";
import { readProjection } from "../../src-main/labeller/pack-projection";
import { packSpace } from "../../src-main/labeller/pack-space";
import { random } from "../../src-main/math/random";
import { takeRows } from "../../src-main/math/take-rows";
import { dot } from "../../src-main/math/vectors";
import { readClassifierHead } from "../../src-main/vision/classifier-head";
import { classifierOutput, readPack, readPrototypes } from "../../src-main/vision/pack";
import { fitFromExamples } from "../../src-main/workspace/training-examples";
import type { LabelId } from "../../src-shared/contract";

const FEATURES = "../shared/features/caltech-101";
/** Includes guesses, because the bundled pack is sure of few of these photos. */
const SHOWN = 0.1;
const REJECTED = 5;
/** How far each value of a synthetic photo may lie from the prototypes' mean, relative to that mean. */
const SPREAD = 0.5;
/**
 * Classes of the tests' pack: the rejected label's, the class of the photos on which it is rejected, and that class's
 * share of their features; the rest is the rejected label's, enough for the pack to confuse some of them.
 */
const BETWEEN = [
  ["sailboat", "ferry", 0.6],
  ["lobster", "crayfish", 0.7],
  ["mandolin", "electric guitar", 0.65],
] as const;

/** Photos that show the label, and photos of another class that the bundled pack confuses with it. */
interface Pair {
  name: string;
  confused: string;
  /** `[n, D]` */
  ownFeatures: Float32Array;
  /** `[n, D]` */
  confusedFeatures: Float32Array;
}

const lexicon = readLexicon();

/** The measurement with one pack. */
function measureWith(folder: string) {
  const pack = readPack(folder);
  const [C, D] = [pack.classes.length, pack.dimensions];
  const classLabels = classLabelsOf(pack, lexicon);
  const first = readProjection(pack, lexicon.vocabulary.id, lexicon.vocabulary.dimensions, "no folder")!;
  const head = readClassifierHead(pack.visual.file, classifierOutput(pack), C, D);
  const prototypes = readPrototypes(pack).vectors;
  const space = packSpace(pack);

  /** What the visual model would output for these features, with its own classifier's probabilities. */
  function outputOf(features: Float32Array): VisualOutput {
    const logits = Float32Array.from(
      { length: (features.length / D) * C },
      (_, at) => head.bias[at % C] + dot(features, Math.floor(at / C) * D, head.weights, (at % C) * D, D),
    );
    return { features, ...topClasses(logits, C, STORED_CLASSES) };
  }

  /** `[n]` the probability that the classifier gives the label, per photo. */
  function labelProbabilities(label: LabelId, { classes: found, probabilities }: VisualOutput): number[] {
    const under = classesUnder(label, classLabels, lexicon.wordnet);
    return Array.from({ length: found.length / STORED_CLASSES }, (_, i) =>
      Array.from({ length: STORED_CLASSES }, (_k, k) => i * STORED_CLASSES + k).reduce(
        (sum, at) => sum + (under.includes(found[at]) ? probabilities[at] : 0),
        0,
      ),
    );
  }

  /**
   * The photos that the classifier is more certain of than of any rejected one, as a library that holds both would use them.
   */
  function surestPhotos(label: LabelId, output: VisualOutput, ofRejected: number[]): number[] {
    const sums = labelProbabilities(label, output);
    return [...sums.keys()]
      .filter((i) => sums[i] > Math.max(...ofRejected))
      .sort((x, y) => sums[y] - sums[x])
      .slice(0, 8);
  }

  async function rankerFor(fewShot: ReturnType<typeof fitFromExamples> | null): Promise<LabelRanker> {
    const ranker = createRanker({
      M: first.M,
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
    return ranker;
  }

  /** The photos on which the label is shown. */
  function photosShowing(ranker: LabelRanker, label: LabelId, output: VisualOutput): number[] {
    const embeddings = ranker.semanticEmbeddings(output);
    return Array.from({ length: output.features.length / D }, (_, i) => i).filter((i) =>
      ranker.rank(output, embeddings, i, { threshold: SHOWN, limit: 12 }).some((each) => each.label === label),
    );
  }

  /**
   * Rejects each label on five photos that the pack confuses with it. Counts on how many of the other confused photos,
   * and of the photos that do show it, the label appears before and after.
   */
  async function rejectOnFive(pairs: Pair[]) {
    const sum = { others: 0, left: 0, had: 0, kept: 0 };
    const untrained = await rankerFor(null);
    for (const { name, confused, ownFeatures, confusedFeatures } of pairs) {
      const label = classLabels[pack.classes.findIndex((each) => each.name === name)];
      const [confusedOutput, ownOutput] = [outputOf(confusedFeatures), outputOf(ownFeatures)];
      const after = confusedFeatures.length / D; // the label's photos are numbered after the similar ones
      const before = {
        confused: photosShowing(untrained, label, confusedOutput),
        own: photosShowing(untrained, label, ownOutput),
      };
      const rejected = before.confused.slice(0, REJECTED);
      const likelyPositives = surestPhotos(
        label,
        ownOutput,
        labelProbabilities(label, confusedOutput).filter((_, i) => rejected.includes(i)),
      );
      const rows = [whitenedRows(space, confusedOutput), whitenedRows(space, ownOutput)];
      const fewShot = fitFromExamples(
        [{ label, accepted: [], rejected, likelyPositives: likelyPositives.map((i) => after + i) }],
        [...rejected, ...likelyPositives.map((i) => after + i)],
        Float32Array.from([
          ...takeRows(rows[0], space.width, rejected),
          ...takeRows(rows[1], space.width, likelyPositives),
        ]),
        space,
        lexicon.wordnet,
      );
      const ranker = await rankerFor(fewShot);
      const now = {
        confused: photosShowing(ranker, label, confusedOutput),
        own: photosShowing(ranker, label, ownOutput),
      };
      const others = before.confused.filter((i) => !rejected.includes(i));
      const left = others.filter((i) => now.confused.includes(i));
      console.info(
        `${name}, rejected on ${rejected.length} photos of “${confused}”: still on ${left.length} of ${others.length} others, and on ${now.own.length} of its own photos (${before.own.length} before)`,
      );
      expect(rejected.length).toBeGreaterThanOrEqual(3);
      sum.others += others.length;
      sum.left += left.length;
      sum.had += before.own.length;
      sum.kept += now.own.length;
    }
    return sum;
  }

  return { pack, D, prototypes, rejectOnFive };
}

type Counted = Awaited<ReturnType<ReturnType<typeof measureWith>["rejectOnFive"]>>;
function expectRejectionHeld(sum: Counted): void {
  expect(sum.others).toBeGreaterThan(15);
  expect(sum.left / sum.others).toBeLessThan(0.5);
  expect(sum.kept / sum.had).toBeGreaterThan(0.9);
}

describe("rejecting a label on five photos removes it from similar photos and keeps it on photos that show it", () => {
  test("on synthetic photos around prototypes, the similar ones between two classes", async () => {
    const { pack, D, prototypes, rejectOnFive } = measureWith("tests/fixtures/packs/seed");
    const draw = random(61);
    const classOf = (name: string) => pack.classes.findIndex((each) => each.name === name);
    /** `[n, D]` photos between two classes, with this share of the one, evenly distributed in all directions. */
    const synthetic = (n: number, of: number, share: number, rest: number) =>
      Float32Array.from({ length: n * D }, (_, at) => {
        const d = at % D;
        const mean = share * prototypes[of * D + d] + (1 - share) * prototypes[rest * D + d];
        return mean * (1 + SPREAD * (2 * draw() - 1));
      });
    const pairs = BETWEEN.map(([name, confused, share]): Pair => {
      const [own, other] = [classOf(name), classOf(confused)];
      return {
        name,
        confused,
        ownFeatures: synthetic(30, own, 1, own),
        confusedFeatures: synthetic(30, other, share, own),
      };
    });
    expectRejectionHeld(await rejectOnFive(pairs));
  }, 60_000);

  test.skipIf(!existsSync(FEATURES))(
    "on photos of Caltech-101 (skipped without ../shared/features/caltech-101)",
    async () => {
      const { D, rejectOnFive } = measureWith("resources/packs/efficientnet-lite2");
      const { features, classes } = readFeatureSet(FEATURES, "validation", D);
      const caltech = JSON.parse(readFileSync(`${FEATURES}/classes.json`, "utf8")) as { name: string }[];
      const photosOf = (name: string) =>
        takeRows(
          features,
          D,
          Array.from(classes.keys()).filter((i) => caltech[classes[i]].name === name),
        );
      const pairs = [
        { name: "schooner", own: "schooner", confused: "ketch" },
        { name: "American lobster", own: "lobster", confused: "crayfish" },
        { name: "table lamp", own: "lamp", confused: "menorah" },
      ].map(({ name, own, confused }): Pair => ({
        name,
        confused,
        ownFeatures: photosOf(own),
        confusedFeatures: photosOf(confused),
      }));
      expectRejectionHeld(await rejectOnFive(pairs));
    },
    60_000,
  );
});
