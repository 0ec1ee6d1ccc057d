import fc from "fast-check";
import { expect, test } from "vitest";
import { countReviewed, queryView } from "../../src-main/store/browse";
import { countAt } from "../../src-main/store/count-at";
import type { Store } from "../../src-main/store/database";
import { storeFeatures } from "../../src-main/store/features";
import { changeCards } from "../../src-main/store/label-cards";
import { countPhotos } from "../../src-main/store/photos";
import {
  countLabelled,
  countLabels,
  guessesOf,
  labelsOfPhoto,
  photosToRank,
  replacePredictions,
} from "../../src-main/store/predictions";
import {
  countChangedPredictions,
  mostChangedPredictions,
  thresholdsOf,
} from "../../src-main/store/previous-predictions";
import { changeSettings } from "../../src-main/store/settings";
import { annotate, currentAnnotations } from "../../src-main/store/verdicts";
import type { LabelId, View } from "../../src-shared/contract";
import { addMockPhotos, emptyLibrary } from "../fixtures/photo-folder";

const LABELS: LabelId[] = ["own:a", "own:b", "own:c", "wn:02086723"];
const PHOTOS = 12;

const world = fc.record({
  predicted: fc.array(
    fc.record({
      photo: fc.integer({ min: 1, max: PHOTOS }),
      labels: fc.uniqueArray(fc.constantFrom(...LABELS)),
      score: fc.float({ min: 0.125, max: 1, noNaN: true }),
    }),
  ),
  judged: fc.array(
    fc.record({
      photo: fc.integer({ min: 1, max: PHOTOS }),
      label: fc.constantFrom(...LABELS),
      verdict: fc.constantFrom("accept" as const, "reject" as const),
    }),
  ),
  gone: fc.uniqueArray(fc.integer({ min: 1, max: PHOTOS })),
  threshold: fc.constantFrom(0.0625, 0.25, 0.5, 0.75),
  own: fc.dictionary(fc.constantFrom(...LABELS), fc.constantFrom(0.125, 0.25, 0.5, 0.875)),
});

/** The labels of each present photo, computed the slow way. */
function carried(
  store: Store,
  {
    predicted,
    gone,
    threshold,
    own: thresholds,
  }: {
    predicted: { photo: number; labels: LabelId[]; score: number }[];
    gone: number[];
    threshold: number;
    own: Record<string, number>;
  },
) {
  const last = new Map(
    predicted.map(({ photo, labels, score }) => [
      photo,
      labels.filter((label) => score >= (thresholds[label] ?? threshold)),
    ]),
  );
  const standing = currentAnnotations(store);
  return Array.from({ length: PHOTOS }, (_, i) => i + 1)
    .filter((photo) => !gone.includes(photo))
    .map((photo) => {
      const own = standing.filter((verdict) => verdict.photo === photo);
      return {
        photo,
        predicted: (last.get(photo) ?? []).filter((label) => !own.some((verdict) => verdict.label === label)),
        accepted: own.filter(({ verdict }) => verdict === "accept").map(({ label }) => label),
        verdicts: own.length,
      };
    });
}

