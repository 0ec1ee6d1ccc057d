import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { FIRST_FIT } from "../../src-main/devise/first-fit";
import { type Batch, type FitData, fitProjection, hingeStep, l2Step } from "../../src-main/devise/fit";
import { hingeRankLoss, l2Loss } from "../../src-main/devise/hinge";
import { startTensorFlow } from "../../src-main/devise/tensorflow";
import { random, randomEmbedding } from "../../src-main/math/random";
import { dot, unitRows } from "../../src-main/math/vectors";

const [D, E, C, B] = [6, 4, 5, 7];
const draw = random(3);
const numbers = (n: number) => Float32Array.from({ length: n }, () => draw() - 0.5);
const M = numbers(E * D);
const words = unitRows(numbers(C * E), E);
const none = new Uint8Array(C * C).map((_, i) => (i % (C + 1) === 0 ? 1 : 0)); // masks only itself
const batch: Batch = {
  features: unitRows(numbers(B * D), D),
  truths: Int32Array.from({ length: B }, (_, b) => b % C),
  rejected: new Int32Array(B).fill(-1),
  priorities: Float32Array.from({ length: B * C }, () => draw() + 1e-6),
  size: B,
};

beforeAll(async () => {
  await startTensorFlow();
});

function stepOn(each: Batch, violations: "first" | "all", masked = none) {
  const [m, w] = [tf.tensor2d(M, [E, D]), tf.tensor2d(words, [C, E])];
  const { loss, gradient } = tf.tidy(() => hingeStep(m, w, masked, each, { margin: 0.1, violations }));
  const result = { loss: loss.dataSync()[0], gradient: gradient.dataSync().slice() };
  tf.dispose([m, w, loss, gradient]);
  return result;
}

/** Loss and gradient of a batch by the one-at-a-time reference. @param order negatives of a photo, as they are tried */
function reference(violations: "first" | "all", order: (b: number) => number[]) {
  const gradient = new Float32Array(E * D);
  let loss = 0;
  for (let b = 0; b < B; b++) {
    loss += hingeRankLoss(
      batch.features.slice(b * D, (b + 1) * D),
      M,
      words,
      batch.truths[b],
      Uint32Array.from(order(b)),
      gradient,
      { margin: 0.1, violations },
    );
  }
  return { loss: loss / B, gradient: gradient.map((g) => g / B) };
}

const falseLabels = (b: number) => [0, 1, 2, 3, 4].filter((c) => c !== batch.truths[b]);
const byPriority = (b: number) =>
  falseLabels(b).sort((x, y) => batch.priorities[b * C + y] - batch.priorities[b * C + x]);

function expectSame(actual: ReturnType<typeof stepOn>, expected: ReturnType<typeof reference>) {
  expect(expected.loss).toBeGreaterThan(0);
  expect(actual.loss).toBeCloseTo(expected.loss, 5);
  expected.gradient.forEach((g, i) => expect(actual.gradient[i]).toBeCloseTo(g, 5));
}

describe("a vectorised step matches the reference on a batch", () => {
  test("with all violations", () => expectSame(stepOn(batch, "all"), reference("all", falseLabels)));

  test("with the first violation in a random order", () =>
    expectSame(stepOn(batch, "first"), reference("first", byPriority)));

  test("with a rejected label as the only negative", () => {
    const rejected = Int32Array.from(batch.truths, (truth, b) => (b % 2 ? (truth + 1) % C : -1));
    expectSame(
      stepOn({ ...batch, rejected }, "all"),
      reference("all", (b) => (rejected[b] < 0 ? falseLabels(b) : [rejected[b]])),
    );
  });

  test("with masked negatives left out", () => {
    const masked = none.slice();
    masked[0 * C + 3] = masked[2 * C + 1] = 1;
    const left = (b: number) => falseLabels(b).filter((c) => masked[batch.truths[b] * C + c] === 0);
    expectSame(stepOn(batch, "all", masked), reference("all", left));
  });
});

