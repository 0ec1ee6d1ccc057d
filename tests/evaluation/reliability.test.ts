import { describe, expect, test } from "vitest";
import { accuracySpecificityCurve, calibrationOf, type ShownLabel } from "../../src-main/evaluation/reliability";
import { random } from "../../src-main/math/random";

const label = (confidence: number, specificity: number, right: boolean): ShownLabel => ({
  confidence,
  specificity,
  right,
});

describe("hedging", () => {
  // A wrong breed with its ancestor dog; a correct goldfish; nothing confident.
  const photos = [
    [label(0.4, 1, false), label(0.9, 0.5, true)],
    [label(0.95, 1, true), label(0.99, 0.3, true)],
    [label(0.1, 0.8, false)],
  ];

  test("a higher threshold gives more general and more accurate labels (hand-computed)", () => {
    expect(accuracySpecificityCurve(photos, [0.05, 0.5, 0.97, 1])).toEqual([
      { threshold: 0.05, accuracy: 1 / 3, specificity: (1 + 1 + 0.8) / 3, labelled: 1 },
      { threshold: 0.5, accuracy: 1, specificity: 0.75, labelled: 2 / 3 },
      { threshold: 0.97, accuracy: 1, specificity: 0.3, labelled: 1 / 3 },
      { threshold: 1, accuracy: 0, specificity: 0, labelled: 0 },
    ]);
  });

  test("the trade-off of no photos is empty", () => {
    expect(accuracySpecificityCurve([], [0.5])).toEqual([{ threshold: 0.5, accuracy: 0, specificity: 0, labelled: 0 }]);
  });
});

describe("calibration", () => {
  test("ten labels in ten bins (hand-computed)", () => {
    const labels = Array.from({ length: 10 }, (_, i) => label((i + 0.5) / 10, 1, i >= 5));
    const { error, bins } = calibrationOf([labels]);
    expect(bins).toHaveLength(10);
    expect(bins[7]).toEqual({ confidence: 0.75, right: 1, labels: 1 });
    expect(error).toBeCloseTo(((0.05 + 0.15 + 0.25 + 0.35 + 0.45) * 2) / 10, 10);
  });

  test("calibrated labels have a small error within its interval; overconfident ones a large error", () => {
    const draw = random(4);
    const make = (boast: number) =>
      Array.from({ length: 1500 }, () => {
        const p = draw();
        return [label(p, 1, draw() < p * boast)];
      });
    const honest = calibrationOf(make(1));
    expect(honest.error).toBeLessThan(0.04);
    expect(honest.interval[0]).toBeLessThanOrEqual(honest.interval[1]);
    const boasting = calibrationOf(make(0.6));
    expect(boasting.error).toBeGreaterThan(0.15);
    expect(boasting.interval[0]).toBeLessThan(boasting.error);
    expect(boasting.interval[1]).toBeGreaterThan(boasting.error);
  });

  test("photos without labels can't be calibrated", () => {
    expect(() => calibrationOf([[], []])).toThrow("2 photos have no labels");
  });
});
