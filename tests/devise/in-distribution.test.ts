import { describe, expect, test } from "vitest";
import { logistic } from "../../src-main/devise/calibration";
import {
  estimatePrior,
  inDistributionEvidence,
  inDistributionLogOdds,
  shiftPrior,
} from "../../src-main/devise/in-distribution";
import { confidenceOf } from "../../src-main/devise/label-evidence";
import type { Confidence, LabelSpace } from "../../src-main/devise/ranking-numbers";
import { expectedCalibrationError } from "../../src-main/evaluation/calibrate";
import type { LabelRanker } from "../../src-main/labeller/label-ranker";
import { random } from "../../src-main/math/random";
import { productsWith } from "../../src-main/math/row-products";
import { unitRows } from "../../src-main/math/vectors";
import { storeFeatures } from "../../src-main/store/features";
import { estimateLibraryPrior } from "../../src-main/workspace/library-prior";
import { addMockPhotos, emptyLibrary } from "../fixtures/photo-folder";

const draw = random(21);
const normal = () => Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());

/**
 * Photos, a fraction of which show a class. Their evidence is normal around 1, and around −1 for the others, so the
 * log-odds are twice the evidence.
 */
const simulate = (n: number, share: number) =>
  Array.from({ length: n }, () => {
    const known = draw() < share;
    return { known, odds: 2 * (normal() + (known ? 1 : -1)) };
  });

describe("the share of photos that show a class", () => {
  test("maximises the likelihood by exhaustive search, with a prior worth five hundred photos, half of which show one", () => {
    for (const share of [0.9, 0.4, 0.05]) {
      const odds = simulate(700, share).map((photo) => photo.odds);
      // The density of the evidence among photos that show a class is exp(odds) times that among the others.
      const likelihood = (pi: number) =>
        odds.reduce((sum, o) => sum + Math.log(pi * Math.exp(o) + 1 - pi), 250 * Math.log(pi) + 250 * Math.log(1 - pi));
      let best = 0;
      for (let pi = 0.0005; pi < 1; pi += 0.0005) if (likelihood(pi) > likelihood(best || 0.0005)) best = pi;
      expect(estimatePrior(odds)).toBeCloseTo(best, 2.5);
    }
  });

  test("is recovered from many photos, whatever it is", () => {
    for (const share of [0.05, 0.3, 0.8, 0.97])
      expect(Math.abs(estimatePrior(simulate(60_000, share).map(({ odds }) => odds)) - share)).toBeLessThan(0.03);
  });

  test("is one half without photos, and hardly changes with few", () => {
    expect(estimatePrior([])).toBe(0.5);
    expect(Math.abs(estimatePrior(simulate(10, 1).map(({ odds }) => odds)) - 0.5)).toBeLessThan(0.03);
  });

  test("is estimated from a sample as if from all photos it represents", () => {
    const odds = simulate(500, 0.9).map((photo) => photo.odds);
    expect(estimatePrior(odds, 5000)).toBeCloseTo(estimatePrior(Array.from({ length: 10 }, () => odds).flat()), 6);
  });

  test("shifts log-odds by those of the prior, by Bayes' rule", () => {
    const [ofKnown, ofOthers] = [0.3, 0.1]; // densities of the evidence
    expect(shiftPrior(0.2, Math.log(ofKnown / ofOthers))).toBeCloseTo(
      (0.2 * ofKnown) / (0.2 * ofKnown + 0.8 * ofOthers),
      12,
    );
  });
});

test("evidence is the log-odds of the most probable class and the cosine to the nearest prototype, by brute force", () => {
  const [n, C, D] = [5, 7, 4];
  const numbers = (length: number) => Float32Array.from({ length }, () => draw() - 0.5);
  const [features, prototypes] = [numbers(n * D), numbers(C * D)];
  features.fill(0, 4 * D); // a photo without any features
  const seen = {
    features,
    classes: new Uint16Array(n * 2),
    probabilities: Float32Array.from({ length: n * 2 }, (_, k) => (k % 2 === 0 ? 0.6 : 0.1)),
  };
  inDistributionEvidence(seen, productsWith(unitRows(prototypes, D), D), D).forEach(({ odds, nearness }, i) => {
    expect(odds).toBeCloseTo(Math.log(0.6 / 0.4), 5);
    const cosines = Array.from({ length: C }, (_, c) => {
      let [product, a, b] = [0, 0, 0];
      for (let d = 0; d < D; d++) {
        product += features[i * D + d] * prototypes[c * D + d];
        a += features[i * D + d] ** 2;
        b += prototypes[c * D + d] ** 2;
      }
      return a === 0 ? 0 : product / Math.sqrt(a * b);
    });
    expect(nearness).toBeCloseTo(Math.max(...cosines), 5);
    expect(inDistributionLogOdds({ bias: 1, weights: [2, 3] }, { odds, nearness })).toBeCloseTo(
      1 + 2 * odds + 3 * nearness,
      10,
    );
  });
});

