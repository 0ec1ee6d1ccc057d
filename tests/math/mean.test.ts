import { expect, test } from "vitest";
import { aboutMean, meanRow } from "../../src-main/math/mean";

const ROWS = Float32Array.of(1, 10, 3, 20, 8, 60);

test("the mean of rows; zeros without rows", () => {
  expect([...meanRow(ROWS, 2)]).toEqual([4, 30]);
  expect([...meanRow(new Float32Array(0), 2)]).toEqual([0, 0]);
});

test("rows minus their mean sum to zero, and the input is unchanged", () => {
  const { about, mean } = aboutMean(ROWS, 2);
  expect(mean[0]).toBeCloseTo(4, 12);
  expect([...about].map((x) => Math.round(x * 1e5) / 1e5)).toEqual([-3, -20, -1, -10, 4, 30]);
  expect(ROWS[0]).toBe(1);
});
