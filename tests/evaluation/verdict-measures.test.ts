import { expect, test } from "vitest";
import { concludeFrom, MIN_PHOTOS } from "../../src-main/evaluation/compare-conclusion";
import { pairedBootstrap } from "../../src-main/evaluation/paired-bootstrap";
import {
  calibrationMeasure,
  firstLabelsRight,
  firstMeasure,
  precisionMeasure,
} from "../../src-main/evaluation/verdict-measures";
import { type JudgedPhoto, type RankedLabels, truthOf } from "../../src-main/evaluation/verdict-truth";
import { random } from "../../src-main/math/random";
import type { LabelId } from "../../src-shared/contract";

/** A poodle is a dog is an animal; a cat is an animal; a boat is nothing of these. */
const PARENT: Record<string, string> = { "own:poodle": "own:dog", "own:dog": "own:animal", "own:cat": "own:animal" };
const LABELS: LabelId[] = ["own:poodle", "own:dog", "own:animal", "own:cat", "own:boat"];
const wordnet = {
  isA: (label: LabelId, ancestor: LabelId): boolean =>
    label === ancestor || (label in PARENT && wordnet.isA(PARENT[label] as LabelId, ancestor)),
};

function randomLibrary(n: number, seed: number): { photos: JudgedPhoto[]; ranked: RankedLabels[] } {
  const draw = random(seed);
  const pick = (share: number) => LABELS.filter(() => draw() < share);
  const photos = Array.from({ length: n }, (_, photo) => {
    const accepted = pick(0.3);
    return { photo, accepted, rejected: pick(0.2).filter((label) => !accepted.includes(label)) };
  });
  const ranked = photos.map(() =>
    pick(0.7)
      .map((label) => ({ label, confidence: Math.round(draw() * 8) / 8 }))
      .sort(() => draw() - 0.5),
  );
  return { photos, ranked };
}

const ones = (n: number) => new Uint8Array(n).fill(1);

test("verdicts on a label, its kinds, what it is a kind of, and unrelated labels say whether a photo shows it", () => {
  const photo = (accepted: LabelId[], rejected: LabelId[] = []): JudgedPhoto => ({ photo: 1, accepted, rejected });
  const said = (of: JudgedPhoto) => LABELS.map((label) => truthOf(of, label, wordnet));
  expect(said(photo(["own:dog"]))).toEqual([null, true, true, false, false]);
  expect(said(photo([], ["own:dog"]))).toEqual([false, false, null, null, null]);
  expect(said(photo(["own:poodle"], ["own:animal"]))).toEqual([true, true, false, false, false]);
  expect(said(photo([]))).toEqual([null, null, null, null, null]);
});

test.each([1, 2, 3])(
  "first label right, mean average precision and calibration error agree with slow references (%i)",
  (seed) => {
    const n = 60;
    const { photos, ranked } = randomLibrary(n, seed);
    const truth = (i: number, label: LabelId) => truthOf(photos[i], label, wordnet);

    const judged = photos.flatMap(({ accepted }, i) => (accepted.length > 0 ? [i] : []));
    const hits = judged.filter((i) => ranked[i].length > 0 && truth(i, ranked[i][0].label) === true);
    expect(firstMeasure(firstLabelsRight(photos, ranked, wordnet)).value(ones(n))).toBeCloseTo(
      hits.length / judged.length,
      12,
    );

    // Precision and recall counted over all photos again at every threshold.
    const precisions = LABELS.map((label) => {
      const known = photos.flatMap((_, i) => {
        const right = truth(i, label);
        const confidence = ranked[i].find((one) => one.label === label)?.confidence ?? 0;
        return right === null ? [] : [{ right, confidence }];
      });
      const positives = known.filter(({ right }) => right).length;
      const thresholds = [...new Set(known.map(({ confidence }) => confidence))].sort((a, b) => b - a);
      let [area, recallBefore] = [0, 0];
      for (const threshold of thresholds) {
        const found = known.filter(({ confidence }) => confidence >= threshold);
        const right = found.filter((each) => each.right).length;
        area += (right / positives - recallBefore) * (right / found.length);
        recallBefore = right / positives;
      }
      return area;
    });
    const measured = precisionMeasure(photos, ranked, wordnet);
    expect(measured.n).toBe(LABELS.length);
    expect(measured.value(ones(n))).toBeCloseTo(precisions.reduce((sum, each) => sum + each) / LABELS.length, 12);

    const predictions = ranked
      .flatMap((labels, i) => labels.map(({ label, confidence }) => ({ confidence, right: truth(i, label) })))
      .filter(({ right }) => right !== null)
      .sort((a, b) => a.confidence - b.confidence);
    const bins = Array.from({ length: 10 }, (_, bin) =>
      predictions.filter((_, i) => Math.floor((10 * (i + 0.5)) / predictions.length) === bin),
    );
    const error = bins.reduce(
      (sum, bin) => sum + Math.abs(bin.reduce((all, { confidence, right }) => all + confidence - Number(right), 0)),
      0,
    );
    expect(calibrationMeasure(photos, ranked, wordnet).value(ones(n))).toBeCloseTo(error / predictions.length, 12);
  },
);

