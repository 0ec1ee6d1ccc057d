import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { confidentJoint, confidentLearning } from "../../src-main/curate/confident-learning";
import { LAMBDA, leaveOneOut, MAX_FEATURES } from "../../src-main/curate/leave-one-out";
import { fitInverseTemperature } from "../../src-main/curate/temperature-scaling";
import { readFeatureSet, subset } from "../../src-main/evaluation/feature-set";
import { random } from "../../src-main/math/random";
import { softmax } from "../../src-main/math/softmax";
import { unitRows } from "../../src-main/math/vectors";
import { samplePhotoFeatures } from "../fixtures/sample-photo-features";
import {
  slowAveragePrecision,
  slowConfidentLearning,
  slowLeaveOneOut,
  slowSoftmax,
} from "../fixtures/slow-confident-learning";

const D = 8;

/** Rows around C centres, a tenth of which are given another class. */
function synthetic(n: number, C: number, seed: number) {
  const draw = random(seed);
  const centres = Array.from({ length: C * D }, () => draw() - 0.5);
  const truths = Array.from({ length: n }, (_, i) => i % C);
  const rows = unitRows(
    Float32Array.from(
      { length: n * D },
      (_, at) => centres[truths[Math.floor(at / D)] * D + (at % D)] + 0.5 * (draw() - 0.5),
    ),
    D,
  );
  const bad = truths.map(() => draw() < 0.1);
  const given = truths.map((truth, i) => (bad[i] ? (truth + 1 + Math.floor(draw() * (C - 1))) % C : truth));
  return { rows, given, bad, C };
}

/** One class each. */
const alone = (given: number[]) => given.map((c) => [c]);

const plain = (rows: Float32Array, width: number) =>
  Array.from({ length: rows.length / width }, (_, i) => [...rows.subarray(i * width, (i + 1) * width)]);

/** Out-of-sample probabilities as the app computes them, and everything found with them. */
async function learn(rows: Float32Array, given: number[], C: number) {
  const scores = await leaveOneOut({ rows, classes: given.map((c) => [c]), C });
  const inverseTemperature = await fitInverseTemperature(scores, given, [...given.keys()]);
  const found = await confidentLearning((i) => softmax(scores(i), inverseTemperature, new Float32Array(C)), given, C);
  return { inverseTemperature, ...found };
}

const ofDiagonal = (given: number[], counted: ArrayLike<number>) =>
  given.flatMap((label, i) => (counted[i] >= 0 && counted[i] !== label ? [i] : []));

describe("confident learning", () => {
  test("six examples of two classes, one with the wrong label, match a calculation by hand", async () => {
    const P = [
      [0.9, 0.1],
      [0.8, 0.2],
      [0.3, 0.7],
      [0.2, 0.8],
      [0.4, 0.6],
      [0.55, 0.45],
    ];
    const given = [0, 0, 0, 1, 1, 1];
    // Thresholds: (0.9 + 0.8 + 0.3) / 3 = 2/3 for 0, (0.8 + 0.6 + 0.45) / 3 = 0.6167 for 1. The third reaches 1 only;
    // the last reaches none.
    const { thresholds, counted, selfConfidence, likeliestOther } = await confidentLearning((i) => P[i], given, 2);
    expect(thresholds[0]).toBeCloseTo(2 / 3, 6);
    expect(thresholds[1]).toBeCloseTo(1.85 / 3, 6);
    expect([...counted]).toEqual([0, 0, 1, 1, -1, -1]);
    expect([...confidentJoint(given, counted, 2)]).toEqual([2, 1, 0, 1]);
    expect([...selfConfidence].map((p) => Math.round(100 * p))).toEqual([90, 80, 30, 80, 60, 45]);
    expect([...likeliestOther]).toEqual([1, 1, 1, 0, 0, 0]);
  });

  test.each([1, 2, 3])(
    "thresholds, confident joint and label issues match plain loops by the paper (%i)",
    async (seed) => {
      const { rows, given, C } = synthetic(240, 6, seed);
      const { inverseTemperature, thresholds, counted, selfConfidence } = await learn(rows, given, C);
      const P = slowSoftmax(slowLeaveOneOut(plain(rows, D), alone(given), C, LAMBDA), inverseTemperature);
      const slow = slowConfidentLearning(P, given, C);
      slow.thresholds.forEach((threshold, c) => expect(thresholds[c]).toBeCloseTo(threshold, 5));
      expect(confidentJoint(given, counted, C)).toEqual(Uint32Array.from(slow.joint.flat()));
      expect(ofDiagonal(given, counted)).toEqual(slow.errors);
      P.forEach((p, i) => expect(selfConfidence[i]).toBeCloseTo(p[given[i]], 5));
    },
  );

  test("a label that an example cannot have is neither counted nor suggested", async () => {
    const scores = [
      [0.2, 0.9, 0.5],
      [0.9, 0.1, 0.1],
      [0.1, 0.8, 0.2],
      [0.2, 0.1, 0.9],
    ];
    const given = [0, 0, 1, 2];
    const barred = (i: number) => (i === 0 ? scores[i].map((score, c) => (c === 1 ? -Infinity : score)) : scores[i]);
    const { counted, likeliestOther } = await confidentLearning(
      (i) => softmax(barred(i), 3, new Float32Array(3)),
      given,
      3,
    );
    expect(likeliestOther[0]).toBe(2);
    expect(counted[0]).not.toBe(1);
    const only = await confidentLearning(() => softmax([1, -Infinity, -Infinity], 3, new Float32Array(3)), [0], 3);
    expect([...only.selfConfidence, ...only.likeliestOther, ...only.counted]).toEqual([1, -1, 0]);
  });
});

