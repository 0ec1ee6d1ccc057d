import { expect, test } from "vitest";
import { random } from "../../src-main/math/random";
import { slopeOf } from "../../tools/soak/slope";

test("fits a line exactly, with a zero-width interval", () => {
  const { perUnit, within } = slopeOf([0, 1, 2, 3, 4].map((x) => ({ x, y: 3 - 0.5 * x })));
  expect(perUnit).toBeCloseTo(-0.5, 12);
  expect(within).toBeCloseTo(0, 12);
});

test("the interval covers the true slope about 95 times in 100", () => {
  const draw = random(5);
  const normal = () => Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
  for (const n of [5, 12]) {
    let held = 0;
    for (let run = 0; run < 2000; run++) {
      const { perUnit, within } = slopeOf(Array.from({ length: n }, (_, x) => ({ x, y: 0.2 * x + normal() })));
      if (Math.abs(perUnit - 0.2) <= within) held++;
    }
    expect(held / 2000).toBeGreaterThan(0.93);
    expect(held / 2000).toBeLessThan(0.97);
  }
});

test("has no slope for too few points or a single x", () => {
  expect(() =>
    slopeOf([
      { x: 0, y: 0 },
      { x: 1, y: 1 },
    ]),
  ).toThrow(RangeError);
  expect(() => slopeOf([1, 2, 3].map((y) => ({ x: 1, y })))).toThrow(RangeError);
});
