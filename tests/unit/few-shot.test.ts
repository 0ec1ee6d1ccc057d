import { describe, expect, test } from "vitest";
import { type FeatureSpace, featureSpaceOf, likenessRows, measured } from "../../src-main/devise/feature-space";
import { type Examples, someOfEach, taughtScores, teachLabels } from "../../src-main/devise/few-shot";
import { random } from "../../src-main/devise/random";
import { takeRows } from "../../src-main/evaluate/feature-set";
import { dot } from "../../src-main/vectors";
import { solved } from "../fixtures/solved";

const [D, C] = [6, 4];
const draw = random(5);
const numbers = (n: number) => Float32Array.from({ length: n }, () => draw());
/** Two axes at right angles. */
const axes = Float32Array.of(3, 0, 0, 0, 0, 0, 0, 0.6, 0.8, 0, 0, 0);
const statistics = { rootMean: numbers(D), axes };
const space = featureSpaceOf(statistics, D, C);
const seenOf = (features: Float32Array) => {
  const n = features.length / D;
  return { features, classes: Uint16Array.from({ length: n * 2 }, (_, i) => (i % 2 === 0 ? i % C : 3)), probabilities: Float32Array.from({ length: n * 2 }, (_, i) => (i % 2 === 0 ? 0.7 : 0.1)) };
};
const plain = (rows: Float32Array, width: number) => Array.from({ length: rows.length / width }, (_, i) => [...rows.subarray(i * width, (i + 1) * width)]);
const inner = (a: number[], b: number[]) => a.reduce((sum, x, i) => sum + x * b[i], 0);
const unit = (row: number[]) => row.map((x) => x / Math.sqrt(inner(row, row)));

describe("rows of photos", () => {
  /** By the letter: along each axis a root row is divided by how much more photos differ there, as far as variance counts. */
  function slowRow(feature: number[]): number[] {
    const row = unit(feature.map((f, d) => Math.sqrt(f) - statistics.rootMean[d]));
    const damped = row.slice();
    for (const axis of plain(axes, D)) {
      const variance = inner(axis, axis);
      const direction = unit(axis);
      const along = inner(row, direction);
      const kept = Math.sqrt((1 + 0.3) / (1 + 0.3 * variance));
      direction.forEach((x, d) => { damped[d] += (kept - 1) * along * x; });
    }
    return unit(damped);
  }

  test("are centred roots, damped along the axes, and roots of the classes' probabilities beside them", () => {
    const seen = seenOf(numbers(5 * D));
    const rows = plain(measured(space, seen), space.width);
    plain(seen.features, D).forEach((feature, i) => {
      slowRow(feature).forEach((x, d) => expect(rows[i][d]).toBeCloseTo(x, 5));
      const shown = Array.from({ length: C }, (_, c) => [0, 1].reduce((sum, k) => sum + (seen.classes[2 * i + k] === c ? 0.3 * Math.sqrt(seen.probabilities[2 * i + k]) : 0), 0));
      if (seen.classes[2 * i] !== seen.classes[2 * i + 1]) shown.forEach((x, c) => expect(rows[i][D + c]).toBeCloseTo(x, 5));
    });
    plain(likenessRows(space, seen.features), D).forEach((row, i) => row.forEach((x, d) => expect(x).toBe(rows[i][d])));
  });

  test("of a pack without statistics are unit roots; a negative feature keeps its sign", () => {
    const bare = featureSpaceOf(null, 3, 1);
    const [row] = plain(likenessRows(bare, Float32Array.of(4, -9, 0)), 3);
    [2, -3, 0].forEach((x, d) => expect(row[d]).toBeCloseTo(x / Math.sqrt(13), 6));
  });
});

/** Weights `[W]` of the penalised least squares, by the normal equations among all W numbers. */
function slowRidge(rows: number[][], target: number[], lambda: number): number[] {
  const W = rows[0].length;
  const A = Array.from({ length: W }, (_, a) => Array.from({ length: W }, (_b, b) => rows.reduce((sum, row) => sum + row[a] * row[b], a === b ? lambda : 0)));
  return solved(A, Array.from({ length: W }, (_, a) => rows.reduce((sum, row, i) => sum + row[a] * target[i], 0)));
}

function expectRidge(taught: ReturnType<typeof teachLabels>, t: number, rows: number[][], target: number[]) {
  const weights = slowRidge(rows, target, 0.5);
  const W = space.width;
  weights.forEach((w, d) => expect(taught.vectors[t * W + d] * space.chance).toBeCloseTo(w, 4));
}

describe("labels learned from examples", () => {
  const n = 9;
  const rows = measured(space, seenOf(numbers(n * D)));
  const labels: Examples[] = [
    { accepted: [0, 1], rejected: [5], unknown: [] },
    { accepted: [2, 3, 4], rejected: [], unknown: [0, 7] },
    { accepted: [], rejected: [6], unknown: [] },
  ];
  const taught = teachLabels(space, rows, labels);
  const all = plain(rows, space.width);

  test("are penalised least squares: 1 where accepted, −1 where rejected, 0 elsewhere", () => {
    expectRidge(taught, 0, all, [1, 1, 0, 0, 0, -1, 0, 0, 0]);
    expect([...taught.examples]).toEqual([2, 3, 0]);
  });

  test("are fitted without the photos of which it is not known whether they show them", () => {
    const known = [1, 2, 3, 4, 5, 6, 8];
    expectRidge(taught, 1, known.map((i) => all[i]), known.map((i) => Number([2, 3, 4].includes(i))));
    const without = teachLabels(space, takeRows(rows, space.width, known), [{ accepted: [1, 2, 3], rejected: [], unknown: [] }]);
    for (let d = 0; d < space.width; d++) expect(taught.vectors[space.width + d]).toBeCloseTo(without.vectors[d], 4);
  });

  test("have no direction without an accepted photo, and score by the product with it", () => {
    const scores = taughtScores(taught, rows.subarray(0, space.width));
    expect(scores[2]).toBe(0);
    expect(scores[0]).toBeCloseTo(dot(taught.vectors, 0, rows, 0, space.width), 6);
  });

  test("are scored in units of what unlike photos have in common", () => {
    const wide: FeatureSpace = featureSpaceOf({ rootMean: new Float32Array(200), axes: new Float32Array(0) }, 200, 1);
    const some = likenessRows(wide, Float32Array.from({ length: 60 * 200 }, () => draw() - 0.5));
    const products = Array.from({ length: 59 }, (_, i) => dot(some, 0, some, (i + 1) * 200, 200));
    expect(Math.sqrt(products.reduce((sum, x) => sum + x * x, 0) / 59) / wide.chance).toBeGreaterThan(0.7);
    expect(Math.sqrt(products.reduce((sum, x) => sum + x * x, 0) / 59) / wide.chance).toBeLessThan(1.3);
  });
});

test("of many photos as many of each label are taken as fit, evenly, and none of a small label is left out", () => {
  const lists = [Array.from({ length: 100 }, (_, i) => i), [200, 201, 202], Array.from({ length: 50 }, (_, i) => 300 + i)];
  expect(someOfEach(lists, 1000)).toHaveLength(153);
  const some = someOfEach(lists, 43);
  expect(some.length).toBeLessThanOrEqual(43);
  expect(some.length).toBeGreaterThan(38);
  expect(some.filter((i) => i >= 200 && i < 203)).toEqual([200, 201, 202]);
  expect(some.filter((i) => i < 100).length).toBe(some.filter((i) => i >= 300).length);
  expect(some.filter((i) => i < 100).at(-1)).toBeGreaterThan(90);
});
