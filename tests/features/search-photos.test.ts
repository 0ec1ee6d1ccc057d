import { describe, expect, test } from "vitest";
import { browsePhotos, countQuery } from "../../src-main/features/browse/browse-photos";
import { searchPhotos } from "../../src-main/features/browse/search-photos";
import { suggestAlternatives } from "../../src-main/features/browse/suggest-alternatives";
import { readLexicon } from "../../src-main/labeller/lexicon";
import { replacePredictions } from "../../src-main/store/predictions";
import { changeSettings } from "../../src-main/store/settings";
import { annotate } from "../../src-main/store/verdicts";
import { createLibraryCaches } from "../../src-main/workspace/library-caches";
import type { OpenLibrary } from "../../src-main/workspace/open-library";
import type { LabelId, PhotoId } from "../../src-shared/contract";
import { addMockPhotos, emptyLibrary } from "../fixtures/photo-folder";

const lexicon = readLexicon();
const [DOG, POODLE, CAT, BANJO, ACCORDION, CAR] = ["dog", "poodle", "cat", "banjo", "accordion", "car"].map((name) =>
  lexicon.meant(name),
);

/** A library of photos 1…n with the given similarity scores for any query, best first. */
function libraryWithScores(scores: number[]) {
  const store = emptyLibrary();
  addMockPhotos(store, scores.length);
  const nearest = (_: unknown, __: unknown, limit: number, among?: ReadonlySet<PhotoId>) =>
    scores
      .map((score, i) => ({ photo: i + 1, score }))
      .filter(({ photo }) => among?.has(photo) ?? true)
      .slice(0, limit);
  const library = {
    store,
    caches: createLibraryCaches(),
    lexicon,
    classLabels: [],
    pack: { visualId: "v" },
    ranker: { labels: [], confidence: {}, target: () => null },
    semanticIndex: { nearest, size: () => scores.length },
  } as unknown as OpenLibrary;
  const browse = (words: string, sort: "relevance" | "name" = "relevance") =>
    browsePhotos(library, { words, sort, descending: false, group: sort === "name" ? "folder" : "none" });
  return { store, library, browse };
}
const predict = (store: ReturnType<typeof emptyLibrary>, photo: PhotoId, labels: Record<LabelId, number>) =>
  replacePredictions(store, 1, [{ photo, labels: Object.keys(labels) as LabelId[], scores: Object.values(labels) }]);

describe("sure and less certain results", () => {
  test("photos above a label's minimum confidence come first in the view's order; the others follow, best first", () => {
    const { store, library, browse } = libraryWithScores([0.9, 0.5, 0.49, 0.06, 0.04]);
    expect(browse("goldfish")).toMatchObject({
      photos: [1, 2, 3, 4, 5],
      confident: 2,
      scores: [0.9, 0.5, 0.49, 0.06, 0.04],
      alternatives: [],
    });
    expect(countQuery(library, "goldfish")).toBe(2);
    changeSettings(store, { threshold: 0.05 });
    expect(browse("goldfish")).toMatchObject({ photos: [1, 2, 3, 4, 5], confident: 4 });
    changeSettings(store, { threshold: 0.95 });
    expect(browse("goldfish")).toMatchObject({ photos: [1, 2, 3, 4, 5], confident: 0 });
    expect(countQuery(library, "goldfish")).toBe(0);
  });

  test("any other sort order sorts and groups only the sure photos", () => {
    const { browse } = libraryWithScores([0.9, 0.8, 0.7, 0.3, 0.2]);
    const { photos, confident, groups } = browse("goldfish", "name");
    expect(photos.slice(0, 3).toSorted((a, b) => a - b)).toEqual([1, 2, 3]);
    expect(photos.slice(3)).toEqual([4, 5]);
    expect(confident).toBe(3);
    expect(groups.reduce((sum, { count }) => sum + count, 0)).toBe(3);
  });

  test("a label's own minimum confidence applies to its word only", () => {
    const { store, browse } = libraryWithScores([0.9, 0.5, 0.3]);
    changeSettings(store, { labelThresholds: { [DOG]: 0.3 } });
    expect(browse("dog").confident).toBe(3);
    expect(browse("dog cat").confident).toBe(2);
    changeSettings(store, { labelThresholds: { [DOG]: 0.6 } });
    expect(browse("dog").confident).toBe(1);
  });

  test("a photo with an accepted label is sure, and one with the label rejected is not found", () => {
    const { store, browse } = libraryWithScores([0.3, 0.2, 0.1]);
    annotate(store, { photos: [3], label: POODLE, verdict: "accept", name: "poodle" });
    annotate(store, { photos: [1], label: DOG, verdict: "reject", name: "dog" });
    expect(browse("dog")).toMatchObject({ photos: [3, 2], confident: 1 });
  });

  test("one matching word is enough for a photo that surely shows it", () => {
    const { browse } = libraryWithScores([0.9, 0.5, 0.49]);
    expect(browse("goldfish OR is:failed").photos).toEqual([1, 2]);
    expect(browse("-goldfish").photos).toEqual([3]);
  });

  test("finds all sure photos, however many, and of the others only plausible ones or the closest", () => {
    const counts = (...scores: [number, number][]) => {
      const { confident, others } = searchPhotos(
        libraryWithScores(scores.flatMap(([n, score]) => new Array<number>(n).fill(score))).library,
        "goldfish",
      );
      return [confident.photos.length, others.photos.length];
    };
    expect(counts([600, 0.8], [100, 0.3], [100, 0.01])).toEqual([600, 100]);
    expect(counts([1, 0.8], [900, 0.3])).toEqual([1, 499]); // as many as were requested
    expect(counts([1, 0.8], [100, 0.01])).toEqual([1, 24]);
    expect(counts([100, 0.3])).toEqual([0, 24]);
    expect(counts([3, 0.01])).toEqual([0, 3]);
  });
});

