import { describe, expect, test } from "vitest";
import type { Detections } from "../../src-main/base/detections";
import { logistic, logit } from "../../src-main/devise/calibration";
import {
  boxLogOdds,
  type ObjectConfidence,
  objectScores,
  peopleScores,
  portraitScore,
} from "../../src-main/devise/concepts";
import { combineConcepts, conceptEvidence } from "../../src-main/devise/label-evidence";
import { rankLabels } from "../../src-main/devise/label-ranking";
import type { Confidence, LabelSpace } from "../../src-main/devise/ranking-numbers";

const box = (score: number, c: number, size = 0.5) => ({ score, c, size });
const found = (...boxes: { score: number; c: number; size: number }[]): Detections => ({
  boxes: Float32Array.from(boxes.flatMap(({ size }) => [0, 0, size, size])),
  scores: Float32Array.from(boxes, ({ score }) => score),
  classes: Uint16Array.from(boxes, ({ c }) => c),
});
const confidence: ObjectConfidence = {
  right: { score: 2, area: 0, biases: [1, 0] },
  said: { score: 2, area: 0.5, biases: [0, -1] },
  people: [
    { bias: 0, weights: [1] },
    { bias: -1, weights: [1] },
    { bias: 0, weights: [0.5] },
  ],
};

describe("objects", () => {
  test("a box's log-odds depend on its score, area and class", () => {
    const boxes = found(box(0.8, 1, 0.2));
    expect(boxLogOdds(confidence.said, boxes, 0)).toBeCloseTo(2 * logit(0.8) + 0.5 * Math.log(0.2 * 0.2) - 1, 5);
    expect(boxLogOdds(confidence.said, found(box(0.8, 1, 0)), 0)).toBeCloseTo(
      2 * logit(0.8) + 0.5 * Math.log(1e-3) - 1,
      5,
    );
  });

  test("a class has the probability of its most probable box, and a class without a box is absent", () => {
    const { right, said } = objectScores(found(box(0.4, 0, 0.9), box(0.7, 0, 0.1)), confidence, 2);
    expect(right[0]).toBeCloseTo(logistic(2 * logit(0.7) + 1), 5);
    expect(said[0]).toBeCloseTo(
      logistic(Math.max(2 * logit(0.4) + 0.5 * Math.log(0.81), 2 * logit(0.7) + 0.5 * Math.log(0.01))),
      5,
    );
    expect([right[1], said[1]]).toEqual([0, 0]);
  });

  test("two people have the log-odds of the second one, and other objects don't count", () => {
    const [people, group] = peopleScores(found(box(0.9, 0), box(0.8, 1), box(0.6, 0)), confidence, 0);
    expect(people).toBeCloseTo(logistic(2 * logit(0.6) + 1), 5);
    expect(group).toBeCloseTo(logistic(-1 - 5), 5);
  });

  test("one large face is a portrait; a small one, or two, are not", () => {
    expect(portraitScore(found(box(0.95, 0, 0.5)))).toBeGreaterThan(0.9);
    expect(portraitScore(found(box(0.95, 0, 0.05)))).toBeLessThan(0.1);
    expect(portraitScore(found(box(0.95, 0, 0.5), box(0.9, 0, 0.4)))).toBeLessThan(0.1);
    expect(portraitScore(found())).toBe(0);
  });
});

// Labels: 0 dog (a class and a concept), 1 animal (above both), 2 street (a concept only), 3 harp (a class only).
const space: LabelSpace = {
  vectors: new Float32Array(8),
  mean: new Float32Array(4),
  deviation: new Float32Array(4),
  labelsOver: [Int32Array.of(0, 1), Int32Array.of(3)],
  covered: Uint8Array.of(1, 1, 0, 1),
  specificity: Float32Array.of(1, 0.5, 1, 1),
  fewShot: null,
  labelsOverConcepts: [Int32Array.of(0, 1), Int32Array.of(2)],
};
const ranking: Confidence = {
  covered: { bias: 0, weights: [1, 0, 0] },
  uncovered: { bias: -3, weights: [1, 0] },
  fewShot: { bias: 0, weights: [1, 0] },
  joined: { bias: 0.5, weights: [0.6, 0.8] },
};
const scores = (right: number[], said = right) => ({ right: Float32Array.from(right), said: Float32Array.from(said) });
const seen = { features: new Float32Array(2), classes: Uint16Array.of(0, 1), probabilities: Float32Array.of(0.6, 0.4) };
const rank = (concepts?: ReturnType<typeof scores>) =>
  new Map(
    rankLabels(space, ranking, { ...seen, concepts }, new Float32Array(2), 0, () => [], { threshold: 0, limit: 9 }).map(
      ({ label, confidence: sure }) => [label, sure],
    ),
  );