test("counts, filters and labels agree with a count by hand", () => {
  fc.assert(
    fc.property(world, (made) => {
      const store = emptyLibrary();
      addMockPhotos(store, PHOTOS);
      changeSettings(store, { threshold: made.threshold, labelThresholds: made.own });
      for (const { photo, labels, score } of made.predicted)
        replacePredictions(store, 1, [{ photo, labels, scores: labels.map(() => score) }]);
      for (const { photo, label, verdict } of made.judged)
        annotate(store, { photos: [photo], label, verdict, name: label });
      for (const photo of made.gone) store.db.prepare("UPDATE file SET missing = 1 WHERE photo = ?").run(photo);
      const truth = carried(store, made);

      const counts = LABELS.map((label) => ({
        label,
        predicted: truth.filter(({ predicted }) => predicted.includes(label)).length,
        accepted: truth.filter(({ accepted }) => accepted.includes(label)).length,
      })).filter(({ predicted, accepted }) => predicted + accepted > 0);
      expect(countLabels(store).sort((a, b) => (a.label < b.label ? -1 : 1))).toEqual(
        counts.sort((a, b) => (a.label < b.label ? -1 : 1)),
      );
      expect(countLabelled(store)).toBe(
        truth.filter(({ predicted, accepted }) => predicted.length + accepted.length > 0).length,
      );

      const sum = (of: ReturnType<typeof carried>, label?: LabelId) =>
        of.reduce(
          (n, { predicted, accepted }) =>
            n + [...predicted, ...accepted].filter((one) => label === undefined || one === label).length,
          0,
        );
      for (const threshold of [0.125, 0.5]) {
        const then = carried(store, { ...made, threshold });
        expect(countAt(store, { threshold })).toEqual({
          photos: then.filter(({ predicted, accepted }) => predicted.length + accepted.length > 0).length,
          labels: sum(then),
        });
        for (const label of LABELS) {
          const n = sum(carried(store, { ...made, own: { ...made.own, [label]: threshold } }), label);
          expect(countAt(store, { threshold, label })).toEqual({ photos: n, labels: n });
        }
      }
      expect(countAt(store, { threshold: made.threshold }).labels).toBe(sum(truth)); // the query changed nothing

      const shown = (view: Partial<View>) =>
        queryView(store, { sort: "added", descending: false, group: "none", ...view }).photos;
      const those = (condition: (photo: (typeof truth)[number]) => boolean) =>
        truth.filter(condition).map(({ photo }) => photo);
      for (const label of LABELS)
        expect(shown({ label })).toEqual(
          those(({ predicted, accepted }) => predicted.includes(label) || accepted.includes(label)),
        );
      expect(shown({ state: "reviewed" })).toEqual(those(({ verdicts }) => verdicts > 0));
      expect(shown({ state: "unreviewed" })).toEqual(those(({ verdicts }) => verdicts === 0));
      expect(shown({ state: "unlabelled" })).toEqual(
        those(({ predicted, accepted }) => predicted.length + accepted.length === 0),
      );
      expect(countReviewed(store)).toBe(shown({ state: "reviewed" }).length);
      // The sidebar shows this difference beside “Unlabelled”.
      expect(countPhotos(store).photos - countLabelled(store)).toBe(shown({ state: "unlabelled" }).length);
      for (const { photo, predicted, accepted } of truth) {
        const labels = labelsOfPhoto(store, photo);
        expect(
          labels
            .filter(({ source }) => source === "predicted")
            .map(({ label }) => label)
            .sort(),
        ).toEqual([...predicted].sort());
        expect(
          labels
            .filter(({ source }) => source === "accepted" || source === "added")
            .map(({ label }) => label)
            .sort(),
        ).toEqual([...accepted].sort());
      }
      store.db.close();
    }),
    { numRuns: 30 },
  );
});

test("a photo's labels: accepted in the order given, then predicted as ranked, then rejected", () => {
  const store = emptyLibrary();
  addMockPhotos(store, 1);
  changeSettings(store, { threshold: 0.2 });
  replacePredictions(store, 1, [
    {
      photo: 1,
      labels: ["own:first", "own:wrong", "own:right", "own:surer"],
      scores: new Float32Array([0.25, 0.5, 0.5, 0.75]),
    },
  ]);
  annotate(store, { photos: [1], label: "own:typed", verdict: "accept", name: "typed" });
  annotate(store, { photos: [1], label: "own:right", verdict: "accept", name: "right" });
  annotate(store, { photos: [1], label: "own:wrong", verdict: "reject", name: "wrong" });
  expect(labelsOfPhoto(store, 1)).toEqual([
    { label: "own:typed", score: 1, source: "added" },
    { label: "own:right", score: 1, source: "accepted" },
    { label: "own:first", score: 0.25, source: "predicted" },
    { label: "own:surer", score: 0.75, source: "predicted" },
    { label: "own:wrong", score: 0, source: "rejected" },
  ]);
});

