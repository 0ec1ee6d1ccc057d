import { describe, expect, test } from "vitest";
import { type FeatureSpace, featureSpaceOf, whitenedFeatures, whitenedRows } from "../../src-main/devise/feature-space";
import { balancedSample, type FewShotExamples, fewShotScores, fitFewShot } from "../../src-main/devise/few-shot";
import { random } from "../../src-main/math/random";
import { dot } from "../../src-main/math/vectors";

const [D, C] = [6, 4];
const draw = random(5);
const numbers = (n: number) => Float32Array.from({ length: n }, () => draw());
/** Two orthogonal axes. */
const axes = Float32Array.of(3, 0, 0, 0, 0, 0, 0, 0.6, 0.8, 0, 0, 0);
const statistics = { rootMean: numbers(D), axes };
const space = featureSpaceOf(statistics, D, C);
const outputOf = (features: Float32Array) => {
  const n = features.length / D;
  return {
    features,
    classes: Uint16Array.from({ length: n * 2 }, (_, i) => (i % 2 === 0 ? i % C : 3)),
    probabilities: Float32Array.from({ length: n * 2 }, (_, i) => (i % 2 === 0 ? 0.7 : 0.1)),
  };
};
const plain = (rows: Float32Array, width: number) =>
  Array.from({ length: rows.length / width }, (_, i) => [...rows.subarray(i * width, (i + 1) * width)]);
const inner = (a: number[], b: number[]) => a.reduce((sum, x, i) => sum + x * b[i], 0);
const unit = (row: number[]) => row.map((x) => x / Math.sqrt(inner(row, row)));

describe("rows of the feature space", () => {
  /** By the definition: along each axis, a row is divided by the weighted relative deviation of photos. */
  function slowRow(feature: number[]): number[] {
    const row = unit(feature.map((f, d) => Math.sqrt(f) - statistics.rootMean[d]));
    const damped = row.slice();
    for (const axis of plain(axes, D)) {
      const variance = inner(axis, axis);
      const direction = unit(axis);
      const along = inner(row, direction);
      const kept = Math.sqrt((1 + 0.3) / (1 + 0.3 * variance));
      direction.forEach((x, d) => {
        damped[d] += (kept - 1) * along * x;
      });
    }
    return unit(damped);
  }

  test("are centred roots, damped along the axes, followed by the roots of the class probabilities", () => {
    const seen = outputOf(numbers(5 * D));
    const rows = plain(whitenedRows(space, seen), space.width);
    plain(seen.features, D).forEach((feature, i) => {
      slowRow(feature).forEach((x, d) => expect(rows[i][d]).toBeCloseTo(x, 5));
      const shown = Array.from({ length: C }, (_, c) =>
        [0, 1].reduce(
          (sum, k) => sum + (seen.classes[2 * i + k] === c ? 0.3 * Math.sqrt(seen.probabilities[2 * i + k]) : 0),
          0,
        ),
      );
      if (seen.classes[2 * i] !== seen.classes[2 * i + 1])
        shown.forEach((x, c) => expect(rows[i][D + c]).toBeCloseTo(x, 5));
    });
    plain(whitenedFeatures(space, seen.features), D).forEach((row, i) =>
      row.forEach((x, d) => expect(x).toBe(rows[i][d])),
    );
  });

  test("are unit roots without statistics, and negative features keep their sign", () => {
    const bare = featureSpaceOf(null, 3, 1);
    const [row] = plain(whitenedFeatures(bare, Float32Array.of(4, -9, 0)), 3);
    [2, -3, 0].forEach((x, d) => expect(row[d]).toBeCloseTo(x / Math.sqrt(13), 6));
  });
});

/**
 * Directions `[T][W]` by many small gradient steps on the loss over all W numbers: 10 · Σ losses + half the squared
 * lengths. A photo's loss for a label it was given is −log of e^z over the sum of e^z, 1 for "none of these", and e^z
 * of the labels that it is known not to have.
 */
