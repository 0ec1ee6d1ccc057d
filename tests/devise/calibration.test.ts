import { expect, test } from "vitest";
import { fitLogistic, logistic, logit, probability } from "../../src-main/devise/calibration";
import { expectedCalibrationError } from "../../src-main/evaluation/calibrate";
import { random } from "../../src-main/math/random";

test("log-odds and their inverse agree, and certainty stays finite", () => {
  for (const p of [0.01, 0.3, 0.5, 0.99]) expect(logistic(logit(p))).toBeCloseTo(p, 10);
  expect(logit(0)).toBe(-9);
  expect(logit(1)).toBe(9);
});

test("logistic regression recovers the odds that generated the data", () => {
  const draw = random(5);
  const n = 20_000;
  const rows = Float64Array.from({ length: n * 2 }, () => draw() * 4 - 2);
  const truths = Uint8Array.from({ length: n }, (_, i) =>
    Number(draw() < logistic(-1 + 2 * rows[i * 2] - 0.5 * rows[i * 2 + 1])),
  );
  const model = fitLogistic(rows, 2, truths, new Float64Array(n).fill(1));
  expect(model.bias).toBeCloseTo(-1, 1);
  expect(model.weights[0]).toBeCloseTo(2, 1);
  expect(model.weights[1]).toBeCloseTo(-0.5, 1);
});

test("at the optimum, the slope of the likelihood is zero by finite differences", () => {
  const rows = Float64Array.of(0.2, 1.1, -0.7, 0.4, 2.2, -1.5, 0.9, -0.1);
  const truths = Uint8Array.of(1, 1, 0, 0, 1, 0, 0, 1);
  const weights = Float64Array.of(1, 2, 1, 1, 0.5, 1, 3, 1);
  const ridge = 1e-3;
  const model = fitLogistic(rows, 1, truths, weights, ridge);
  const cost = (bias: number, w: number) =>
    truths.reduce(
      (sum, y, i) => {
        const p = probability({ bias, weights: [w] }, [rows[i]]);
        return sum - weights[i] * Math.log(y ? p : 1 - p);
      },
      (ridge / 2) * (bias * bias + w * w),
    );
  const h = 1e-4;
  expect((cost(model.bias + h, model.weights[0]) - cost(model.bias - h, model.weights[0])) / (2 * h)).toBeCloseTo(0, 5);
  expect((cost(model.bias, model.weights[0] + h) - cost(model.bias, model.weights[0] - h)) / (2 * h)).toBeCloseTo(0, 5);
});

test("refuses to calibrate on examples that are all alike", () => {
  expect(() => fitLogistic(Float64Array.of(1, 2), 1, Uint8Array.of(1, 1), Float64Array.of(1, 1))).toThrow(
    "cannot calibrate: all 2 examples are right",
  );
});

test("expected calibration error of four labels in two bins matches a calculation by hand", () => {
  // bins {0.1, 0.2} with one right of two, {0.8, 1.0} with two right of two: ½·|0.15 − 0.5| + ½·|0.9 − 1|
  expect(expectedCalibrationError(Float64Array.of(0.8, 0.1, 1, 0.2), Uint8Array.of(1, 0, 1, 1), 2)).toBeCloseTo(
    0.225,
    10,
  );
});