test("guesses are uncertain labels without a verdict and not hidden: at most the five best ranked, most confident first", () => {
  const store = emptyLibrary();
  addMockPhotos(store, 1);
  const scores = {
    sure: 0.5,
    likely: 0.49,
    judged: 0.4,
    deleted: 0.4,
    strict: 0.6,
    faint: 0.04,
    a: 0.2,
    b: 0.3,
    c: 0.1,
    d: 0.05,
  };
  replacePredictions(store, 1, [
    { photo: 1, labels: Object.keys(scores).map((name) => `own:${name}` as LabelId), scores: Object.values(scores) },
  ]);
  changeSettings(store, { labelThresholds: { "own:strict": 0.7 } });
  annotate(store, { photos: [1], label: "own:judged", verdict: "reject", name: "judged" });
  changeCards(store, new Map([["own:deleted", { hidden: true }]]), [], () => "Delete a label");
  const guesses = () => guessesOf(store, 1).map(({ label, score }) => [label.slice(4), score]);
  expect(guesses()).toEqual([
    ["strict", 0.6],
    ["likely", 0.49],
    ["b", 0.3],
    ["a", 0.2],
    ["c", 0.1],
  ]);
  expect(labelsOfPhoto(store, 1).map(({ label }) => label)).toEqual(["own:sure", "own:judged"]);
  changeSettings(store, { threshold: 0.1, labelThresholds: {} });
  expect(guesses()).toEqual([["d", 0.05]]);
  changeSettings(store, { threshold: 0.05 });
  expect(guesses()).toEqual([]);
});

test("each model ranks a photo once, even if it finds nothing", () => {
  const store = emptyLibrary();
  const photos = addMockPhotos(store, 3);
  storeFeatures(
    store,
    "v",
    photos.map((photo) => ({
      photo,
      feature: new Float32Array(2),
      classes: new Uint16Array(1),
      probabilities: new Float32Array(1),
    })),
  );
  expect(photosToRank(store, "v", 1)).toEqual([1, 2, 3]);
  replacePredictions(store, 1, [
    { photo: 1, labels: ["own:a"], scores: [0.5] },
    { photo: 2, labels: [], scores: [] },
  ]);
  expect(photosToRank(store, "v", 1)).toEqual([3]);
  expect(photosToRank(store, "v", 2)).toEqual([1, 2, 3]);
  expect(() => replacePredictions(store, 1, [{ photo: 1, labels: ["own:a"], scores: [] }])).toThrow(
    "photo 1: 1 labels with 0 scores",
  );
});

test("views are sorted and grouped, and hits keep their order and scores", () => {
  const store = emptyLibrary();
  addMockPhotos(store, 10);
  store.db.exec("UPDATE photo SET dated = '2023-12-31T10:00:00' WHERE id IN (2, 9)");
  const view = (change: Partial<View>, hits?: { photos: number[]; scores: number[] }) =>
    queryView(store, { sort: "taken", descending: false, group: "none", ...change }, { hits });
  expect(view({}).photos).toEqual([2, 9, 1, 3, 4, 5, 6, 7, 8, 10]);
  expect(view({ group: "date", descending: true })).toMatchObject({
    photos: [10, 8, 7, 6, 5, 4, 3, 1, 2, 9],
    groups: [
      { title: "January 2024", count: 8 },
      { title: "December 2023", count: 2 },
    ],
  });
  expect(view({ group: "folder", sort: "name" }).groups.slice(0, 2)).toEqual([
    { title: "folder 0", count: 2 },
    { title: "folder 1", count: 2 },
  ]);
  expect(view({ folder: "folder 1", sort: "name", descending: true }).photos).toEqual([9, 2]);
  const hits = { photos: [5, 2, 99, 9], scores: [0.9, 0.8, 0.7, 0.6] };
  expect(view({ sort: "relevance" }, hits)).toMatchObject({ photos: [5, 2, 9], scores: [0.9, 0.8, 0.6] });
  expect(view({ sort: "taken" }, hits)).toMatchObject({ photos: [2, 9, 5], scores: [0.8, 0.6, 0.9] });
  changeSettings(store, { threshold: 0.25 });
  replacePredictions(
    store,
    1,
    [3, 4, 5].map((photo) => ({ photo, labels: ["own:a"], scores: [photo / 10] })),
  );
  annotate(store, { photos: [7, 3], label: "own:a", verdict: "accept", name: "a" });
  expect(view({ sort: "relevance", label: "own:a" }).photos).toEqual([3, 7, 5, 4]);
});

