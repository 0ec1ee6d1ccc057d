import { describe, expect, test } from "vitest";
import { taughtScores, teachLabels } from "../../src-main/devise/few-shot";
import { random } from "../../src-main/devise/random";
import { scatterWithin, unwhiten, whiten, whiteningOf } from "../../src-main/devise/scatter";
import { dot, unitRows } from "../../src-main/vectors";

const D = 6;
const draw = random(5);
const rowsOf = (n: number) => Float32Array.from({ length: n * D }, () => draw() + 0.1);

describe("how features scatter", () => {
  const classes = Int32Array.from({ length: 40 }, (_, i) => i % 4);
  const features = rowsOf(40);
  const scatter = scatterWithin(features, classes, D);

  test("is the mean product of what separates unit features from their class's mean", () => {
    const rows = unitRows(features, D);
    const meanOf = (c: number, d: number) => [...classes.keys()].filter((i) => classes[i] === c).reduce((sum, i) => sum + rows[i * D + d] / 10, 0);
    for (const [a, b] of [[0, 0], [1, 4], [4, 1], [5, 2]]) {
      const products = [...classes].map((c, i) => (rows[i * D + a] - meanOf(c, a)) * (rows[i * D + b] - meanOf(c, b)));
      expect(scatter[a * D + b]).toBeCloseTo(products.reduce((x, y) => x + y, 0) / 40, 6);
    }
  });

  test("whitening and its transpose are inverse to the square root of the scatter drawn towards a sphere", () => {
    const whitening = whiteningOf(scatter, D);
    const trace = Array.from({ length: D }, (_, d) => scatter[d * D + d]).reduce((a, b) => a + b, 0);
    const x = rowsOf(1);
    // S·L⁻ᵀ·L⁻¹·x = x
    const y = unwhiten(whitening, whiten(whitening, x.slice()));
    for (let d = 0; d < D; d++) expect(dot(scatter, d * D, y, 0, D) + (trace / D) * y[d]).toBeCloseTo(x[d], 4);
  });

  test("of no photos, or of none that differ, is refused", () => {
    expect(() => scatterWithin(new Float32Array(0), [], D)).toThrow("0 numbers are not features of 0 photos × 6");
    expect(() => whiteningOf(new Float32Array(D * D), D)).toThrow("36 numbers with trace 0 are no scatter of 6 dimensions");
  });
});

describe("labels learned from examples", () => {
  const prototypes = rowsOf(30);
  const one = rowsOf(1);
  const near = (feature: Float32Array) => feature.map((x) => x * (1 + 0.05 * draw()));
  const none = new Float32Array(0);

  test("are nearer to their own photos than to others, with a scatter and without", () => {
    for (const whitening of [null, whiteningOf(scatterWithin(rowsOf(60), Int32Array.from({ length: 60 }, (_, i) => i % 6), D), D)]) {
      const taught = teachLabels([{ accepted: one, rejected: none }, { accepted: rowsOf(3), rejected: none }, { accepted: none, rejected: one }], prototypes, D, whitening);
      const [own, other, without] = taughtScores(taught, near(one));
      expect(own).toBeGreaterThan(other);
      expect(without).toBe(0);
      expect([...taught.examples]).toEqual([1, 3, 0]);
    }
  });

  test("the unit of their scores is how near classes stand to each other by chance", () => {
    const taught = teachLabels(Array.from({ length: 30 }, (_, c) => ({ accepted: prototypes.slice(c * D, (c + 1) * D), rejected: none })), prototypes, D, null);
    const squares = Array.from({ length: 30 }, (_, c) => [...taughtScores(taught, prototypes.slice(c * D, (c + 1) * D))].filter((_, t) => t !== c).map((score) => score * score)).flat();
    expect(squares.reduce((a, b) => a + b, 0) / squares.length).toBeCloseTo(1, 3);
  });

  test("a rejected photo pushes them away from what it shows", () => {
    const [yes, no] = [rowsOf(1), rowsOf(1)];
    const score = (rejected: Float32Array, photo: Float32Array) => taughtScores(teachLabels([{ accepted: yes, rejected }], prototypes, D, null), photo)[0];
    expect(score(no, no)).toBeLessThan(score(none, no));
  });
});
