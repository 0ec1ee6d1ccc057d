import { describe, expect, test } from "vitest";
import { randomIntegers, uniform } from "../../src-main/lab/words/random-integers";
import { createStep, MAX_PAGES, sigmoidTable } from "../../src-main/lab/words/step";

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const dot = (a: number[], b: number[]) => a.reduce((sum, x, i) => sum + x * b[i], 0);

/** The loss as defined in the papers: label 1 for positives, 0 for negatives. */
const loss = (input: number[], rows: number[][], labels: number[]) =>
  -rows.reduce((sum, row, i) => sum + Math.log(sigmoid((labels[i] === 1 ? 1 : -1) * dot(row, input))), 0);

function slope(of: (x: number) => number): number {
  return (of(1e-4) - of(-1e-4)) / 2e-4;
}

const moved = (vector: number[], d: number, by: number) => vector.map((x, i) => (i === d ? x + by : x));

/** Runs the step on vectors of any dimensions and returns the updated vectors. */
function stepOn(input: number[], rows: number[][], labels: number[], rate: number, order = rows.map((_, i) => i)) {
  const width = Math.ceil((4 * input.length) / 32) * 32;
  const memory = new WebAssembly.Memory({ initial: 2, maximum: MAX_PAGES, shared: true });
  const table = sigmoidTable();
  new Float32Array(memory.buffer, 0, table.length).set(table);
  const at = (i: number) => Math.ceil(table.byteLength / 32) * 32 + i * width;
  const vectorAt = (i: number) => new Float32Array(memory.buffer, at(i), input.length);
  [input, ...rows].forEach((vector, i) => vectorAt(i).set(vector));
  const targets = at(rows.length + 2);
  const view = new DataView(memory.buffer, targets);
  order.forEach((row, n) => {
    view.setInt32(8 * n, at(row + 1), true);
    view.setFloat32(8 * n + 4, labels[row], true);
  });
  createStep(memory)(at(0), targets, order.length, rate, at(rows.length + 1), width, 0);
  const padding = [input, ...rows].flatMap((_, i) => [
    ...new Float32Array(memory.buffer, at(i) + 4 * input.length, width / 4 - input.length),
  ]);
  return { input: [...vectorAt(0)], rows: rows.map((_, i) => [...vectorAt(i + 1)]), padding };
}

function randomVector(random: () => number, E: number, size = 1): number[] {
  return Array.from({ length: E }, () => Math.fround((uniform(random) - 0.5) * 2 * size));
}

describe.each([
  ["negative sampling, one true word and five negatives", [1, 0, 0, 0, 0, 0]],
  ["hierarchical softmax, inner nodes labelled by branch", [1, 0, 0, 1, 1, 0, 1, 0, 1]],
])("the step of %s", (_, labels) => {
  test.each([1, 3, 8, 50, 100, 101])("follows the gradient found by finite differences, in %i dimensions", (E) => {
    const random = randomIntegers(E);
    const rate = 0.01;
    const input = randomVector(random, E);
    const rows = labels.map(() => randomVector(random, E));
    const after = stepOn(input, rows, labels, rate);
    for (let d = 0; d < E; d += Math.ceil(E / 7)) {
      expect((input[d] - after.input[d]) / rate).toBeCloseTo(
        slope((by) => loss(moved(input, d, by), rows, labels)),
        2,
      );
      rows.forEach((row, r) => {
        const bumped = (by: number) => rows.map((each, i) => (i === r ? moved(each, d, by) : each));
        expect((row[d] - after.rows[r][d]) / rate).toBeCloseTo(
          slope((by) => loss(input, bumped(by), labels)),
          2,
        );
      });
    }
    expect(after.padding.every((x) => x === 0)).toBe(true);
  });
});

/** The step in single precision, one number at a time, with sums in eight parts as SIMD computes them. */
function plainStep(vector: number[], rowsBefore: number[][], labels: number[], rate: number) {
  const input = Float32Array.from(vector);
  const rows = rowsBefore.map((row) => Float32Array.from(row));
  const scratch = new Float32Array(input.length);
  const table = sigmoidTable();
  const f = Math.fround;
  rows.forEach((row, r) => {
    const sums = new Float32Array(8);
    row.forEach((x, e) => {
      sums[e % 8] += f(x * input[e]);
    });
    const [a, b, c, d] = [0, 1, 2, 3].map((lane) => f(sums[lane] + sums[lane + 4]));
    const x = f(f(Math.min(Math.max(f(f(a + b) + f(c + d)), -8), 8) + 8) * 128);
    const entry = Math.trunc(x);
    const between = f(f(x - entry) * f(table[entry + 1] - table[entry]));
    const pull = f(f(labels[r] - f(table[entry] + between)) * f(rate));
    row.forEach((before, e) => {
      scratch[e] += f(pull * before);
      row[e] += f(pull * input[e]);
    });
  });
  return { input: [...input.map((x, e) => x + scratch[e])], rows: rows.map((row) => [...row]) };
}

test.each([1, 8, 50, 101])("the step in %i dimensions matches the plain single-precision one bit for bit", (E) => {
  const random = randomIntegers(E);
  const labels = [1, 0, 0, 1];
  const input = randomVector(random, E, 2);
  const rows = labels.map(() => randomVector(random, E, 2));
  const { input: movedInput, rows: movedRows } = stepOn(input, rows, labels, 0.05);
  expect({ input: movedInput, rows: movedRows }).toEqual(plainStep(input, rows, labels, 0.05));
});

test("a small step lowers the loss", () => {
  const random = randomIntegers(3);
  const labels = [1, 0, 0, 0];
  const [input, ...rows] = [1, 2, 3, 4, 5].map(() => randomVector(random, 20));
  const after = stepOn(input, rows, labels, 0.01);
  expect(loss(after.input, after.rows, labels)).toBeLessThan(loss(input, rows, labels));
});

test("updates a negative drawn twice twice, in sequence", () => {
  const random = randomIntegers(4);
  const [input, row] = [randomVector(random, 8), randomVector(random, 8)];
  const twice = stepOn(input, [row], [0], 0.1, [0, 0]).rows[0];
  const once = stepOn(input, [row], [0], 0.1).rows[0];
  const again = stepOn(input, [once], [0], 0.1).rows[0];
  twice.forEach((x, d) => expect(x).toBeCloseTo(again[d], 5));
});

test("the σ table is accurate to 10⁻⁴ from −8 to 8 and saturates beyond", () => {
  for (let x = -12; x <= 12; x += 0.377) {
    const {
      rows: [[after]],
    } = stepOn([1], [[x]], [0], 1);
    expect(x - after, `σ(${x})`).toBeCloseTo(sigmoid(Math.max(-8, Math.min(8, x))), 4);
  }
});
