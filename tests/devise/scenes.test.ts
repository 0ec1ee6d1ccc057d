import { describe, expect, test } from "vitest";
import { centredRoots, rootMean, sceneProbabilities } from "../../src-main/devise/scenes";
import { random } from "../../src-main/math/random";

const [n, D, S] = [17, 11, 3];
const draw = random(3);
const numbers = (length: number, from: number, to: number) =>
  Float32Array.from({ length }, () => from + (to - from) * draw());
/** Some are negative, as those of a network without a last ReLU may be. */
const features = numbers(n * D, -0.5, 3);
const head = { centre: rootMean(features, D), weights: numbers(S * D, -4, 4), bias: numbers(S, -2, 2) };

/** The formula of the pack format, number by number. */
function slowProbability(i: number, s: number): number {
  const x = Array.from({ length: D }, (_, d) => Math.sqrt(Math.max(features[i * D + d], 0)) - head.centre[d]);
  const length = Math.hypot(...x);
  return 1 / (1 + Math.exp(-x.reduce((sum, each, d) => sum + (each / length) * head.weights[s * D + d], head.bias[s])));
}

describe("scene probabilities", () => {
  test("match the formula of the pack format", () => {
    const probabilities = sceneProbabilities(features, head);
    expect(probabilities).toHaveLength(n * S);
    for (let i = 0; i < n; i++)
      for (let s = 0; s < S; s++) expect(probabilities[i * S + s]).toBeCloseTo(slowProbability(i, s), 5);
  });

  test("do not depend on the overall scale of the features if there is no centre", () => {
    const uncentred = { ...head, centre: new Float32Array(D) };
    const positive = features.map(Math.abs);
    const [once, thrice] = [positive, positive.map((f) => 3 * f)].map((each) => sceneProbabilities(each, uncentred));
    once.forEach((p, i) => expect(thrice[i]).toBeCloseTo(p, 5));
  });

  test("are those of the bias alone for a photo at the centre", () => {
    const centre = Float32Array.from({ length: D }, (_, d) => d / 4);
    sceneProbabilities(
      centre.map((c) => c * c),
      { ...head, centre },
    ).forEach((p, s) => expect(p).toBeCloseTo(1 / (1 + Math.exp(-head.bias[s])), 6));
  });

  test("are empty without photos, and refuse half a photo", () => {
    expect(sceneProbabilities(new Float32Array(0), head)).toHaveLength(0);
    expect(() => sceneProbabilities(features.subarray(0, D + 4), head)).toThrow(
      "15 numbers do not make rows of 11 features",
    );
  });

  test("come from rows of unit length whose mean root is 0 before scaling", () => {
    const rows = centredRoots(features, head.centre);
    for (let i = 0; i < n; i++) expect(Math.hypot(...rows.subarray(i * D, (i + 1) * D))).toBeCloseTo(1, 5);
    const roots = features.map((f, i) => Math.sqrt(Math.max(f, 0)) - head.centre[i % D]);
    for (let d = 0; d < D; d++) {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += roots[i * D + d];
      expect(sum).toBeCloseTo(0, 4);
    }
  });
});