describe("the L2 loss of the paper's ablation", () => {
  test("has a gradient that matches finite differences", () => {
    const feature = batch.features.slice(0, D);
    const gradient = new Float32Array(E * D);
    l2Loss(feature, M, words, 2, gradient);
    for (let i = 0; i < M.length; i++) {
      const at = (step: number) =>
        l2Loss(
          feature,
          M.map((m, j) => (j === i ? m + step : m)),
          words,
          2,
          null,
        );
      expect(gradient[i]).toBeCloseTo((at(1e-2) - at(-1e-2)) / 2e-2, 3);
    }
  });

  test("is the same in a vectorised step and one photo at a time", () => {
    const gradient = new Float32Array(E * D);
    let loss = 0;
    for (let b = 0; b < B; b++)
      loss += l2Loss(batch.features.slice(b * D, (b + 1) * D), M, words, batch.truths[b], gradient);
    const [m, w] = [tf.tensor2d(M, [E, D]), tf.tensor2d(words, [C, E])];
    const step = tf.tidy(() => l2Step(m, w, batch));
    expectSame(
      { loss: step.loss.dataSync()[0], gradient: Float32Array.from(step.gradient.dataSync()) },
      { loss: loss / B, gradient: gradient.map((g) => g / B) },
    );
    tf.dispose([m, w, step.loss, step.gradient]);
  });
});

test("random embeddings are unit vectors, the same for the same name, and nearly orthogonal", () => {
  const names = Array.from({ length: 200 }, (_, i) => `wn:${i}`);
  const vectors = names.map((name) => randomEmbedding(name, 100));
  expect(randomEmbedding("wn:7", 100)).toEqual(vectors[7]);
  expect(randomEmbedding("wn:7", 100, 2)).not.toEqual(vectors[7]);
  for (const vector of vectors) expect(dot(vector, 0, vector, 0, 100)).toBeCloseTo(1, 5);
  const cosines = vectors.flatMap((a, i) => vectors.slice(0, i).map((b) => dot(a, 0, b, 0, 100)));
  const mean = cosines.reduce((a, b) => a + b) / cosines.length;
  const deviation = Math.sqrt(cosines.reduce((sum, x) => sum + (x - mean) ** 2, 0) / cosines.length);
  expect(Math.abs(mean)).toBeLessThan(0.005);
  expect(deviation).toBeCloseTo(0.1, 2); // 1/√E
});

test("the violating label is drawn uniformly", () => {
  // One photo with three violating labels and many random priorities: each label must come out about as often.
  const counts = new Map<number, number>();
  const rng = random(9);
  const flat = new Float32Array(E * D); // all labels are equally close, so all violate
  for (let trial = 0; trial < 600; trial++) {
    const one: Batch = {
      features: batch.features.slice(0, D),
      truths: Int32Array.of(0),
      rejected: Int32Array.of(-1),
      size: 1,
      priorities: Float32Array.from({ length: C }, () => rng() + 1e-6),
    };
    const [m, w] = [tf.tensor2d(flat, [E, D]), tf.tensor2d(words, [C, E])];
    const { loss, gradient } = tf.tidy(() => hingeStep(m, w, none, one, FIRST_FIT));
    const pull = gradient.dataSync();
    // ∂loss/∂M = (t_j − t_0)·vᵀ: find the j that it belongs to
    const d = one.features.findIndex((x) => Math.abs(x) > 0.2);
    const j = [1, 2, 3, 4].find((c) =>
      [0, 1, 2, 3].every((e) => Math.abs(pull[e * D + d] - (words[c * E + e] - words[e]) * one.features[d]) < 1e-4),
    )!;
    counts.set(j, (counts.get(j) ?? 0) + 1);
    tf.dispose([m, w, loss, gradient]);
  }
  expect([...counts.keys()].sort()).toEqual([1, 2, 3, 4]);
  for (const n of counts.values()) expect(Math.abs(n - 150)).toBeLessThan(55); // five standard deviations
});

/** Photos of four kinds that differ in two of their features, with words along four directions. */
function kinds(n: number): FitData {
  const centres = unitRows(numbers(4 * D), D);
  const truths = Int32Array.from({ length: n }, (_, i) => i % 4);
  const features = Float32Array.from(
    { length: n * D },
    (_, i) => centres[truths[Math.floor(i / D)] * D + (i % D)] + (draw() - 0.5) * 0.1,
  );
  return {
    dimensions: D,
    wordDimensions: E,
    features,
    truths,
    words: new Float32Array([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]),
  };
}

