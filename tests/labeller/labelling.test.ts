import { describe, expect, test } from "vitest";
import { probability } from "../../src-main/devise/calibration";
import { expectedCalibrationError } from "../../src-main/evaluation/calibrate";
import { semanticSearch } from "../../src-main/features/browse/semantic-search";
import { type Annotation, fitDataOf } from "../../src-main/labeller/fit-data";
import { meanEmbedding } from "../../src-main/labeller/label-ranker";
import { buildLabelSpace, classesUnder, informationContent } from "../../src-main/labeller/label-space";
import { readLexicon } from "../../src-main/labeller/lexicon";
import type { Target } from "../../src-main/labeller/semantic-index";
import { random } from "../../src-main/math/random";
import { productsWith } from "../../src-main/math/row-products";
import { annotate } from "../../src-main/store/verdicts";
import { createLibraryCaches } from "../../src-main/workspace/library-caches";
import type { OpenLibrary } from "../../src-main/workspace/open-library";
import type { LabelId } from "../../src-shared/contract";
import { addMockPhotos, emptyLibrary } from "../fixtures/photo-folder";

const lexicon = readLexicon();
const { wordnet } = lexicon;
const label = (name: string) => lexicon.meant(name);
const [ANIMAL, DOG, CAT, POODLE, CAR] = ["animal", "dog", "cat", "poodle", "car"].map(label);

describe("the label space", async () => {
  const labels = [ANIMAL, DOG, CAT, POODLE, CAR, "own:Zwergi" as const];
  const classLabels = [POODLE, CAT, "own:Zwergi" as const];
  const E = 2;
  const vectors = new Map<LabelId, Float32Array>([
    [DOG, Float32Array.of(1, 0)],
    [CAR, Float32Array.of(0, 1)],
  ]);
  const space = await buildLabelSpace({
    labels,
    classLabels,
    wordnet,
    dimensions: E,
    vectorOf: (id) => vectors.get(id) ?? null,
    cosinesWith: productsWith(Float32Array.of(1, 0, 0, 1), 2),
  });

  test("a class supports its own label and all hypernyms", () => {
    expect([...space.labelsOver[0]].sort()).toEqual([0, 1, 3]); // poodle: animal, dog, poodle
    expect([...space.labelsOver[1]].sort()).toEqual([0, 2]);
    expect([...space.labelsOver[2]]).toEqual([5]);
    expect([...space.covered]).toEqual([1, 1, 1, 1, 0, 1]);
  });

  test("a label without a vector has a row of zeros", () => {
    expect([...space.vectors]).toEqual([0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0]);
    expect(space.deviation[0]).toBe(0);
    expect(space.mean[1]).toBeCloseTo(0.5, 6);
  });

  test("the classes under a label are itself and its hyponyms", () => {
    expect(classesUnder(DOG, classLabels, wordnet)).toEqual([0]);
    expect(classesUnder(ANIMAL, classLabels, wordnet)).toEqual([0, 1]);
    expect(classesUnder(CAR, classLabels, wordnet)).toEqual([]);
  });

  test("information content matches a calculation by hand: the more hyponyms a label has, the less it says", () => {
    // Of six labels, three are kinds of animal and one is a kind of dog.
    const said = informationContent(labels, wordnet);
    expect(said[0]).toBeCloseTo(1 - Math.log(4) / Math.log(7), 6);
    expect(said[1]).toBeCloseTo(1 - Math.log(2) / Math.log(7), 6);
    expect([...said.slice(2)]).toEqual([1, 1, 1, 1]);
  });

  test("an own label's vector is the unit-length mean of its photos' embeddings", () => {
    const mean = meanEmbedding(Float32Array.of(1, 0, 0, 1, 1, 0), 2);
    expect(mean[0]).toBeCloseTo(2 / Math.sqrt(5), 6);
    expect(mean[1]).toBeCloseTo(1 / Math.sqrt(5), 6);
  });
});

