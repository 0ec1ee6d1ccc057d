import { describe, expect, test } from "vitest";
import { learnMultiLabel } from "../../src-main/lab/multi-label";
import { fitPenalisedLogistic } from "../../src-main/lab/penalised-logistic";
import {
  averagePrecision,
  plattProbability,
  plattScaling,
  thresholdForPrecision,
} from "../../src-main/lab/precision-threshold";
import { ridgeOf } from "../../src-main/lab/ridge";
import { rowSpaceOf } from "../../src-main/lab/row-space";
import { random } from "../../src-main/math/random";
import { unitRows } from "../../src-main/math/vectors";

const draw = random(8);
const rowsOf = (n: number, D: number) =>
  unitRows(
    Float32Array.from({ length: n * D }, () => draw() - 0.5),
    D,
  );
const score = (model: { weights: ArrayLike<number>; bias: number }, rows: Float32Array, i: number, D: number) =>
  Array.from(model.weights).reduce((sum, w, d) => sum + w * rows[i * D + d], model.bias);
const without = (rows: Float32Array, D: number, i: number) =>
  Float32Array.of(...rows.subarray(0, i * D), ...rows.subarray((i + 1) * D));

/** Minimises the penalised loss by plain gradient descent over all D features. */
function slowFit(
  rows: Float32Array,
  D: number,
  slope: (said: number, i: number) => number,
  lambda: number,
  rate: number,
) {
  const n = rows.length / D;
  const model = { weights: new Float64Array(D), bias: 0 };
  for (let round = 0; round < 15_000; round++) {
    const slopes = Array.from({ length: n }, (_, i) => slope(score(model, rows, i, D), i));
    for (let d = 0; d < D; d++)
      model.weights[d] -=
        rate * (slopes.reduce((sum, s, i) => sum + s * rows[i * D + d], 0) + lambda * model.weights[d]);
    model.bias -= (rate * slopes.reduce((sum, s) => sum + s, 0)) / n;
  }
  return model;
}

// Fewer photos than features, and more.
describe.each([
  [9, 14],
  [14, 5],
])("with %i photos of %i features", (n, D) => {
  const rows = rowsOf(n, D);
  const target = Float64Array.from({ length: n }, () => draw());
  const present = Uint8Array.from({ length: n }, (_, i) => Number(i % 3 === 0));
  const space = rowSpaceOf(rows, D);

  test("coordinates preserve the inner products of centred photos", () => {
    const mean = Array.from(
      { length: D },
      (_, d) => Array.from({ length: n }, (__, i) => rows[i * D + d]).reduce((a, b) => a + b) / n,
    );
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        const [about, between] = [
          [...Array(D).keys()].reduce((sum, d) => sum + (rows[i * D + d] - mean[d]) * (rows[j * D + d] - mean[d]), 0),
          [...Array(space.m).keys()].reduce(
            (sum, a) => sum + space.coordinates[i * space.m + a] * space.coordinates[j * space.m + a],
            0,
          ),
        ];
        expect(between).toBeCloseTo(about, 6);
      }
    }
  });

  test("ridge regression minimises the penalised squares", () => {
    const [model] = ridgeOf(space).fit([target], 0.2);
    const found = space.among(model.weights, model.bias);
    const slow = slowFit(rows, D, (said, i) => said - target[i], 0.2, 0.1);
    found.weights.forEach((w, d) => expect(w).toBeCloseTo(slow.weights[d], 4));
    expect(found.bias).toBeCloseTo(slow.bias, 4);
  });

  test("leave-one-out equals refitting without each photo", () => {
    const [said] = ridgeOf(space).leaveOneOut([target], 0.2);
    for (let i = 0; i < n; i++) {
      const others = rowSpaceOf(without(rows, D, i), D);
      const [model] = ridgeOf(others).fit([target.filter((_, j) => j !== i)], 0.2);
      expect(said[i]).toBeCloseTo(score(others.among(model.weights, model.bias), rows, i, D), 5);
    }
  });

  test("logistic regression minimises the penalised cross entropy", () => {
    const model = fitPenalisedLogistic(space, present, [...present.keys()], 0.1);
    const found = space.among(model.weights, model.bias);
    const slow = slowFit(rows, D, (said, i) => 1 / (1 + Math.exp(-said)) - present[i], 0.1, 0.2);
    found.weights.forEach((w, d) => expect(w).toBeCloseTo(slow.weights[d], 3));
    expect(found.bias).toBeCloseTo(slow.bias, 3);
  });

  test("refuses identical photos, and a label that all photos have", () => {
    expect(() => rowSpaceOf(new Float32Array(n * D).fill(0.5), D)).toThrow(`all ${n} rows of ${D} numbers are equal`);
    expect(() => fitPenalisedLogistic(space, new Uint8Array(n).fill(1), [0, 1, 2], 1)).toThrow(
      "can't fit 3 rows of one class (3 positive)",
    );
  });
});