test("a weight counts a photo as often as copies of it, and not at all when it is 0", () => {
  const { photos, ranked } = randomLibrary(40, 4);
  const weights = photos.map((_, i) => i % 3);
  const copies = weights.flatMap((weight, i) => Array.from({ length: weight }, () => i));
  const [more, moreRanked] = [copies.map((i) => photos[i]), copies.map((i) => ranked[i])];
  const first = (some: JudgedPhoto[], labels: RankedLabels[]) => firstMeasure(firstLabelsRight(some, labels, wordnet));
  expect(first(photos, ranked).value(weights)).toBeCloseTo(first(more, moreRanked).value(ones(copies.length))!, 12);
  expect(precisionMeasure(photos, ranked, wordnet).value(weights)).toBeCloseTo(
    precisionMeasure(more, moreRanked, wordnet).value(ones(copies.length))!,
    12,
  );
  expect(first(photos, ranked).value(photos.map(() => 0))).toBeNull();
});

const alternating = (n: number, share: number, seed: number) => {
  const draw = random(seed);
  return Array.from({ length: n }, () => draw() < share);
};
const single = (n: number) => Array.from({ length: n }, (_, i) => [i]);

test("the paired interval of a difference is that of its standard error, and wider by √k for groups of k like photos", async () => {
  const n = 400;
  const [a, b] = [alternating(n, 0.6, 5), alternating(n, 0.7, 6)];
  const differences = a.map((each, i) => Number(b[i]) - Number(each));
  const mean = differences.reduce((sum, each) => sum + each) / n;
  const deviation = Math.sqrt(differences.reduce((sum, each) => sum + (each - mean) ** 2, 0) / n);
  const measures = { first: { a: firstMeasure(a), b: firstMeasure(b) } };
  const { first } = await pairedBootstrap(measures, single(n));
  expect(first!.difference.value).toBeCloseTo(mean, 12);
  const width = first!.difference.interval[1] - first!.difference.interval[0];
  expect(width / (2 * 1.96 * (deviation / Math.sqrt(n)))).toBeCloseTo(1, 0.7);

  const four = (each: boolean[]) => each.flatMap((one) => [one, one, one, one]);
  const grouped = await pairedBootstrap(
    { first: { a: firstMeasure(four(a)), b: firstMeasure(four(b)) } },
    single(n).map(([i]) => [4 * i, 4 * i + 1, 4 * i + 2, 4 * i + 3]),
  );
  expect(grouped.first!.difference).toEqual(first!.difference); // the copies add nothing
  const unaware = await pairedBootstrap(
    { first: { a: firstMeasure(four(a)), b: firstMeasure(four(b)) } },
    single(4 * n),
  );
  const narrow = unaware.first!.difference.interval[1] - unaware.first!.difference.interval[0];
  expect(width / narrow).toBeGreaterThan(1.7);
});

/** The conclusion from first labels alone. */
async function concluded(a: boolean[], b: boolean[], different = a.length) {
  const { first } = await pairedBootstrap({ first: { a: firstMeasure(a), b: firstMeasure(b) } }, single(a.length));
  return concludeFrom({ first, precision: null }, different, { a: "Ash", b: "Birch" });
}

test("says which pack is better, that there is no difference, or how many photos would tell", async () => {
  const [half, most] = [alternating(200, 0.5, 7), alternating(200, 0.8, 8)];
  expect(await concluded(half, most)).toMatchObject({
    better: "b",
    needed: null,
    sentence: expect.stringMatching(
      /^Birch is better for you: it puts a right label first on \d+% of your photos, Ash on \d+% \(difference \d+\.\d points, 95% interval \d+\.\d to \d+\.\d\)\.$/,
    ) as string,
  });
  expect(await concluded(most, half)).toMatchObject({ better: "a" });
  expect(await concluded(most, most)).toMatchObject({
    better: "none",
    sentence: expect.stringMatching(/^No difference: with both models a right label comes first on \d+%/) as string,
  });
  const [some, others] = [alternating(60, 0.6, 9), alternating(60, 0.65, 10)];
  const unsure = await concluded(some, others);
  expect(unsure).toMatchObject({ better: "unknown" });
  expect(unsure.needed).toBeGreaterThan(60);
  expect(unsure.sentence).toContain(`About ${unsure.needed!.toLocaleString("en-GB")} photos with verdicts would tell.`);
  expect(await concluded(half, most, MIN_PHOTOS - 1)).toMatchObject({ better: "unknown", needed: MIN_PHOTOS });
});

test("where the two measures contradict each other, neither pack is better", () => {
  const estimate = (a: number, b: number, interval: [number, number]) => ({
    n: 100,
    a: { value: a, interval: [a, a] as [number, number] },
    b: { value: b, interval: [b, b] as [number, number] },
    difference: { value: b - a, interval },
  });
  const better = estimate(0.5, 0.7, [0.1, 0.3]);
  const worse = estimate(0.7, 0.5, [-0.3, -0.1]);
  const same = estimate(0.5, 0.5, [-0.01, 0.01]);
  const titles = { a: "Ash", b: "Birch" };
  expect(concludeFrom({ first: better, precision: worse }, 100, titles)).toMatchObject({
    better: "mixed",
    sentence:
      "Neither model is better in everything: Birch puts a right label first on 70% of photos, Ash on 50%, but Ash sorts each label’s photos better.",
  });
  expect(concludeFrom({ first: same, precision: worse }, 100, titles)).toMatchObject({ better: "a" });
  expect(concludeFrom({ first: same, precision: same }, 100, titles)).toMatchObject({ better: "none" });
});