test("names are sorted in natural order: IMG_9 before IMG_10", () => {
  const store = emptyLibrary();
  addMockPhotos(store, 12);
  expect(queryView(store, { sort: "name", descending: false, group: "none" }).photos).toEqual([
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
  ]);
});

test("a higher threshold hides predictions but never verdicts, and a lower one shows them again", () => {
  const store = emptyLibrary();
  addMockPhotos(store, 1);
  replacePredictions(store, 1, [{ photo: 1, labels: ["own:a", "own:b", "own:c"], scores: [0.9, 0.5, 0.04] }]);
  annotate(store, { photos: [1], label: "own:b", verdict: "accept", name: "b" });
  const labels = () => labelsOfPhoto(store, 1).map(({ label }) => label);
  expect(labels()).toEqual(["own:b", "own:a"]);
  changeSettings(store, { threshold: 0.95 });
  expect(labels()).toEqual(["own:b"]);
  changeSettings(store, { labelThresholds: { "own:a": 0.5, "own:c": 0.03 } });
  expect(labels()).toEqual(["own:b", "own:a", "own:c"]);
  expect(thresholdsOf(store)("own:c")).toBe(0.03);
  expect(thresholdsOf(store)("own:unheard of")).toBe(0.95);
  changeSettings(store, { threshold: 0.03, labelThresholds: {} });
  expect(labels()).toEqual(["own:b", "own:a", "own:c"]);
});

test("the previous model's predictions are kept with their distance to the new ones, once per change of model", async () => {
  const store = emptyLibrary();
  addMockPhotos(store, 4);
  const rank = (model: number, ...of: [LabelId, number][][]) =>
    replacePredictions(
      store,
      model,
      of.map((labels, i) => ({
        photo: i + 1,
        labels: labels.map(([label]) => label),
        scores: labels.map(([, score]) => score),
      })),
    );
  rank(
    1,
    [["own:a", 0.5]],
    [
      ["own:a", 0.5],
      ["own:b", 0.25],
    ],
    [["own:a", 0.5]],
    [["own:a", 1]],
  );
  expect(mostChangedPredictions(store, 1, 9)).toEqual([]);
  rank(2, [["own:a", 0.75]], [["own:b", 0.5]], [["own:a", 0.5]], []);
  annotate(store, { photos: [4], label: "own:a", verdict: "accept", name: "a" });
  // The first photo is more confident of the same label, the third has not changed, the fourth has a verdict.
  expect(mostChangedPredictions(store, 2, 9)).toEqual([
    {
      photo: 2,
      change: 0.75,
      before: [
        { label: "own:a", score: 0.5 },
        { label: "own:b", score: 0.25 },
      ],
    },
  ]);
  expect(await countChangedPredictions(store, 2)).toBe(1);
  rank(2, [["own:b", 0.25]]); // by other rules of the same model
  expect(mostChangedPredictions(store, 2, 1).map(({ photo }) => photo)).toEqual([2]);
  expect(mostChangedPredictions(store, 2, 9).map(({ photo }) => photo)).toEqual([2, 1]);
  // now the second photo's first label differs from before, and the first photo shows none any more
  changeSettings(store, { threshold: 0.5 });
  expect(await countChangedPredictions(store, 2)).toBe(2);
});
