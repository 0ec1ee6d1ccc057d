import { describe, expect, test } from "vitest";
import {
  type Candidates,
  type ClassifierOutputs,
  conse,
  nearestWords,
  randomWords,
  softmaxBaseline,
  softmaxOver,
} from "../../src-main/evaluation/methods";
import { scoreMethods } from "../../src-main/evaluation/score";
import { rowsOfSet, settingsOf } from "../../src-main/evaluation/settings";
import { harmonicMean, markdownTables } from "../../src-main/evaluation/table";
import { random, randomEmbedding } from "../../src-main/math/random";
import { unitRows } from "../../src-main/math/vectors";
import type { LabelId } from "../../src-shared/contract";

const [D, E, C, L, N] = [5, 4, 12, 15, 6];
const draw = random(8);
const numbers = (n: number) => Float32Array.from({ length: n }, () => draw() - 0.5);
const M = numbers(E * D);
const vectors = unitRows(numbers(L * E), E);
vectors.fill(0, 14 * E); // the last label has no word vector
const labels = Array.from({ length: L }, (_, l): LabelId => `own:${l}`);
/** Labels 0..11 are the classes, in reverse order; label 3 is two classes. */
const classLabels = Array.from({ length: C }, (_, c) => (c === 0 ? 3 : 11 - c));
const candidates: Candidates = {
  labels,
  vectors,
  classes: labels.map((_, l) => Int32Array.from(classLabels.flatMap((label, c) => (label === l ? [c] : [])))),
};
const classVectors = new Float32Array(C * E);
classLabels.forEach((label, c) => classVectors.set(vectors.subarray(label * E, (label + 1) * E), c * E));
const logits = numbers(N * C).map((x) => 6 * x);
const everything = Array.from({ length: C }, (_, c) => c);
const found: ClassifierOutputs = { features: numbers(N * D), probabilities: softmaxOver(logits, C, everything) };

const vector = (l: number) => Array.from(vectors.subarray(l * E, (l + 1) * E));
const cosine = (a: number[], b: number[]) => {
  const dots = (x: number[], y: number[]) => x.reduce((sum, value, i) => sum + value * y[i], 0);
  return dots(a, b) / Math.sqrt(dots(a, a) * dots(b, b));
};
const place = (i: number) =>
  Array.from({ length: E }, (_, e) =>
    Array.from({ length: D }, (__, d) => M[e * D + d] * found.features[i * D + d]).reduce((a, b) => a + b),
  );
const probability = (i: number, c: number) => {
  const e = everything.map((k) => Math.exp(logits[i * C + k]));
  return e[c] / e.reduce((a, b) => a + b);
};

describe("each method matches its formula", () => {
  test("softmax: the probability of the label's classes; other labels are never predicted", async () => {
    const score = await softmaxBaseline(found, C)(candidates);
    for (let i = 0; i < N; i++) {
      const scores = score(i);
      expect(scores[5]).toBeCloseTo(probability(i, 6), 6);
      expect(scores[3]).toBeCloseTo(probability(i, 8) + probability(i, 0), 6);
      expect(Array.from(scores).filter((s) => s === -Infinity)).toHaveLength(4); // 11, 12, 13 and 14 are not classes
    }
  });

  test("DeViSE: cosine of Mv and the word vector; labels without one are never predicted", async () => {
    const score = await nearestWords(found, M, D)(candidates);
    for (let i = 0; i < N; i++) {
      for (let l = 0; l < 14; l++) expect(score(i)[l]).toBeCloseTo(cosine(place(i), vector(l)), 5);
      expect(score(i)[14]).toBe(-Infinity);
    }
  });

  test("random embedding: the same, with a random vector per label id", async () => {
    const score = await randomWords(found, M, D, (label) => randomEmbedding(label, E, 3))(candidates);
    for (let l = 0; l < L; l++)
      expect(score(2)[l]).toBeCloseTo(cosine(place(2), Array.from(randomEmbedding(labels[l], E, 3))), 5);
  });

  test("ConSE(10): cosine to the probability-weighted mean of the ten most probable classes", async () => {
    const score = await conse(found, classVectors, E)(candidates);
    for (let i = 0; i < N; i++) {
      const ten = everything.toSorted((a, b) => probability(i, b) - probability(i, a)).slice(0, 10);
      const mean = Array.from({ length: E }, (_, e) =>
        ten.reduce((sum, c) => sum + probability(i, c) * vectors[classLabels[c] * E + e], 0),
      );
      for (let l = 0; l < 14; l++) expect(score(i)[l]).toBeCloseTo(cosine(mean, vector(l)), 5);
    }
  });

  test("removes held-out classes from the softmax, which still sums to 1", () => {
    const rest = softmaxOver(logits, C, [2, 7, 9]);
    const e = [2, 7, 9].map((c) => Math.exp(logits[C + c]));
    e.forEach((value, k) => expect(rest[3 + k]).toBeCloseTo(value / (e[0] + e[1] + e[2]), 6));
  });
});