test("a fit moves photos to their labels, leaves no tensor behind and is reproducible to the bit", async () => {
  const data = kinds(80);
  const before = tf.memory().numTensors;
  const settings = { ...FIRST_FIT, steps: 300, batch: 32, learningRate: 0.3 };
  const one = await fitProjection(data, settings);
  expect(tf.memory().numTensors).toBe(before);
  const right = data.truths.filter((truth, i) => {
    const scores = [0, 1, 2, 3].map((e) =>
      Array.from({ length: D }, (_, d) => one.M[e * D + d] * data.features[i * D + d]).reduce((a, b) => a + b),
    );
    return scores.indexOf(Math.max(...scores)) === truth;
  });
  expect(right.length).toBeGreaterThan(76);
  expect(one.losses[299]).toBeLessThan(one.losses[0] / 2);
  expect((await fitProjection(data, settings)).M).toEqual(one.M);
});

test("an L2 fit moves photos to their labels too, and leaves no tensor behind", async () => {
  const data = kinds(80);
  const before = tf.memory().numTensors;
  const { M: fitted, losses } = await fitProjection(data, {
    ...FIRST_FIT,
    loss: "l2",
    steps: 300,
    batch: 32,
    learningRate: 0.3,
  });
  expect(tf.memory().numTensors).toBe(before);
  expect(losses[299]).toBeLessThan(losses[0] / 4);
  const own = (i: number, e: number) => dot(fitted, e * D, unitRows(data.features, D), i * D, D);
  const right = data.truths.filter((truth, i) => [0, 1, 2, 3].every((e) => e === truth || own(i, e) < own(i, truth)));
  expect(right.length).toBeGreaterThan(76);
});

test("the number of tensors is constant over steps, and an exception in onStep leaves none behind", async () => {
  const data = kinds(40);
  const before = tf.memory().numTensors;
  const held: number[] = [];
  const fit = fitProjection(data, { ...FIRST_FIT, steps: 50, batch: 8 }, (step) => {
    held.push(tf.memory().numTensors);
    if (step === 30) throw new Error("enough");
  });
  await expect(fit).rejects.toThrow("enough");
  expect(new Set(held.slice(1)).size).toBe(1);
  expect(tf.memory().numTensors).toBe(before);
});

test("a photo of weight 0 is never drawn", async () => {
  const data = kinds(8);
  const weights = Float32Array.from({ length: 8 }, (_, i) => (i === 5 ? 0 : 1));
  data.features.fill(1e6, 5 * D, 6 * D);
  const without = { ...data, weights };
  const { M: fitted } = await fitProjection(without, { ...FIRST_FIT, steps: 20, batch: 8 });
  data.features.fill(-3, 5 * D, 6 * D);
  expect((await fitProjection(without, { ...FIRST_FIT, steps: 20, batch: 8 })).M).toEqual(fitted);
});

describe("bad input is refused with its numbers", () => {
  const good = kinds(8);
  const settings = { ...FIRST_FIT, steps: 1 };
  test.each([
    ["no photos", { truths: new Int32Array(0), features: new Float32Array(0) }, "cannot fit to 0 photos"],
    ["features of the wrong length", { features: new Float32Array(7) }, "7 features do not match 8 photos × 6"],
    [
      "a single label",
      { words: new Float32Array([1, 0, 0, 0]) },
      "label vectors of 4 numbers are not at least 2 labels of 4 dimensions",
    ],
    [
      "a label out of range",
      { truths: Int32Array.from([0, 1, 2, 3, 4, 0, 1, 2]) },
      "photo 4 has label 4, but there are 4 labels",
    ],
    [
      "a number that is not finite",
      { features: good.features.map((x, i) => (i === 3 ? NaN : x)) },
      "features: number 3 is NaN",
    ],
    [
      "a projection of the wrong shape",
      { initial: new Float32Array(3) },
      "projection of 3 numbers does not match 4 × 6",
    ],
    [
      "weights that are all 0",
      { weights: new Float32Array(8) },
      "8 weights do not match 8 photos, or are negative, or all 0",
    ],
  ])("%s", async (_, change, message) => {
    await expect(fitProjection({ ...good, ...change }, settings)).rejects.toThrow(message);
  });
});
