import { expect, test } from "vitest";
import type { Seen } from "../../src-main/devise/places";
import type { LabelSpace } from "../../src-main/devise/ranking";
import { zeroShotScores } from "../../src-main/devise/zero-shot";

// Classes 0 beagle, 1 teapot; labels: beagle, teapot, dog (over beagle), otter and wrench (no class is a kind of them).
const space: LabelSpace = {
  vectors: Float32Array.of(1, 0, 0, 1, 0.9, 0.1, 0.8, 0.2, 0, 1),
  mean: new Float32Array(5), deviation: new Float32Array(5).fill(0.1),
  labelsOver: [Int32Array.of(0, 2), Int32Array.of(1)],
  covered: Uint8Array.of(1, 1, 1, 0, 0), specificity: new Float32Array(5).fill(1), taught: null,
};
const ofClass = Int32Array.of(0, 1, -1, -1, -1);
const place = Float32Array.of(1, 0);
const photo = (p: number): Seen => ({ features: new Float32Array(1), classes: Uint16Array.of(0, 1), probabilities: Float32Array.of(p, 1 - p) });
const scores = (p: number) => zeroShotScores(space, ofClass, photo(p), place, 0);

test("a class has the logarithm of its probability", () => {
  expect(scores(0.7)[0]).toBeCloseTo(Math.log(0.7 + 1e-4), 5);
  expect(scores(0.7)[1]).toBeCloseTo(Math.log(0.3 + 1e-4), 5);
});

test("a label without a class is vouched for by the classes that are kinds of it, and by its word, by hand", () => {
  const score = 9; // cosine 0.9 over a deviation of 0.1
  const known = Math.log(0.7 / 0.3);
  const alone = 1 / (1 + Math.exp(7.56 - 0.834 * score + 0.158 * known));
  expect(scores(0.7)[2]).toBeCloseTo(Math.log((0.7 + 1e-4) * Math.exp(score - 3 + 0.75) + 10 * alone), 4);
});

test("among labels that nothing vouches for the nearer word wins, and it can stand before an improbable class", () => {
  const [, teapot, , otter, wrench] = scores(0.9999);
  expect(otter).toBeGreaterThan(wrench);
  expect(otter).toBeGreaterThan(teapot);
});
