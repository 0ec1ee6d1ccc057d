import { describe, expect, test } from "vitest";
import { hubness, zScore, zScoreRows } from "../../src-main/devise/hubness";
import { classMass, confidenceOf } from "../../src-main/devise/label-evidence";
import { rankLabels } from "../../src-main/devise/label-ranking";
import type { Confidence, LabelSpace } from "../../src-main/devise/ranking-numbers";
import { projectManyRows, projectRows, semanticEmbeddings, topClasses } from "../../src-main/devise/semantic-embedding";
import { random } from "../../src-main/math/random";
import { productsWith } from "../../src-main/math/row-products";
import { dot, normalise, unitRows } from "../../src-main/math/vectors";

const draw = random(11);
const numbers = (n: number) => Float32Array.from({ length: n }, () => draw() - 0.5);

test("top classes have softmax probabilities, most probable first", () => {
  const { classes, probabilities } = topClasses(Float32Array.of(1, 3, 2, 0, 0, 1000), 3, 2);
  expect([...classes]).toEqual([1, 2, 2, 0]);
  const sum = Math.exp(1) + Math.exp(3) + Math.exp(2);
  expect(probabilities[0]).toBeCloseTo(Math.exp(3) / sum, 6);
  expect(probabilities[1]).toBeCloseTo(Math.exp(2) / sum, 6);
  expect([...probabilities.slice(2)]).toEqual([1, 0]); // large logits do not overflow
});

test("a semantic embedding is the sum of the DeViSE and ConSE vectors, by hand", () => {
  const M = Float32Array.of(2, 0, 0, 1); // [2, 2]
  const seen = {
    features: Float32Array.of(3, 0),
    classes: Uint16Array.of(1, 0),
    probabilities: Float32Array.of(0.75, 0.25),
  };
  const classVectors = Float32Array.of(1, 0, 0, 1);
  const conse = normalise(Float32Array.of(0.25, 0.75));
  const expected = normalise(Float32Array.of(1 + conse[0], conse[1]));
  const embedding = semanticEmbeddings(seen, M, classVectors, 2);
  expect(embedding[0]).toBeCloseTo(expected[0], 6);
  expect(embedding[1]).toBeCloseTo(expected[1], 6);
});

test.each([
  ["one by one", projectRows],
  ["many at once", projectManyRows],
])("projecting rows %s is the matrix product, whatever the width", (_, project) => {
  const [n, D, E] = [3, 7, 5];
  const [V, M] = [numbers(n * D), numbers(E * D)];
  const product = project(V, M, D);
  for (let i = 0; i < n; i++)
    for (let e = 0; e < E; e++) {
      let sum = 0;
      for (let d = 0; d < D; d++) sum += V[i * D + d] * M[e * D + d];
      expect(product[i * E + e]).toBeCloseTo(sum, 5);
    }
});

// Labels: 0 goldfish, 1 fish (above goldfish and shark), 2 shark, 3 teapot (no class), 4 a word without a vector.
const E = 3;
const vectors = unitRows(Float32Array.of(1, 0.2, 0, 1, 0.4, 0.1, 0.8, 0.7, 0, 0, 0, 1, 0, 0, 0), E);
const reference = unitRows(numbers(50 * E), E);
const space: LabelSpace = {
  vectors,
  ...hubness(vectors, productsWith(reference, E), E),
  labelsOver: [Int32Array.of(0, 1), Int32Array.of(2, 1)],
  covered: Uint8Array.of(1, 1, 1, 0, 0),
  specificity: Float32Array.of(1, 0.4, 1, 1, 1),
  fewShot: null,
  labelsOverConcepts: [],
};
const confidence: Confidence = {
  covered: { bias: 0, weights: [1, 0, 0] },
  uncovered: { bias: -1, weights: [1, 0] },
  fewShot: { bias: -2, weights: [1, 0] },
};
const everyLabel = () => [0, 1, 2, 3, 4];
const photo = (p: number) => ({
  features: new Float32Array(2),
  classes: Uint16Array.of(0, 1),
  probabilities: Float32Array.of(p, 1 - p),
});
const embedding = unitRows(Float32Array.of(1, 0.3, 0), E);

describe("ranking", () => {
  test("a label has the total probability of the classes that are it or a kind of it", () => {
    const mass = classMass(space, photo(0.7), 2, 0);
    expect(mass.get(0)).toBeCloseTo(0.7, 6);
    expect(mass.get(1)).toBeCloseTo(1, 6);
    expect(mass.get(2)).toBeCloseTo(0.3, 6);
  });

  test("a recognised class comes before its more certain hypernym", () => {
    const ranked = rankLabels(space, confidence, photo(0.9), embedding, 0, everyLabel, { threshold: 0.05, limit: 5 });
    expect(ranked.map(({ label }) => label).slice(0, 2)).toEqual([0, 1]);
    expect(ranked[0].confidence).toBeCloseTo(0.9, 5);
    expect(ranked[1].confidence).toBeGreaterThan(0.99);
  });

  test("an uncertain photo gets the general label first, and few labels above the threshold", () => {
    const unsure: Confidence = { ...confidence, uncovered: { bias: -20, weights: [1, 0] } };
    const ranked = rankLabels(space, unsure, photo(0.38), embedding, 0, everyLabel, { threshold: 0.7, limit: 5 });
    expect(ranked.map(({ label }) => label)).toEqual([1]);
  });

  test("a label without a vector and without a class has z-score 0", () => {
    expect(zScore(space, 4, embedding)).toBe(0);
    expect(confidenceOf(space, confidence, 4, 0, 0, 0)).toBeCloseTo(1 / (1 + Math.E), 6);
  });

  test("the index rows give each label's z-score", () => {
    const rows = zScoreRows(space);
    const query = Float32Array.of(...embedding, 1);
    for (let label = 0; label < 5; label++)
      expect(dot(rows, label * 4, query, 0, 4)).toBeCloseTo(zScore(space, label, embedding), 4);
  });

  test("hubness matches brute force: mean and deviation of a label's cosines, with a prior worth ten photos", () => {
    const cosines = Array.from({ length: 50 }, (_, r) => dot(vectors, 3 * E, reference, r * E, E));
    const mean = cosines.reduce((a, b) => a + b) / 50;
    expect(space.mean[3]).toBeCloseTo(mean, 5);
    expect(space.deviation[3]).toBeCloseTo(
      Math.sqrt((cosines.reduce((a, c) => a + (c - mean) ** 2, 0) + 10 * 0.1 ** 2) / 60),
      5,
    );
    expect(space.deviation[4]).toBe(0);
  });
});