function slowLogistic(rows: number[][], labels: FewShotExamples[]): number[][] {
  const T = labels.length;
  const directions = labels.map(() => rows[0].map(() => 0));
  const known = (i: number, t: number) =>
    labels[t].accepted.length > 0 &&
    !labels[t].unknown.includes(i) &&
    (labels.some(({ accepted }) => accepted.includes(i)) ||
      labels[t].rejected.includes(i) ||
      labels[t].even!.includes(i));
  for (let round = 0; round < 6000; round++) {
    const slopes = directions.map((direction) => direction.slice());
    rows.forEach((row, i) => {
      const e = directions.map((direction) => Math.exp(inner(direction, row)));
      const given = labels.flatMap(({ accepted }, t) => (accepted.includes(i) ? [t] : []));
      const away = Array.from({ length: T }, (_, t) => t).filter((t) => known(i, t) && !given.includes(t));
      const others = away.reduce((sum, t) => sum + e[t], 1);
      const slope = (t: number) => {
        if (given.includes(t)) return e[t] / (e[t] + others) - 1;
        if (!away.includes(t)) return 0;
        const against = given.length === 0 ? [0] : given.map((own) => e[own]);
        return (
          against.reduce((sum, own) => sum + e[t] / (own + others), 0) / against.length -
          (labels[t].even!.includes(i) ? 0.5 : 0)
        );
      };
      for (let t = 0; t < T; t++)
        row.forEach((x, d) => {
          slopes[t][d] += 10 * slope(t) * x;
        });
    });
    directions.forEach((direction, t) =>
      direction.forEach((_, d) => {
        direction[d] -= 0.01 * slopes[t][d];
      }),
    );
  }
  return directions;
}

describe("the few-shot classifier", () => {
  const n = 9;
  const rows = whitenedRows(space, outputOf(numbers(n * D)));
  const all = plain(rows, space.width);
  const labels: FewShotExamples[] = [
    { accepted: [0, 1], rejected: [5], unknown: [], even: [] },
    { accepted: [1, 2, 3, 4], rejected: [], unknown: [0], even: [7] },
    { accepted: [], rejected: [6], unknown: [], even: [] },
  ];

  test("fits penalised multinomial regression with one more class, up to length", () => {
    const taught = fitFewShot(space, rows, labels, 400);
    const slow = slowLogistic(all, labels);
    const own = labels.flatMap(({ accepted }, t) => accepted.map((i) => inner(slow[t], all[i])));
    const scale = own.length / (own.reduce((sum, score) => sum + score, 0) * space.chance);
    slow.forEach((direction, t) =>
      direction.forEach((x, d) => expect(taught.vectors[t * space.width + d] / scale).toBeCloseTo(x, 2)),
    );
    expect([...taught.examples]).toEqual([2, 4, 0]);
  });

  test("scales directions so that their own photos score 1 on average, in units of chance, however many labels there are", () => {
    for (const some of [labels, labels.slice(0, 1)]) {
      const taught = fitFewShot(space, rows, some);
      const own = some.flatMap(({ accepted }, t) =>
        accepted.map((i) => fewShotScores(taught, rows.subarray(i * space.width, (i + 1) * space.width))[t]),
      );
      expect((own.reduce((sum, score) => sum + score, 0) / own.length) * space.chance).toBeCloseTo(1, 5);
    }
  });

  test("has no direction for a label without accepted photos, and scores others by inner product", () => {
    const taught = fitFewShot(space, rows, labels);
    const scores = fewShotScores(taught, rows.subarray(0, space.width));
    expect(scores[2]).toBe(0);
    expect(scores[0]).toBeCloseTo(dot(taught.vectors, 0, rows, 0, space.width), 6);
  });

  test("scores in units of what unrelated photos have in common", () => {
    const wide: FeatureSpace = featureSpaceOf({ rootMean: new Float32Array(200), axes: new Float32Array(0) }, 200, 1);
    const some = whitenedFeatures(
      wide,
      Float32Array.from({ length: 60 * 200 }, () => draw() - 0.5),
    );
    const products = Array.from({ length: 59 }, (_, i) => dot(some, 0, some, (i + 1) * 200, 200));
    expect(Math.sqrt(products.reduce((sum, x) => sum + x * x, 0) / 59) / wide.chance).toBeGreaterThan(0.7);
    expect(Math.sqrt(products.reduce((sum, x) => sum + x * x, 0) / 59) / wide.chance).toBeLessThan(1.3);
  });
});

test("samples labels evenly from many photos and keeps all photos of small labels", () => {
  const lists = [
    Array.from({ length: 100 }, (_, i) => i),
    [200, 201, 202],
    Array.from({ length: 50 }, (_, i) => 300 + i),
  ];
  expect(balancedSample(lists, 1000)).toHaveLength(153);
  const some = balancedSample(lists, 43);
  expect(some.length).toBeLessThanOrEqual(43);
  expect(some.length).toBeGreaterThan(38);
  expect(some.filter((i) => i >= 200 && i < 203)).toEqual([200, 201, 202]);
  expect(some.filter((i) => i < 100).length).toBe(some.filter((i) => i >= 300).length);
  expect(some.filter((i) => i < 100).at(-1)).toBeGreaterThan(90);
});
