import { expect, test } from "vitest";
import { random } from "../../src-main/math/random";
import { createRowMatrix } from "../../src-main/math/row-products";

test.each([1, 3, 4, 7, 100, 300])("products of rows of %i numbers are inner products, also after growing", (E) => {
  const draw = random(E);
  const n = 1500;
  const rows = Float32Array.from({ length: n * E }, () => draw() - 0.5);
  const matrix = createRowMatrix(E);
  for (let i = 0; i < n; i++) matrix.set(i, rows, i * E);
  for (let trial = 0; trial < 3; trial++) {
    const vector = Float32Array.from({ length: E }, () => draw() - 0.5);
    const products = matrix.products(vector, n);
    expect(products).toHaveLength(n);
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let e = 0; e < E; e++) sum += rows[i * E + e] * vector[e];
      expect(products[i]).toBeCloseTo(sum, 5);
    }
  }
});

test.each([1, 3, 4, 7, 100, 300])(
  "products of %i numbers are summed in single precision in four lanes, to the bit",
  (E) => {
    const draw = random(E);
    const row = Float32Array.from({ length: E }, () => draw() - 0.5);
    const vector = Float32Array.from({ length: E }, () => draw() - 0.5);
    const sums = new Float32Array(4);
    for (let e = 0; e < E; e++) sums[e % 4] += Math.fround(row[e] * vector[e]);
    const expected = sums.reduce((total, sum) => Math.fround(total + sum));
    const matrix = createRowMatrix(E);
    matrix.set(0, row, 0);
    expect(matrix.products(vector, 1)[0]).toBe(expected);
  },
);

test("setting a row again changes its product, and fewer rows can be requested", () => {
  const matrix = createRowMatrix(2);
  matrix.set(0, Float32Array.of(1, 2), 0);
  matrix.set(1, Float32Array.of(3, 4, 5), 1);
  expect([...matrix.products(Float32Array.of(1, 10), 2)]).toEqual([21, 54]);
  matrix.set(0, Float32Array.of(0, 1), 0);
  expect([...matrix.products(Float32Array.of(1, 10), 1)]).toEqual([10]);
  expect([...matrix.products(Float32Array.of(1, 10), 0)]).toEqual([]);
});

test("refuses shapes that do not match, with their numbers", () => {
  const matrix = createRowMatrix(3);
  expect(() => matrix.products(Float32Array.of(1, 2), 1)).toThrow("vector of 2 numbers does not fit rows of 3");
  expect(() => matrix.products(Float32Array.of(1, 2, 3), 9999)).toThrow("9999 products requested of 256 rows");
});