describe("suggested search words", () => {
  const wanted = (...names: string[]) =>
    names.map((name) => ({ vector: lexicon.vocabulary.vector(name)!, meanings: lexicon.labels.resolve(name) }));
  function shown() {
    const { store, library } = libraryWithScores([0.1, 0.1, 0.1, 0.1]);
    predict(store, 1, { [BANJO]: 0.9, [CAR]: 0.8 });
    predict(store, 2, { [BANJO]: 0.7, [ACCORDION]: 0.2 });
    predict(store, 3, { [POODLE]: 0.6 });
    return { store, library };
  }

  test("are labels close in meaning that photos show, with counts, without those below the minimum confidence", () => {
    const { store, library } = shown();
    expect(suggestAlternatives(library, wanted("xylophone"))).toEqual([{ words: "banjo", photos: 2 }]);
    changeSettings(store, { threshold: 0.2 });
    expect(
      suggestAlternatives(library, wanted("xylophone"))
        .map(({ words }) => words)
        .sort(),
    ).toEqual(["accordion", "banjo"]);
    annotate(store, { photos: [4], label: ACCORDION, verdict: "accept", name: "accordion" });
    expect(suggestAlternatives(library, wanted("xylophone"))).toContainEqual({ words: "accordion", photos: 2 });
  });

  test("include related labels, for each of several words, and are empty if nothing is close", () => {
    const { library } = shown();
    expect(suggestAlternatives(library, wanted("terrier"))).toEqual([{ words: "poodle", photos: 1 }]);
    expect(
      suggestAlternatives(library, wanted("terrier", "guitar"))
        .map(({ words }) => words)
        .sort(),
    ).toEqual(["banjo", "poodle"]);
    expect(suggestAlternatives(library, wanted("sunset"))).toEqual([]);
    expect(suggestAlternatives(library, [])).toEqual([]);
  });

  test("come with a search that has no sure result, and never include the search word", () => {
    const { store, browse } = libraryWithScores([0.1, 0.1]);
    predict(store, 1, { [CAT]: 0.9 });
    expect(browse("kitten")).toMatchObject({ confident: 0, alternatives: [{ words: "cat", photos: 1 }] });
    predict(store, 1, { [POODLE]: 0.9, [DOG]: 0.9 });
    expect(browse("puppy").alternatives.map(({ words }) => words)).toContain("poodle");
    changeSettings(store, { labelThresholds: { [DOG]: 0.95 } });
    expect(browse("dog").alternatives.map(({ words }) => words)).toEqual(["poodle"]);
  });
});