describe("settings", () => {
  const [cat, dog, pug, yak]: LabelId[] = ["own:cat", "own:dog", "own:pug", "own:yak"];

  test("separate seen from unseen photos, with candidates for each", () => {
    const settings = settingsOf([cat, pug, dog, yak, pug], [dog, cat], null, ["own:more"]);
    expect(settings.seen).toEqual({ photos: [0, 2], labels: [dog, cat] });
    expect(settings.unseen).toEqual({ photos: [1, 3, 4], labels: [pug, yak] });
    expect(settings.generalised).toEqual({ photos: [1, 3, 4], labels: [dog, cat, pug, yak, "own:more"] });
    expect(settings.generalisedSeen.photos).toEqual([0, 2]);
  });

  test("leave out photos whose label is not a candidate", () => {
    const settings = settingsOf([cat, pug, yak], [dog, cat], [yak, "own:gnu", cat]);
    expect(settings.unseen).toEqual({ photos: [2], labels: [yak, "own:gnu"] });
  });

  test("are empty without photos", () => {
    const settings = settingsOf([cat], [dog, cat], null);
    expect([settings.unseen.photos, settings.generalised.photos, settings.generalisedSeen.photos]).toEqual([
      [],
      [],
      [],
    ]);
  });

  test("candidate sets are nested", () => {
    const rows = ["imagenet-1k", "2-hops", "3-hops-pure", "rest", ""].map((split) => ({
      wnid: split,
      lemmas: [],
      parents: [],
      split,
    }));
    const of = (set: Parameters<typeof rowsOfSet>[1]) => rowsOfSet(rows, set).map(({ split }) => split);
    expect([of("2-hop"), of("3-hop"), of("all")]).toEqual([
      ["2-hops"],
      ["2-hops", "3-hops-pure"],
      ["2-hops", "3-hops-pure", "rest"],
    ]);
  });
});

test("scores match a plain loop over settings, within their intervals", async () => {
  const truths = [0, 4, 12, 13, 12, 7].map((l) => labels[l]);
  const known = [...new Set(classLabels)].map((l) => labels[l]);
  const settings = settingsOf(truths, known, null);
  const candidatesOf = (of: readonly LabelId[]): Candidates => {
    const rows = of.map((label) => labels.indexOf(label));
    return {
      labels: of,
      vectors: Float32Array.from(rows.flatMap(vector)),
      classes: rows.map((l) => candidates.classes[l]),
    };
  };
  const { devise, softmax } = await scoreMethods(
    { devise: nearestWords(found, M, D), softmax: softmaxBaseline(found, C) },
    {
      settings,
      truths,
      candidatesOf,
      wordnet: { ancestors: () => new Map() },
    },
  );
  const byHand = (photos: number[], of: readonly LabelId[], k: number) => {
    const hits = photos.filter((i) =>
      of
        .toSorted((a, b) => cosine(place(i), vector(labels.indexOf(b))) - cosine(place(i), vector(labels.indexOf(a))))
        .slice(0, k)
        .includes(truths[i]),
    );
    return Math.round((1e4 * hits.length) / photos.length) / 100;
  };
  for (const name of ["seen", "unseen", "generalised", "generalisedSeen"] as const) {
    const { photos, labels: of } = settings[name];
    expect(devise[name]!.n).toBe(3);
    for (const k of [1, 2, 5, 10]) expect(devise[name]!.hit[k], `${name} hit@${k}`).toBe(byHand(photos, of, k));
    const [low, high] = devise[name]!.ci["hit@5"];
    expect(low).toBeLessThanOrEqual(devise[name]!.hit[5]);
    expect(high).toBeGreaterThanOrEqual(devise[name]!.hit[5]);
    // These labels are not connected, so only the true one is valid: one hit among k.
    expect(devise[name]!.precision[5]).toBeCloseTo(devise[name]!.hit[5] / 5, 2);
  }
  expect(softmax.unseen!.hit[20]).toBe(0);
  const [a, b] = [devise.generalised!.hit[1], devise.generalisedSeen!.hit[1]];
  expect(harmonicMean(devise)).toBe(a + b === 0 ? 0 : (2 * a * b) / (a + b));
  const all = { softmax, devise, random: devise, l2: devise, conse: devise, semblance: devise };
  const text = markdownTables(all, { seen: 11, unseen: 2, generalised: 13, generalisedSeen: 13 });
  expect(text).toContain("Unseen: 3 photos of other labels, ranked among 2 such labels");
  expect(text.split("\n").filter((line) => line.startsWith("| DeViSE"))).toHaveLength(4);
});