describe("the minimum confidence of a label", () => {
  const present = Uint8Array.of(1, 1, 1, 0, 1, 0, 0, 0, 0, 0);

  test("is the lowest at which precision reaches it", () => {
    expect(thresholdForPrecision([0.9, 0.8, 0.7, 0.6, 0.55, 0.2, 0.1, 0.1, 0, 0], present)).toEqual({
      from: 0.5,
      shown: 5,
      right: 4,
    });
    expect(thresholdForPrecision([0.9, 0.8, 0.7, 0.68, 0.1, 0.66, 0.64, 0.62, 0.6, 0.55], present)).toEqual({
      from: 0.7,
      shown: 3,
      right: 3,
    });
  });

  test("is null with fewer than three correct photos, or too low a precision everywhere", () => {
    expect(thresholdForPrecision([0.9, 0.8, 0.4, 0.3, 0.3, 0.2, 0.1, 0, 0, 0], present)).toBeNull();
    expect(thresholdForPrecision([0.9, 0.9, 0.9, 0.99, 0.9, 0.99, 0.99, 0.99, 0.99, 0.99], present)).toBeNull();
  });

  test("average precision is the mean precision at the positives", () => {
    expect(averagePrecision([0.1, 0.9, 0.5, 0.7], Uint8Array.of(0, 1, 1, 0))).toBeCloseTo((1 + 2 / 3) / 2, 12);
    expect(() => averagePrecision([1, 2], Uint8Array.of(0, 0))).toThrow("none of 2 rows is positive");
  });

  test("Platt scaling works at any scale, and its mean probability is the share of positives", () => {
    const scores = Float64Array.from({ length: 400 }, () => draw());
    const truths = scores.map((s) => Number(draw() < s * s));
    for (const scale of [1e-3, 1, 1e3]) {
      const scaling = plattScaling(
        scores.map((s) => scale * s - 7),
        Uint8Array.from(truths),
      );
      const mean = scores.reduce((sum, s) => sum + plattProbability(scaling, scale * s - 7), 0) / 400;
      expect(mean).toBeCloseTo(truths.reduce((a, b) => a + b) / 400, 2);
      expect(plattProbability(scaling, scale - 7)).toBeGreaterThan(0.7);
    }
  });
});

describe("a multi-label head", () => {
  const [n, D] = [120, 20];
  const rows = rowsOf(n, D);
  const labelBy = (value: (i: number) => number) => {
    const amounts = Float64Array.from({ length: n }, (_, i) => Math.max(0, Math.min(1, value(i))));
    return { amounts, present: Uint8Array.from(amounts, (amount) => Number(amount > 0.05)) };
  };

  test("predicts learnable labels with calibrated probabilities, and gives noise no threshold", async () => {
    const received = labelBy((i) => 3 * rows[i * D]);
    const noise = labelBy(() => Number(draw() < 0.1));
    const steps: number[] = [];
    const learned = await learnMultiLabel(rows, D, [received, noise], 1, (done, total) => {
      steps.push(done / total);
    });
    expect(learned.labels[0].averagePrecision).toBeGreaterThan(0.95);
    expect(learned.labels[0].level!.right / learned.labels[0].level!.shown).toBeGreaterThan(0.85);
    expect(learned.labels[1].averagePrecision).toBeLessThan(0.5);
    expect(learned.labels[1].level).toBeNull();
    expect(Math.max(...learned.tried.map((each) => each.averagePrecision))).toBe(
      learned.tried.find(({ kind, lambda }) => kind === learned.method.kind && lambda === learned.method.lambda)!
        .averagePrecision,
    );
    expect(steps.at(-1)).toBe(1);
    // The final model was fitted on all photos, so it is at least as sure of them as the out-of-sample models.
    const { weights, bias, probabilities } = learned.labels[0];
    const seen = received.present.map((yes, i) => Number(score({ weights, bias }, rows, i, D) > 0 === (yes === 1)));
    const unseen = received.present.map((yes, i) => Number(probabilities[i] > 0.5 === (yes === 1)));
    expect(seen.reduce((a, b) => a + b)).toBeGreaterThanOrEqual(unseen.reduce((a, b) => a + b));
  });

  test("stops fitting when onStep throws", async () => {
    const label = labelBy((i) => rows[i * D]);
    await expect(
      learnMultiLabel(rows, D, [label], 1, () => {
        throw new Error("enough");
      }),
    ).rejects.toThrow("enough");
  });
});