describe("out-of-sample scores", () => {
  test("match a ridge regression fitted without the photo, for photos with one class, several or none", async () => {
    const { rows, given } = synthetic(50, 5, 4);
    const classes = given.map((c, i) => (i % 10 === 3 ? [] : i % 10 === 4 ? [c, (c + 1) % 5] : [c]));
    classes[7] = [5]; // the only one
    const scores = await leaveOneOut({ rows, classes, C: 7 });
    slowLeaveOneOut(plain(rows, D), classes, 7, LAMBDA).forEach((row, i) => {
      const fast = scores(i);
      row.forEach((score, c) => expect(fast[c]).toBeCloseTo(score, 4));
    });
  });

  test("come from random projections of long rows, which preserve similarity", async () => {
    const width = 3 * MAX_FEATURES;
    const random3 = random(3);
    const centres = Array.from({ length: 4 * width }, () => random3() - 0.5);
    const given = Array.from({ length: 120 }, (_, i) => i % 4);
    const rows = unitRows(
      Float32Array.from(
        { length: 120 * width },
        (_, at) => centres[given[Math.floor(at / width)] * width + (at % width)] + 2 * (random3() - 0.5),
      ),
      width,
    );
    const scores = await leaveOneOut({ rows, classes: alone(given), C: 4 });
    const right = given.filter((c, i) => scores(i).indexOf(Math.max(...scores(i))) === c).length;
    expect(right).toBeGreaterThan(110);
    const again = await leaveOneOut({ rows, classes: alone(given), C: 4 });
    expect([...again(5)]).toEqual([...scores(5)]);
  });

  test("shapes and classes that do not match are refused with their numbers", async () => {
    await expect(leaveOneOut({ rows: new Float32Array(7), classes: [[0], [1]], C: 2 })).rejects.toThrow(
      "7 numbers do not make rows for 2 photos",
    );
    await expect(leaveOneOut({ rows: new Float32Array(8), classes: [[0], [2]], C: 2 })).rejects.toThrow(
      "photo 1 has class 2, but there are 2 classes",
    );
  });

  test("the inverse temperature maximises the likelihood of the given classes, by a fine grid search", async () => {
    const { rows, given, C } = synthetic(200, 5, 5);
    const table = slowLeaveOneOut(plain(rows, D), alone(given), C, LAMBDA);
    const loss = (inverseTemperature: number) =>
      slowSoftmax(table, inverseTemperature).reduce((sum, p, i) => sum - Math.log(p[given[i]]), 0);
    const found = await fitInverseTemperature((i) => table[i], given, [...given.keys()]);
    for (let x = -2; x <= 5; x += 0.05) expect(loss(found)).toBeLessThanOrEqual(loss(Math.exp(x)) + 1e-3);
  });

  test("the inverse temperature stays finite for separable scores, falls for contradicting ones, and stays at 1 for uninformative ones", async () => {
    const scores = [
      [1, 0],
      [0, 1],
    ];
    const separable = await fitInverseTemperature((i) => scores[i], [0, 1], [0, 1]);
    expect(separable).toBeGreaterThan(10);
    expect(separable).toBeLessThanOrEqual(1000);
    expect(await fitInverseTemperature((i) => scores[i], [1, 0], [0, 1])).toBe(0.1);
    expect(await fitInverseTemperature(() => [0.5, 0.5], [0, 1], [0, 1])).toBe(1);
  });
});

const FEATURES = "../shared/seed-pack";

/** Swaps a tenth of the labels and compares the label issues found with the slow reference. */
async function findSwapped(rows: Float32Array, width: number, classes: number[], C: number, seed: number) {
  const draw = random(seed);
  const bad = classes.map(() => draw() < 0.1);
  const given = classes.map((c, i) => (bad[i] ? (c + 1 + Math.floor(draw() * (C - 1))) % C : c));
  const { inverseTemperature, counted, selfConfidence } = await learn(rows, given, C);
  const P = slowSoftmax(slowLeaveOneOut(plain(rows, width), alone(given), C, LAMBDA), inverseTemperature);
  const slow = slowConfidentLearning(P, given, C);
  expect(confidentJoint(given, counted, C)).toEqual(Uint32Array.from(slow.joint.flat()));
  const order = (of: (i: number) => number) => [...given.keys()].sort((a, b) => of(a) - of(b));
  const fast = slowAveragePrecision(
    order((i) => selfConfidence[i]),
    bad,
  );
  expect(fast).toBeCloseTo(
    slowAveragePrecision(
      order((i) => P[i][given[i]]),
      bad,
    ),
    3,
  );
  return fast;
}

/** The first of 320 numbers, because the reference fits once per photo. */
const firstOf = (features: Float32Array, width: number) =>
  unitRows(
    features.filter((_, at) => at % 320 < width),
    width,
  );

test("swapped labels of crops of the sample photos are found as by the slow reference", async () => {
  const { features, classes, C } = await samplePhotoFeatures(12);
  expect(await findSwapped(firstOf(features, 32), 32, classes, C, 12)).toBeGreaterThan(0.6);
}, 120_000);

test.skipIf(!existsSync(FEATURES))(
  "swapped labels of real photos are found as by the slow reference (skipped without ../shared/seed-pack)",
  async () => {
    const photos = subset(readFeatureSet(FEATURES, "validation", 320), 320, (c, i) => c < 12 && i % 2 === 0);
    expect(await findSwapped(firstOf(photos.features, 48), 48, [...photos.classes], 12, 11)).toBeGreaterThan(0.6);
  },
  120_000,
);