describe("labels supported by concepts", () => {
  test("a concept supports its own label and its hypernyms", () => {
    const sure = conceptEvidence(space, scores([0.75, 0.5], [0.25, 0.5]), 0);
    expect([...sure]).toEqual([
      [0, { right: 0.75, said: 0.25, itself: true }],
      [1, { right: 0.75, said: 0.25, itself: false }],
      [2, { right: 0.5, said: 0.5, itself: true }],
    ]);
    expect(conceptEvidence(space, scores([-1, 0.7]), 0).has(0)).toBe(false);
    expect(rank(scores([-1, -1]))).toEqual(rank());
  });

  test("what few people would mention is capped at that probability, unless classes support it", () => {
    expect(combineConcepts(0.1, { right: 0.9, said: 0.3, itself: true }, ranking, false)).toBeCloseTo(0.3, 10);
    expect(combineConcepts(0.1, { right: 0.6, said: 0.8, itself: true }, ranking, false)).toBeCloseTo(0.6, 10);
    expect(combineConcepts(0.6, { right: 0.9, said: 0.3, itself: true }, ranking, true)).toBeCloseTo(0.6, 10);
  });

  test("detection alone decides a label that is itself looked for, however close its word is", () => {
    expect(combineConcepts(0.8, { right: 0.1, said: 0.2, itself: true }, ranking, false)).toBeCloseTo(0.1, 10);
    expect(combineConcepts(0.8, { right: 0.1, said: 0.2, itself: false }, ranking, false)).toBeCloseTo(0.8, 10);
  });

  test("classes and concepts are combined where both support a label, and concepts alone count as they are", () => {
    const sure = rank(scores([0.9, 0.7], [0.99, 0.7]));
    expect(sure.get(0)).toBeCloseTo(logistic(0.5 + 0.6 * logit(0.6) + 0.8 * logit(0.9)), 5);
    expect(sure.get(2)).toBeCloseTo(0.7, 5);
    expect(sure.get(3)).toBeCloseTo(rank().get(3)!, 10);
  });

  test("in everyday photos, a label below the minimum confidence becomes a guess", () => {
    const kept = (keptFrom?: number, share = 0.2) =>
      rankLabels(
        space,
        { ...ranking, keptFrom },
        { ...seen, concepts: scores([-1, 0.7]) },
        new Float32Array(2),
        0,
        () => [],
        { threshold: 0, limit: 9, share },
      ).find(({ label }) => label === 2)!.confidence;
    expect(kept()).toBeCloseTo(0.7, 5);
    expect(kept(0.65)).toBeCloseTo(0.7, 5);
    expect(kept(0.8)).toBeLessThan(0.5);
    expect(kept(0.8)).toBeGreaterThan(0.4);
    expect(kept(0.8, 0.8)).toBeCloseTo(0.7, 5); // photos of single objects
  });

  test("detected objects come first in everyday photos, classes in photos of single objects", () => {
    const first = (share: number) =>
      rankLabels(
        space,
        ranking,
        {
          features: new Float32Array(2),
          classes: Uint16Array.of(1, 0),
          probabilities: Float32Array.of(0.8, 0.05),
          concepts: scores([0.99, -1], [0.99, -1]),
        },
        new Float32Array(2),
        0,
        () => [],
        { threshold: 0, limit: 9, share },
      )[0].label;
    expect(first(0.2)).toBe(0);
    expect(first(0.8)).toBe(3);
  });

  test("a dog that was looked for and not found is less likely", () => {
    expect(rank(scores([0, 0])).get(0)).toBeLessThan(rank().get(0)!);
    // an animal that no detector knows
    expect(combineConcepts(0.6, { right: 0, said: 0, itself: false }, ranking, true)).toBe(0.6);
    expect(combineConcepts(0.6, undefined, ranking, true)).toBe(0.6);
    expect(combineConcepts(0.6, { right: 0.3, said: 1, itself: true }, { ...ranking, joined: undefined }, true)).toBe(
      0.6,
    );
  });
});
