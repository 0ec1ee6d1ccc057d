import { existsSync, mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { FIRST_FIT } from "../../src-main/devise/first-fit";
import { cachedFit } from "../../src-main/evaluation/fit-cache";
import {
  heldOutLabels,
  trainingData,
  type TrainingParts,
  withRandomWords,
} from "../../src-main/evaluation/training-data";
import { readLexicon } from "../../src-main/labeller/lexicon";
import type { Pack } from "../../src-main/vision/pack";
import type { LabelId } from "../../src-shared/contract";

const { wordnet } = readLexicon();
const [DOG, PUG, FISH]: LabelId[] = ["wn:02086723", "wn:02113458", "wn:02514684"];
const words: Record<string, Float32Array> = {
  [DOG]: Float32Array.of(1, 0),
  [PUG]: Float32Array.of(0.6, 0.8),
  [FISH]: Float32Array.of(0, 1),
};
const parts: TrainingParts = {
  pack: { dimensions: 3 } as Pack,
  prototypes: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9),
  classLabels: [PUG, FISH, "own:nameless"],
  photos: { features: Float32Array.of(1, 1, 1, 2, 2, 2), labels: [DOG, FISH] },
  heldOut: new Set(),
  vectorOf: (label) => words[label] ?? null,
  wordDimensions: 2,
  wordnet,
};

describe("training data of a projection", () => {
  test("is one prototype per class and every photo; labels without a word vector are left out and named", () => {
    const data = trainingData(parts);
    expect(data.labels).toEqual([PUG, FISH, DOG]);
    expect([...data.truths]).toEqual([0, 1, 2, 1]);
    expect([...data.features]).toEqual([1, 2, 3, 4, 5, 6, 1, 1, 1, 2, 2, 2]);
    expect([data.prototypesUsed, data.photosUsed, data.withoutVector]).toEqual([2, 2, ["own:nameless"]]);
  });

  test("masks descendants as negatives: a pug is a dog", () => {
    const { masked, labels } = trainingData(parts);
    const isMasked = (a: LabelId, b: LabelId) => masked![labels.indexOf(a) * 3 + labels.indexOf(b)];
    expect([isMasked(PUG, DOG), isMasked(DOG, PUG), isMasked(PUG, FISH), isMasked(FISH, FISH)]).toEqual([1, 1, 0, 1]);
  });

  test("contains neither prototypes nor photos of held-out classes", () => {
    const data = trainingData({ ...parts, heldOut: new Set([FISH]) });
    expect(data.labels).toEqual([PUG, DOG]);
    expect([...data.features]).toEqual([1, 2, 3, 1, 1, 1]);
  });

  test("has one random vector per label in the control", () => {
    const data = trainingData(parts);
    const control = withRandomWords(data, 1);
    expect(control.words).toHaveLength(data.words.length);
    expect(control.words).not.toEqual(data.words);
    expect(withRandomWords(data, 1).words).toEqual(control.words);
  });

  test.each<[string, Partial<TrainingParts>, string]>([
    [
      "one class",
      { classLabels: [PUG], photos: null },
      "Only 1 of 1 labels can be used: 0 have no word vector, 0 are held out",
    ],
    [
      "classes without a word vector",
      { vectorOf: () => null },
      "Only 0 of 4 labels can be used: 4 have no word vector",
    ],
    [
      "a NaN feature",
      { photos: { features: Float32Array.of(1, 1, 1, 2, NaN, 2), labels: [DOG, FISH] } },
      "Feature 1 of example 3 (of 4) is NaN",
    ],
  ])("refuses %s with the numbers", (_, change, message) =>
    expect(() => trainingData({ ...parts, ...change })).toThrow(message),
  );
});

test("holds out random classes, reproducibly by seed, and leaves at least two", () => {
  const labels = Array.from({ length: 40 }, (_, i): LabelId => `own:${i % 30}`);
  const held = heldOutLabels(labels, 10, 1);
  expect(new Set(held).size).toBe(10);
  expect(heldOutLabels(labels, 10, 1)).toEqual(held);
  expect(heldOutLabels(labels, 10, 2)).not.toEqual(held);
  expect(heldOutLabels(labels, 0, 1)).toEqual([]);
  expect(() => heldOutLabels(labels, 29, 1)).toThrow("29 of 30 classes can’t be held out");
});

test("caches a fit by its data and settings, but not a failed one", async () => {
  const home = join(mkdtempSync(join(tmpdir(), "fits-")), "home");
  const data = trainingData(parts);
  let fits = 0;
  const fit = () => Promise.resolve({ M: Float32Array.from({ length: 6 }, () => ++fits), losses: new Float32Array(1) });
  await expect(cachedFit(home, data, FIRST_FIT, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(existsSync(home)).toBe(false);
  const first = await cachedFit(home, data, FIRST_FIT, fit);
  expect(await cachedFit(home, trainingData(parts), { ...FIRST_FIT }, fit)).toEqual(first);
  expect(fits).toBe(6);
  expect(await cachedFit(home, data, { ...FIRST_FIT, loss: "l2" }, fit)).not.toEqual(first);
  expect(await cachedFit(home, withRandomWords(data, 1), FIRST_FIT, fit)).not.toEqual(first);
  expect(readdirSync(join(home, "fits"))).toHaveLength(3);
});