describe("suggestions", () => {
  const suggest = (text: string, limit = 8, shown: LabelId[] = []) => lexicon.suggest(text, limit, shown);

  test("a typed text is offered last as a new own label, unless a label is already displayed under that name", () => {
    expect(suggest("Rex").at(-1)).toEqual({
      label: "own:Rex",
      name: "Rex",
      parent: null,
      synonym: null,
      own: true,
      near: false,
    });
    expect(suggest("Rex")).toContainEqual(expect.objectContaining({ synonym: "Rex", own: false }));
    expect(suggest(" Xqzzwk ")).toEqual([
      { label: "own:Xqzzwk", name: "Xqzzwk", parent: null, synonym: null, own: true, near: false },
    ]);
    expect(suggest("dog").some(({ own }) => own)).toBe(false);
    expect(suggest("DOG", 1)).toMatchObject([{ label: DOG }]);
    expect(suggest("Rex", 1)).toHaveLength(1);
  });

  test("own labels in use come first and are offered once", () => {
    const suggested = suggest("zw", 5, ["own:Zwergi", "own:Other", DOG]);
    expect(suggested[0]).toMatchObject({ label: "own:Zwergi", own: true });
    expect(suggest("zwergi", 5, ["own:Zwergi"])).toEqual([
      { label: "own:Zwergi", name: "Zwergi", parent: null, synonym: null, own: true, near: false },
    ]);
  });

  test("a name in a file resolves to its most probable sense, to the sense with the given parent, or to an own label", () => {
    expect(lexicon.meant("Dogs")).toBe(DOG);
    expect(lexicon.meant("Xqzzwk")).toBe("own:Xqzzwk");
    const senses = lexicon.labels
      .resolve("crane")
      .map((id) => ({ id, ...lexicon.named(id) }))
      .filter(({ name, parent }) => name === "crane" && parent !== null);
    expect(senses.length).toBeGreaterThan(0);
    for (const { id, name, parent } of senses) expect(lexicon.meant(`${name} (${parent})`)).toBe(id);
  });
});

describe("fit data from verdicts", () => {
  const D = 3;
  const fitDataFrom = (verdicts: Annotation[], best: LabelId | null = null) =>
    fitDataOf({
      prototypes: Float32Array.of(1, 0, 0, 0, 1, 0),
      classLabels: [POODLE, CAT],
      dimensions: D,
      wordDimensions: lexicon.vocabulary.dimensions,
      vectorOf: lexicon.vectorOf,
      wordnet,
      verdicts,
      featureOf: (photo) => (photo === 99 ? null : Float32Array.of(photo, photo, photo)),
      bestOf: () => best,
    });
  const on = (photo: number, id: LabelId, verdict: Annotation["verdict"]): Annotation => ({
    photo,
    label: id,
    verdict,
  });
  /** The label of a row of `words`, found by its vector. */
  const labelAt = (data: NonNullable<ReturnType<typeof fitDataFrom>>, row: number, among: LabelId[]) => {
    const E = data.wordDimensions;
    return among.find((id) => lexicon.vectorOf(id)!.every((x, e) => x === data.words[row * E + e]));
  };
  const all = [ANIMAL, DOG, CAT, POODLE, CAR];

  test("an accepted label is the photo's true label, and prototypes are replayed beside it", () => {
    const data = fitDataFrom([on(7, CAR, "accept")])!;
    expect(data.corrections).toBe(1);
    expect([...data.features]).toEqual([1, 0, 0, 0, 1, 0, 7, 7, 7]);
    expect(Array.from(data.truths, (row) => labelAt(data, row, all))).toEqual([POODLE, CAT, CAR]);
    expect([...data.rejected!]).toEqual([-1, -1, -1]);
  });

  test("a rejected label is the only negative, against the accepted label or else the photo's best one", () => {
    const against = fitDataFrom([on(7, CAR, "accept"), on(7, DOG, "reject")])!;
    expect(against.corrections).toBe(2);
    expect(labelAt(against, against.truths[3], all)).toBe(CAR);
    expect(labelAt(against, against.rejected![3], all)).toBe(DOG);
    const alone = fitDataFrom([on(7, DOG, "reject")], CAT)!;
    expect([labelAt(alone, alone.truths[2], all), labelAt(alone, alone.rejected![2], all)]).toEqual([CAT, DOG]);
  });

  test("replay and corrections have equal weight, however many there are of each", () => {
    const data = fitDataFrom(Array.from({ length: 8 }, (_, i) => on(i + 1, CAR, "accept")))!;
    const weights = [...data.weights!];
    const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b);
    expect(sum(weights.slice(0, 2))).toBeCloseTo(0.5, 6);
    expect(sum(weights.slice(2))).toBeCloseTo(0.5, 6);
  });

  test("labels are masked as negatives only if one is a kind of the other or both are on one photo", () => {
    const data = fitDataFrom([on(1, DOG, "accept"), on(2, CAR, "accept"), on(2, CAT, "accept")])!;
    const C = data.words.length / data.wordDimensions;
    const row = (id: LabelId) => Array.from({ length: C }, (_, at) => at).find((at) => labelAt(data, at, [id]) === id)!;
    const masked = (a: LabelId, b: LabelId) => [data.masked![row(a) * C + row(b)], data.masked![row(b) * C + row(a)]];
    expect(masked(POODLE, DOG)).toEqual([1, 1]);
    expect(masked(CAR, CAT)).toEqual([1, 1]);
    expect(masked(DOG, CAT)).toEqual([0, 0]);
    expect(masked(CAR, DOG)).toEqual([0, 0]);
    for (const id of [DOG, CAT, CAR, POODLE]) expect(masked(id, id)).toEqual([1, 1]);
  });

  test("leaves out what can't be learned from: photos without features, names without a vector, rejections with nothing better", () => {
    expect(fitDataFrom([])).toBeNull();
    expect(fitDataFrom([on(99, DOG, "accept")])).toBeNull();
    expect(fitDataFrom([on(1, "own:Xqzzwk", "accept")])).toBeNull();
    expect(fitDataFrom([on(1, DOG, "reject")])).toBeNull();
    expect(fitDataFrom([on(1, DOG, "reject")], DOG)).toBeNull();
  });
});

