import { describe, expect, test } from "vitest";
import { samplePoisson } from "../../src-main/curate/poisson-sampling";
import { gaussianKernel, uncertaintyHerding } from "../../src-main/curate/uncertainty-herding";
import { random } from "../../src-main/math/random";
import { unitRows } from "../../src-main/math/vectors";

const D = 6;

/** Unit rows around a few centres, with weights. */
function synthetic(m: number, seed: number): { rows: Float32Array; weights: number[]; dimensions: number } {
  const draw = random(seed);
  const centres = Array.from({ length: 4 * D }, () => draw() - 0.5);
  const rows = Float32Array.from(
    { length: m * D },
    (_, at) => centres[(Math.floor(at / D) % 4) * D + (at % D)] + 0.4 * (draw() - 0.5),
  );
  return { rows: unitRows(rows, D), weights: Array.from({ length: m }, () => draw()), dimensions: D };
}

/** The objective for a set of known photos, by the definition. */
function received({ rows, weights }: ReturnType<typeof synthetic>, known: number[][]): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) {
    let most = 0;
    for (const other of known) {
      let cosine = 0;
      for (let d = 0; d < D; d++) cosine += rows[i * D + d] * other[d];
      most = Math.max(most, Math.exp(-2 * (1 - cosine)));
    }
    sum += weights[i] * most;
  }
  return sum;
}

const rowsOf = (rows: Float32Array): number[][] =>
  Array.from({ length: rows.length / D }, (_, i) => [...rows.subarray(i * D, (i + 1) * D)]);

describe("uncertainty herding", () => {
  test("the kernel is 1 for a photo itself and Gaussian in the distance to others", () => {
    expect(gaussianKernel(1)).toBe(1);
    for (const cosine of [0.9, 0, -1])
      expect(gaussianKernel(cosine)).toBeCloseTo(Math.exp(-(Math.sqrt(2 - 2 * cosine) ** 2)), 12);
  });

  test.each([0, 5])(
    "each choice adds most to those before, by trying all, with %i photos known in advance",
    async (earlier) => {
      const pool = synthetic(60, 1 + earlier);
      const known = synthetic(earlier, 99).rows;
      const chosen = await uncertaintyHerding(pool, known, 12);
      const so = rowsOf(known);
      for (const next of chosen) {
        const worth = rowsOf(pool.rows).map((row) => received(pool, [...so, row]));
        expect(worth[next]).toBeCloseTo(Math.max(...worth), 4);
        so.push(rowsOf(pool.rows)[next]);
      }
      expect(new Set(chosen).size).toBe(12);
    },
  );

  test("three choices reach at least 1 − 1/e of the best possible three", async () => {
    const pool = synthetic(16, 7);
    const rows = rowsOf(pool.rows);
    let best = 0;
    for (let a = 0; a < 16; a++)
      for (let b = 0; b < a; b++)
        for (let c = 0; c < b; c++) best = Math.max(best, received(pool, [rows[a], rows[b], rows[c]]));
    const chosen = await uncertaintyHerding(pool, new Float32Array(0), 3);
    expect(
      received(
        pool,
        chosen.map((i) => rows[i]),
      ),
    ).toBeGreaterThan((1 - 1 / Math.E) * best);
  });

  test("copies of one photo share their weight, and none is chosen beside another while anything else is uncertain", async () => {
    const [a, b] = [
      [1, 0],
      [0, 1],
    ];
    const rows = Float32Array.from([a, a, b, a].flat());
    expect(
      (await uncertaintyHerding({ rows, weights: [0.3, 0.3, 0.5, 0.3], dimensions: 2 }, new Float32Array(0), 2)).map(
        (i) => (i === 2 ? "b" : "a"),
      ),
    ).toEqual(["a", "b"]);
  });

  test("photos similar to annotated ones come later, and certain ones don't count", async () => {
    const rows = Float32Array.of(1, 0, 0, 1, -1, 0);
    expect(await uncertaintyHerding({ rows, weights: [1, 1, 0], dimensions: 2 }, Float32Array.of(1, 0), 1)).toEqual([
      1,
    ]);
    expect(await uncertaintyHerding({ rows, weights: [0.01, 0.01, 1], dimensions: 2 }, new Float32Array(0), 1)).toEqual(
      [2],
    );
  });

  test("orders the whole pool if more is requested, and nothing if it is empty", async () => {
    expect([...(await uncertaintyHerding(synthetic(9, 3), new Float32Array(0), 50))].sort((a, b) => a - b)).toEqual([
      ...Array(9).keys(),
    ]);
    expect(
      await uncertaintyHerding({ rows: new Float32Array(0), weights: [], dimensions: 4 }, new Float32Array(0), 5),
    ).toEqual([]);
    await expect(
      uncertaintyHerding({ rows: new Float32Array(7), weights: [1, 1], dimensions: 4 }, new Float32Array(0), 1),
    ).rejects.toThrow("7 and 0 numbers do not make 2 pool rows and whole known rows of 4");
  });
});

describe("Poisson sampling", () => {
  const uncertainty = Array.from({ length: 2000 }, (_, i) => (i % 100 === 0 ? 1 : (i % 10) / 50));

  test("draws uncertain photos in proportion, about as many as requested, and certain ones never", () => {
    const times = new Float64Array(2000);
    for (let seed = 1; seed <= 300; seed++)
      for (const row of samplePoisson(uncertainty, 180, random(seed)).rows) times[row]++;
    const drawn = (of: number) => {
      const some = [...times].filter((_, i) => uncertainty[i] === of);
      return some.reduce((a, b) => a + b, 0) / some.length / 300;
    };
    const share = 180 / uncertainty.reduce((a, b) => a + b, 0);
    for (const of of [0, 0.02, 0.1, 0.18, 1]) expect(drawn(of)).toBeCloseTo(share * of, 2);
    expect(times.reduce((a, b) => a + b, 0) / 300).toBeCloseTo(180, -0.5);
  });

  test("weights sum, on average, to the uncertainty of all photos", () => {
    const all = uncertainty.reduce((a, b) => a + b, 0);
    let sum = 0;
    for (let seed = 1; seed <= 300; seed++)
      sum += samplePoisson(uncertainty, 200, random(seed)).weights.reduce((a, b) => a + b, 0);
    expect(Math.abs(sum / 300 / all - 1)).toBeLessThan(0.02);
  });

  test("draws all photos if there are few, and counts those certain to be drawn once", () => {
    expect(samplePoisson([0.5, 0, 1], 3, random(1))).toEqual({ rows: [0, 1, 2], weights: [0.5, 0, 1] });
    const { rows, weights } = samplePoisson([1, 1, ...Array<number>(1000).fill(0.001)], 3, random(2));
    expect(rows.slice(0, 2)).toEqual([0, 1]);
    expect(weights.slice(0, 2)).toEqual([1, 1]);
    // 1,000 photos of 0.001 have one drawn for all of them
    for (const weight of weights.slice(2)) expect(weight).toBeCloseTo(1, 6);
  });
});

test("refuses a weight that is not a number, with its index", async () => {
  const rows = Float32Array.from([1, 0, 0, 1]);
  await expect(uncertaintyHerding({ rows, weights: [1, NaN], dimensions: 2 }, new Float32Array(0), 1)).rejects.toThrow(
    "weight 1 is NaN",
  );
});
