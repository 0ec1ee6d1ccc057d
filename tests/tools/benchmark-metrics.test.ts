import { describe, expect, test } from "vitest";
import type { LabelId } from "../../src-shared/contract";
import { holds, tableOf } from "../../tools/benchmark/figures";
import { isNearHit, scoreLabels } from "../../tools/benchmark/label-scores";
import { median, quantile } from "../../tools/benchmark/quantiles";

/** thing > animal > mammal > dog > terrier > fox terrier; thing > chair */
const PARENTS: Record<string, string[]> = {
  "fox terrier": ["terrier"],
  terrier: ["dog"],
  dog: ["mammal"],
  mammal: ["animal"],
  animal: ["thing"],
  chair: ["thing"],
  thing: [],
};
const id = (name: string): LabelId => `own:${name}`;
const nameOf = (label: LabelId) => label.slice("own:".length);
const hierarchy = {
  ancestors(label: LabelId, steps = Infinity): Map<LabelId, number> {
    const found = new Map<LabelId, number>();
    for (let [step, names] = [1, PARENTS[nameOf(label)]]; step <= steps && names.length > 0; step++) {
      for (const name of names) found.set(id(name), step);
      names = names.flatMap((name) => PARENTS[name]);
    }
    return found;
  },
  isA: (label: LabelId, ancestor: LabelId): boolean => label === ancestor || hierarchy.ancestors(label).has(ancestor),
};
const labels = (...given: [string, number][]) => given.map(([name, score]) => ({ label: id(name), score }));

describe("a near hit", () => {
  test.each([
    ["dog", "dog", true, "is the true label"],
    ["dog", "mammal", true, "is one level above it"],
    ["dog", "thing", true, "is three levels above it"],
    ["terrier", "thing", false, "is not four levels above it"],
    ["dog", "fox terrier", true, "is any descendant of it"],
    ["dog", "chair", false, "is not a label that merely shares an ancestor"],
  ])("of %s: %s, %s: it %s", (truth, label, near) => {
    expect(isNearHit(hierarchy, id(truth), id(label))).toBe(near);
  });
});

describe("scores of labelled photos", () => {
  const photos = [
    { truth: id("dog"), labels: labels(["dog", 0.9], ["chair", 0.4]) },
    { truth: id("dog"), labels: labels(["chair", 0.6], ["terrier", 0.5]) },
    { truth: id("terrier"), labels: labels(["thing", 0.8]) },
    { truth: id("chair"), labels: [] },
  ];

  test("count each photo once, over the candidate labels", () => {
    expect(scoreLabels(hierarchy, photos, 5)).toMatchObject({
      photos: 4,
      near: 2,
      exact: 1,
      first: 1,
      labelsPerPhoto: 5 / 4,
    });
    expect(scoreLabels(hierarchy, photos, 1)).toMatchObject({ near: 1, exact: 1, first: 1, labelsPerPhoto: 3 / 4 });
  });

  test("the calibration error counts ancestors as right and descendants as wrong", () => {
    // Right: dog, thing. Wrong: chair, chair, terrier. Each label is a bin of its own.
    const expected = (0.1 + 0.4 + 0.6 + 0.5 + 0.2) / 5;
    expect(scoreLabels(hierarchy, photos, 5).calibrationError).toBeCloseTo(expected, 10);
  });

  test("refuse an empty set of photos", () => {
    expect(() => scoreLabels(hierarchy, [], 5)).toThrow("no photos have no scores");
  });
});

test("quantiles use the nearest rank; the median is the middle value", () => {
  const values = [5, 1, 4, 2, 3, 10, 9, 8, 7, 6];
  expect([0, 0.5, 0.9, 0.95, 1].map((p) => quantile(values, p))).toEqual([1, 5, 9, 10, 10]);
  expect(median(values)).toBe(5.5);
  expect(median([3, 1, 2])).toBe(2);
  expect(() => quantile([], 0.5)).toThrow("no values");
  expect(() => median([])).toThrow("no values");
});

test("a figure at its target passes, for minima and maxima", () => {
  const figure = { benchmark: "b", what: "w", unit: "" };
  expect(holds({ ...figure, value: 0.8, target: { atLeast: 0.8 } })).toBe(true);
  expect(holds({ ...figure, value: 0.79, target: { atLeast: 0.8 } })).toBe(false);
  expect(holds({ ...figure, value: 10.1, target: { atMost: 10 } })).toBe(false);
  expect(holds({ ...figure, value: 1 })).toBeNull();
  expect(tableOf([{ ...figure, value: 10.1, unit: "ms", target: { atMost: 10 } }])).toBe(
    "b  w  10.1  ms  ≤ 10  MISSED",
  );
});
