import { expect, test } from "vitest";
import { random } from "../../src-main/math/random";
import { holdOut, permutation, shuffled } from "../../src-main/math/shuffle";

test("a shuffle keeps every item, leaves the input unchanged, and is reproducible by seed", () => {
  const items = Array.from({ length: 50 }, (_, i) => `item ${i}`);
  const order = shuffled(items, random(1));
  expect(order).not.toEqual(items);
  expect(order.toSorted()).toEqual(items.toSorted());
  expect(items[0]).toBe("item 0");
  expect(shuffled(items, random(1))).toEqual(order);
  expect([...permutation(50, random(1))].map((i) => items[i])).toEqual(order);
});

test("all orders are equally likely", () => {
  const draw = random(2);
  const counts = new Map<string, number>();
  for (let round = 0; round < 6000; round++) {
    const order = permutation(3, draw).join();
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  expect(counts.size).toBe(6);
  for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150); // 5 standard deviations
});

test("the held-out and training items together are all items, without repetition", () => {
  const items = Array.from({ length: 10 }, (_, i) => i * 7);
  const { training, heldOut } = holdOut(items, 3, random(3));
  expect([training.length, heldOut.length]).toEqual([7, 3]);
  expect([...training, ...heldOut].toSorted((a, b) => a - b)).toEqual(items);
  expect(holdOut(items, 0, random(3)).training).toHaveLength(10);
});