describe("a query", () => {
  /** An open library that records what is searched for, in photos 1…n in that order. */
  function searchFixture(n: number, labels: LabelId[] = []) {
    const asked: { vector: Float32Array; meanings: LabelId[] }[] = [];
    const store = emptyLibrary();
    addMockPhotos(store, n);
    const fake = {
      store,
      caches: createLibraryCaches(),
      lexicon,
      pack: { visualId: "v" },
      classLabels: [],
      ranker: {
        labels,
        confidence: {},
        target: (vector: Float32Array, meanings: LabelId[]): Target => {
          asked.push({ vector, meanings });
          return {
            vector,
            mean: 0,
            deviation: 1,
            classes: [],
            concepts: [],
            isScene: false,
            conceptSimilarity: new Float32Array(0),
          };
        },
      },
      semanticIndex: {
        nearest: (targets: Target[], _: unknown, limit: number) =>
          targets.length === 0
            ? []
            : Array.from({ length: Math.min(n, limit) }, (__, i) => ({ photo: i + 1, score: 0.5 - i / 100 })),
      },
    } as unknown as OpenLibrary;
    return { asked, store, library: fake, find: (words: string, limit = 10) => semanticSearch(fake, words, limit) };
  }

  test.each([
    ["one word", "goldfish", [["goldfish"]]],
    ["case and plurals are folded", "  GoldFishes ", [["goldfish"]]],
    ["all of several words must match", "snow, mountain", [["snow"], ["mountain"]]],
    ["adjacent words that form a name are one term", "golden retriever snow", [["golden retriever"], ["snow"]]],
  ])("%s: “%s”", (_, words, names) => {
    const { asked, find } = searchFixture(3);
    expect(find(words).unknown).toEqual([]);
    expect(asked.map(({ meanings }) => meanings)).toEqual(names.map(([name]) => lexicon.labels.resolve(name)));
    asked.forEach(({ vector }, i) => expect(vector).toEqual(lexicon.vocabulary.vector(names[i][0])));
  });

  test("reports an unknown word with suggestions, and still searches for the others", () => {
    const { asked, find } = searchFixture(3);
    const { photos, unknown } = find("snwoman xqzzwk goldfish");
    expect(photos).toEqual([1, 2, 3]);
    expect(asked).toHaveLength(1);
    expect(unknown.map(({ word }) => word)).toEqual(["snwoman", "xqzzwk"]);
    expect(unknown[0].suggestions).toContain("snowman");
    expect(find("xqzzwk")).toMatchObject({ photos: [], scores: [] });
    expect(find("  ")).toEqual({ photos: [], scores: [], unknown: [], terms: [] });
  });

  test("the work for unknown words grows as their number does, whatever own labels there are", () => {
    const { store, library } = searchFixture(1);
    const long = Array.from({ length: 45 }, (_, i) => `w${i}`).join(" ");
    annotate(store, { photos: [1], label: `own:${long}`, verdict: "accept", name: long });
    const stepsFor = (n: number) => {
      const steps = { suggestions: 0, resolve: 0 };
      const counted: OpenLibrary["lexicon"] = {
        ...lexicon,
        vocabulary: {
          ...lexicon.vocabulary,
          suggestions: (...of) => (steps.suggestions++, lexicon.vocabulary.suggestions(...of)),
        },
        labels: { ...lexicon.labels, resolve: (words) => (steps.resolve++, lexicon.labels.resolve(words)) },
      };
      const words = Array.from({ length: n }, (_, i) => `xq${i}zzwk`);
      const { unknown } = semanticSearch({ ...library, lexicon: counted }, [...words, ...words].join(" "), 10);
      expect(unknown.map(({ word }) => word)).toEqual(words); // each once: the window lists them by word
      return steps;
    };
    const [few, many] = [stepsFor(100), stepsFor(400)];
    expect(many.resolve).toBeLessThanOrEqual(4 * few.resolve + 45);
    expect(many.resolve).toBeLessThan(400 * 2 * 5);
    // each compares a word with the whole vocabulary
    expect(many.suggestions).toBeLessThanOrEqual(20);
  });

  test.each(["own:Zwergi", "own:Aunt May, at the lake in 1999", "own:C-3PO"] as LabelId[])(
    "finds an own label by its whole name: %s",
    (own) => {
      const { asked, store, find } = searchFixture(3);
      expect(annotate(store, { photos: [2], label: own, verdict: "accept", name: own.slice(4) }).photos).toBe(1);
      // Without features, its vector is that of its words, if any is known.
      const { photos, unknown } = find(own.slice(4).toUpperCase());
      if (lexicon.vectorOf(own)) {
        expect(unknown).toEqual([]);
        expect(asked.map(({ meanings }) => meanings)).toEqual([[own]]);
        expect(photos[0]).toBe(2);
      } else expect(unknown).toHaveLength(1);
    },
  );

  test("photos with the label accepted come first, those with it rejected are left out", () => {
    const { store, find } = searchFixture(6);
    annotate(store, { photos: [4], label: POODLE, verdict: "accept", name: "poodle" }); // a poodle is a dog
    annotate(store, { photos: [1, 2], label: DOG, verdict: "reject", name: "dog" });
    annotate(store, { photos: [3], label: CAR, verdict: "reject", name: "car" });
    expect(find("dog")).toMatchObject({ photos: [4, 3, 5, 6], scores: [1, 0.48, 0.46, 0.45] });
    expect(find("dog", 2).photos).toEqual([4, 3]);
    expect(find("dog car").photos).toEqual([4, 5, 6]);
  });
});

test("expected calibration error matches a calculation by hand", () => {
  const confidences = Float64Array.of(0.9, 0.1, 0.8, 0.2);
  const right = Uint8Array.of(1, 0, 0, 1);
  expect(expectedCalibrationError(confidences, right, 2)).toBeCloseTo(
    (Math.abs(0.15 - 0.5) + Math.abs(0.85 - 0.5)) / 2,
    9,
  );
  expect(expectedCalibrationError(confidences, right, 1)).toBeCloseTo(0, 9);
});

test("a calibrated confidence is right as often as it says", () => {
  const draw = random(3);
  const n = 4000;
  const confidences = Float64Array.from({ length: n }, () => probability({ bias: 0, weights: [1] }, [draw() * 6 - 3]));
  const honest = Uint8Array.from(confidences, (p) => Number(draw() < p));
  expect(expectedCalibrationError(confidences, honest)).toBeLessThan(0.03);
  expect(
    expectedCalibrationError(
      confidences.map((p) => Math.sqrt(p)),
      honest,
    ),
  ).toBeGreaterThan(0.1);
});
