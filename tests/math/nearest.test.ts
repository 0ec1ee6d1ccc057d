import { describe, expect, test } from "vitest";
import { logistic, logit } from "../../src-main/devise/calibration";
import { createSemanticIndex } from "../../src-main/labeller/semantic-index";
import { highest } from "../../src-main/math/highest";
import { hnswState, indexRows } from "../../src-main/math/nearest";
import { random } from "../../src-main/math/random";
import { dot, unitRows } from "../../src-main/math/vectors";

const draw = random(21);
const numbers = (n: number) => Float32Array.from({ length: n }, () => draw() - 0.5);

test("the highest scores match a full sort, with ties by index", () => {
  for (let trial = 0; trial < 50; trial++) {
    const scores = Float32Array.from({ length: 200 }, () => Math.floor(draw() * 30));
    const sorted = Array.from(scores.keys()).sort((a, b) => scores[b] - scores[a] || a - b);
    for (const k of [0, 1, 7, 199, 200, 300]) expect(highest(scores, k)).toEqual(sorted.slice(0, k));
  }
});

describe("rows with the largest inner product", () => {
  const [n, E, k] = [3000, 24, 10];
  // Lengths vary by a factor of ten, so nearest by angle or distance would fail.
  const rows = unitRows(numbers(n * E), E).map((x, i) => x * (1 + (9 * ((Math.floor(i / E) * 7919) % 1000)) / 1000));
  const queries = Array.from({ length: 50 }, () => numbers(E));
  const exactly = (query: Float32Array) =>
    Array.from({ length: n }, (_, i) => i)
      .sort((a, b) => dot(rows, b * E, query, 0, E) - dot(rows, a * E, query, 0, E))
      .slice(0, k);

  test("are all found by exact search", async () => {
    const index = await indexRows(rows, E, n + 1);
    expect(index.kind).toBe("exact");
    for (const query of queries.slice(0, 5)) expect(index.rows(query, k)).toEqual(exactly(query));
  });

  test("are nearly all found by HNSW", async (context) => {
    if (!(await hnswState()).available) context.skip("hnswlib-node is not installed");
    const index = await indexRows(rows, E, 1000);
    expect(index.kind).toBe("hnsw");
    const found = queries.map((query) => {
      const truth = new Set(exactly(query));
      return index.rows(query, k).filter((row) => truth.has(row)).length / k;
    });
    expect(found.reduce((a, b) => a + b) / found.length).toBeGreaterThan(0.95);
  });

  test("are all rows if more are requested", async () => {
    const index = await indexRows(rows.slice(0, 5 * E), E);
    expect(index.rows(queries[0], 50)).toHaveLength(5);
  });

  test("refuses numbers that do not make whole rows", async () => {
    await expect(indexRows(new Float32Array(10), 3)).rejects.toThrow("10 numbers do not make rows of 3");
  });
});

describe("semantic search", () => {
  const [n, E, C, K] = [3000, 8, 6, 3];
  const embeddings = unitRows(numbers(n * E), E);
  const classes = Uint16Array.from({ length: n * K }, (_, i) => (Math.floor(i / K) + (i % K)) % C);
  const probabilities = Float32Array.from({ length: n * K }, (_, i) => [0.6, 0.3, 0.1][i % K]);
  const photos = Uint32Array.from({ length: n }, (_, i) => i + 100);
  const seen = { features: new Float32Array(0), classes, probabilities };
  const confidence = {
    covered: { bias: 0.1, weights: [1.2, 0.3, -0.1] },
    uncovered: { bias: -2, weights: [0.8, 0.2] },
    fewShot: { bias: 0, weights: [0, 0] },
  };
  const word = {
    vector: unitRows(numbers(E), E),
    mean: 0.05,
    deviation: 0.3,
    classes: [] as number[],
    concepts: [] as number[],
    isScene: false,
    conceptSimilarity: new Float32Array(0),
  };
  const known = { ...word, classes: [1, 4] };

  const oddsOf = (i: number, { vector, mean, deviation, classes: under }: typeof word) => {
    const score = (dot(embeddings, i * E, vector, 0, E) - mean) / deviation;
    const sure = logit(probabilities[i * K]);
    const byMeaning = confidence.uncovered.bias + 0.8 * score;
    let mass = 0;
    for (let k = 0; k < K; k++) if (under.includes(classes[i * K + k])) mass += probabilities[i * K + k];
    return mass === 0
      ? byMeaning
      : Math.max(byMeaning, 0.1 + 1.2 * logit(Math.min(1, mass)) + 0.3 * score - 0.1 * sure);
  };
  const bruteForce = (targets: (typeof word)[], limit: number) =>
    Array.from({ length: n }, (_, i) => ({
      photo: photos[i],
      score: logistic(targets.reduce((sum, target) => sum + oddsOf(i, target), 0) / targets.length),
    }))
      .sort((a, b) => b.score - a.score)
      .slice(0, limit);

  test.each([
    ["a word without classes", [word]],
    ["a word with classes", [known]],
    ["both together", [word, known]],
  ])("matches brute force for %s", (_, targets) => {
    const all = createSemanticIndex(E, C);
    all.put(
      photos.slice(0, 1234),
      { ...seen, classes: classes.slice(0, 1234 * K), probabilities: probabilities.slice(0, 1234 * K) },
      embeddings.slice(0, 1234 * E),
    );
    all.put(
      photos.slice(1234),
      { ...seen, classes: classes.slice(1234 * K), probabilities: probabilities.slice(1234 * K) },
      embeddings.slice(1234 * E),
    );
    const found = all.nearest(targets, confidence, 20);
    const expected = bruteForce(targets, 20);
    expect(found.map(({ photo }) => photo)).toEqual(expected.map(({ photo }) => photo));
    found.forEach(({ score }, i) => expect(score).toBeCloseTo(expected[i].score, 4));
  });

  test("putting a photo again replaces its embedding and classes", () => {
    const all = createSemanticIndex(E, C);
    const one = (c: number) => ({
      features: new Float32Array(0),
      classes: Uint16Array.of(c, 0, 0),
      probabilities: Float32Array.of(0.9, 0, 0),
    });
    all.put([7], one(1), embeddings.slice(0, E));
    const before = all.nearest([known], confidence, 1)[0].score;
    all.put([7], one(2), embeddings.slice(0, E));
    expect(all.size()).toBe(1);
    expect(all.nearest([known], confidence, 1)[0].score).toBeLessThan(before);
  });
});
