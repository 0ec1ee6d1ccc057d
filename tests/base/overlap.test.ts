import { expect, test } from "vitest";
import { overlapOf, type Rectangle } from "../../src-main/base/overlap";

test("the overlap of two rectangles is the area they share, of the area that they cover together", () => {
  const whole: Rectangle = [0, 0, 1, 1];
  expect(overlapOf(whole, whole)).toBe(1);
  expect(overlapOf(whole, [0.25, 0.25, 0.75, 0.75])).toBe(0.25);
  expect(overlapOf([0, 0, 0.5, 1], [0.25, 0, 0.75, 1])).toBeCloseTo(1 / 3, 12);
  expect(overlapOf([0, 0, 0.5, 1], [0.5, 0, 1, 1])).toBe(0); // they only touch
  expect(overlapOf([0, 0, 0.2, 0.2], [0.8, 0.8, 1, 1])).toBe(0);
  expect(overlapOf([0.5, 0.5, 0.5, 0.5], [0.5, 0.5, 0.5, 0.5])).toBe(0); // no area
});
