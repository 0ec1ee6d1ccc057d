import { describe, expect, test } from "vitest";
import { hierarchyOf } from "../../src-main/evaluation/hierarchy";
import { bootstrapIntervals, flatHit, hierarchicalPrecision, topK, validSet } from "../../src-main/evaluation/metrics";
import { random } from "../../src-main/math/random";
import type { LabelId } from "../../src-shared/contract";

/**
 *              thing
 *            /       \
 *       animal        tool
 *       /    \       /    \
 *     dog    cat  hammer   saw
 *    /   \     \             \
 *  pug   lab   tabby         hacksaw
 *
 * and a toy, which is a kind of dog and of tool.
 */
const PARENTS: Record<string, string[]> = {
  animal: ["thing"],
  tool: ["thing"],
  dog: ["animal"],
  cat: ["animal"],
  pug: ["dog"],
  lab: ["dog"],
  tabby: ["cat"],
  hammer: ["tool"],
  saw: ["tool"],
  hacksaw: ["saw"],
  toy: ["dog", "tool"],
};
const id = (name: string): LabelId => `own:${name}`;
const tree = {
  ancestors(label: LabelId) {
    const steps = new Map<LabelId, number>();
    const up = (name: string, n: number) =>
      (PARENTS[name] ?? []).forEach((parent) => {
        if (n < (steps.get(id(parent)) ?? Infinity)) {
          steps.set(id(parent), n);
          up(parent, n + 1);
        }
      });
    up(label.slice(4), 1);
    return steps;
  },
};
const NAMES = ["pug", "lab", "dog", "tabby", "cat", "hammer", "hacksaw", "toy", "stranger"];
const from = (name: string) =>
  Object.fromEntries(Array.from(hierarchyOf(NAMES.map(id), tree).distances(id(name)), (d, i) => [NAMES[i], d]));

describe("distances in a small tree", () => {
  test("go up to the common ancestor and down again", () => {
    expect(from("pug")).toEqual({
      pug: 0,
      lab: 2,
      dog: 1,
      tabby: 4,
      cat: 3,
      hammer: 5,
      hacksaw: 6,
      toy: 2,
      stranger: Infinity,
    });
  });

  test("take the shortest of several paths", () => {
    expect(from("hammer")).toEqual({
      pug: 5,
      lab: 5,
      dog: 4,
      tabby: 5,
      cat: 4,
      hammer: 0,
      hacksaw: 3,
      toy: 2,
      stranger: Infinity,
    });
  });

  test("start at any synset, candidate or not", () => {
    expect(from("saw")).toEqual({
      pug: 5,
      lab: 5,
      dog: 4,
      tabby: 5,
      cat: 4,
      hammer: 2,
      hacksaw: 1,
      toy: 2,
      stranger: Infinity,
    });
  });
});

describe("the valid set", () => {
  const distances = hierarchyOf(NAMES.map(id), tree).distances(id("pug"));
  const valid = (k: number) => [...validSet(distances, k)].map((label) => NAMES[label]).sort();

  test("grows one distance at a time until it has at least k", () => {
    expect(valid(1)).toEqual(["pug"]);
    expect(valid(2)).toEqual(["dog", "pug"]);
    expect(valid(3)).toEqual(["dog", "lab", "pug", "toy"]); // both at distance 2
    expect(valid(4)).toEqual(["dog", "lab", "pug", "toy"]);
    expect(valid(5)).toEqual(["cat", "dog", "lab", "pug", "toy"]);
  });

  test("never includes labels not connected to the true one", () => {
    expect(valid(20)).toEqual(NAMES.filter((name) => name !== "stranger").sort());
  });
});

describe("metrics of ranked labels", () => {
  const ranked = Int32Array.of(2, 5, 0, 1, 8); // dog, hammer, pug, lab, stranger
  const distances = hierarchyOf(NAMES.map(id), tree).distances(id("pug"));

  test("flat hit@k is 1 when the true label is among the first k", () => {
    expect([1, 2, 3, 5, 20].map((k) => flatHit(ranked, 0, k))).toEqual([0, 0, 1, 1, 1]);
    expect(flatHit(ranked, -1, 20)).toBe(0);
  });

  test("hierarchical precision@k is the valid share of the first k (hand-computed)", () => {
    expect(hierarchicalPrecision(ranked, validSet(distances, 2), 2)).toBe(1 / 2); // dog of {pug, dog}
    expect(hierarchicalPrecision(ranked, validSet(distances, 5), 5)).toBe(3 / 5); // dog, pug, lab of {pug, dog, lab, toy, cat}
    // only five labels, one of them not connected
    expect(hierarchicalPrecision(ranked, validSet(distances, 10), 10)).toBe(4 / 10);
  });
});

test("topK equals a full stable sort for any k", () => {
  const draw = random(5);
  for (let trial = 0; trial < 200; trial++) {
    const scores = Float32Array.from({ length: 1 + Math.floor(draw() * 60) }, () =>
      draw() < 0.1 ? -Infinity : Math.floor(draw() * 12),
    );
    const sorted = Array.from(scores.keys())
      .filter((i) => scores[i] > -Infinity)
      .sort((a, b) => scores[b] - scores[a] || a - b);
    for (const k of [1, 5, 20]) expect([...topK(scores, k)]).toEqual(sorted.slice(0, k));
  }
  expect(() => topK(Float32Array.of(1, NaN), 1)).toThrow("candidate 1 of 2 has the score NaN");
});

describe("bootstrap intervals", () => {
  const share = (n: number, hits: number) => Float32Array.from({ length: n }, (_, i) => Number(i < hits));

  test("of a proportion match the binomial distribution", () => {
    // 59 of 100: ±1.96·√(0.59·0.41/100) = ±9.6 points.
    const [[low, high]] = bootstrapIntervals([share(100, 59)], { rounds: 20_000 });
    expect(Math.abs(low - (0.59 - 0.0964))).toBeLessThan(0.015);
    expect(Math.abs(high - (0.59 + 0.0964))).toBeLessThan(0.015);
  });

  test("cover a coin's true probability 19 times in 20", () => {
    const draw = random(11);
    let held = 0;
    for (let trial = 0; trial < 400; trial++) {
      const [[low, high]] = bootstrapIntervals([Float32Array.from({ length: 200 }, () => Number(draw() < 0.3))], {
        rounds: 300,
        seed: trial,
      });
      if (low <= 0.3 && 0.3 <= high) held++;
    }
    expect(held / 400).toBeGreaterThan(0.91);
    expect(held / 400).toBeLessThan(0.98);
  });

  test("resample a photo's columns together, reproducibly", () => {
    const column = share(50, 20);
    const [one, other] = bootstrapIntervals([column, column]);
    expect(one).toEqual(other);
    expect(bootstrapIntervals([column])).toEqual([one]);
    expect(bootstrapIntervals([share(10, 10)])).toEqual([[1, 1]]);
    expect(() => bootstrapIntervals([])).toThrow("at least one photo");
  });
});