// Label 0 is a class, label 1 a word that no class is a kind of.
const space: LabelSpace = {
  vectors: new Float32Array(2),
  mean: new Float32Array(2),
  deviation: new Float32Array(2),
  labelsOver: [Int32Array.of(0)],
  covered: Uint8Array.of(1, 0),
  specificity: Float32Array.of(1, 1),
  fewShot: null,
  labelsOverConcepts: [],
};
const confidence: Confidence = {
  covered: { bias: 0.5, weights: [1, 0, 0] },
  uncovered: { bias: -1, weights: [1, 0] },
  fewShot: { bias: 0, weights: [1, 0] },
  apart: {
    inDistribution: { bias: 0, weights: [1, 0] },
    known: { bias: 1, weights: [1, 0, 0] },
    unknown: { bias: -2, weights: [1, 0, 0] },
    uncovered: { bias: -0.5, weights: [1, 0] },
  },
};

describe("confidence with in-distribution probabilities", () => {
  test("is the mean of both cases, weighted by probability, by hand", () => {
    expect(confidenceOf(space, confidence, 0, 0.5, 0, 0, { inDistribution: 0.75 })).toBeCloseTo(
      0.75 * logistic(1) + 0.25 * logistic(-2),
      10,
    );
    expect(confidenceOf(space, confidence, 1, 0, 2, 0, { inDistribution: 0.75 })).toBeCloseTo(0.25 * logistic(1.5), 10);
  });

  test("uses the models for a share of one half if the probability is unknown or the pack has no separate models", () => {
    expect(confidenceOf(space, confidence, 0, 0.5, 0, 0)).toBeCloseTo(logistic(0.5), 10);
    expect(
      confidenceOf(space, { ...confidence, apart: undefined }, 0, 0.5, 0, 0, { inDistribution: 0.75 }),
    ).toBeCloseTo(logistic(0.5), 10);
  });

  test("is calibrated at any share of photos that show a class, where the models for one half are not", () => {
    const errors = (share: number) => {
      const photos = simulate(8000, share).map((photo) => {
        const mass = draw();
        return {
          ...photo,
          mass,
          right: Number(draw() < logistic((photo.known ? 1 : -2) + Math.log(mass / (1 - mass)))),
        };
      });
      const errorAt = (assumed: number) =>
        expectedCalibrationError(
          Float64Array.from(photos, ({ mass, odds }) =>
            confidenceOf(space, confidence, 0, mass, 0, 0, { inDistribution: shiftPrior(assumed, odds) }),
          ),
          Uint8Array.from(photos, ({ right }) => right),
        );
      return { followed: errorAt(estimatePrior(photos.map(({ odds }) => odds))), even: errorAt(0.5) };
    };
    for (const share of [0.05, 0.5, 1]) expect(errors(share).followed).toBeLessThan(0.04);
    for (const share of [0.05, 1]) expect(errors(share).even).toBeGreaterThan(0.05);
  });
});

describe("a library's share of photos that show a class", () => {
  const filled = (photos: number) => {
    const store = emptyLibrary();
    addMockPhotos(store, photos);
    storeFeatures(
      store,
      "v",
      Array.from({ length: photos }, (_, i) => ({
        photo: i + 1,
        feature: Float32Array.of(i),
        classes: Uint16Array.of(0),
        probabilities: Float32Array.of(0.5),
      })),
    );
    return store;
  };
  const labeller = (odds: number | null): LabelRanker =>
    ({
      inDistributionLogOdds: ({ features }: { features: Float32Array }) =>
        odds === null ? null : new Float64Array(features.length).fill(odds),
    }) as Partial<LabelRanker> as LabelRanker;

  test("is rounded to steps of a twentieth, from a sample that represents all photos", () => {
    const share = estimateLibraryPrior(filled(2500), "v", labeller(4));
    expect(share).toBeCloseTo(Math.round(20 * estimatePrior(new Float64Array(2500).fill(4))) / 20, 10);
    expect(share).toBeGreaterThan(0.8);
  });

  test("is one half in an empty library, and that of everyday photos if the pack has no model for it", () => {
    expect(estimateLibraryPrior(emptyLibrary(), "v", labeller(4))).toBe(0.5);
    expect(estimateLibraryPrior(filled(3), "v", labeller(null))).toBe(0.4);
  });
});
