import type { VisualOutput } from "../../src-main/devise/semantic-embedding";
import { semanticSearch } from "../../src-main/features/browse/semantic-search";
import { random } from "../../src-main/math/random";
import { normalise } from "../../src-main/math/vectors";
import { queryView } from "../../src-main/store/browse";
import { replacePredictions } from "../../src-main/store/predictions";
import { settingsOf } from "../../src-main/store/settings";
import type { OpenLibrary } from "../../src-main/workspace/open-library";
import type { PhotoId } from "../../src-shared/contract";
import type { Figure, Outcome } from "./figures";
import { quantile } from "./quantiles";
import { addPhotos, syntheticOutputs } from "./synthetic-photos";
import { inTemporaryFolder, withFreshLibrary } from "./temporary";

export interface SearchOptions {
  photos: number;
  words: number;
}

/** Number of generated photos; all others are close to one of them. */
const IMAGINED = 2000;
/** Maximum distance in each coordinate of a unit vector. */
const APART = 0.05;
/** As many as the window requests. */
const LIMIT = 500;
/** Targets for 100,000 photos. */
const MAX_MILLISECONDS = 10;
const WARM_UP = 50;
/** Maximum number of predictions that the program makes. */
const LABELS = 8;

/**
 * Milliseconds of a search for words that the visual model's classes cover, for other words, and for two words at once.
 */
export async function search({ photos: n, words }: SearchOptions): Promise<Outcome> {
  return inTemporaryFolder((folder) =>
    withFreshLibrary(folder, {}, async ({ library }) => {
      await fill(library, addPhotos(library.store, n));
      const { covered, uncovered } = wordsOf(library);
      const draw = random(17);
      const anyOf = (list: string[]) => list[Math.floor(draw() * list.length)];
      const queries: Record<string, () => string> = {
        "a word the classifier knows": () => anyOf(covered),
        "a word the classifier does not know": () => anyOf(uncovered),
        "two words": () => `${anyOf(covered)} ${anyOf(uncovered)}`,
      };
      const target = n <= 100_000 ? { atMost: MAX_MILLISECONDS } : undefined;
      const figures: Figure[] = [];
      for (const [what, next] of Object.entries(queries)) {
        const { finding, computing, whole } = timed(library, next, words);
        const figure = (of: string, times: number[], p: number, goal?: Figure["target"]): Figure => ({
          benchmark: "search",
          what: `${n.toLocaleString("en")} photos, ${what}: ${of}, p${100 * p}`,
          value: quantile(times, p),
          unit: "ms",
          target: goal,
        });
        figures.push(
          figure("photos found", finding, 0.5),
          figure("photos found", finding, 0.95, target),
          figure("photos found, CPU time", computing, 0.95),
          figure("photos found and sorted", whole, 0.95),
        );
      }
      return { figures };
    }),
  );
}

/** Milliseconds of each search. The CPU time on its own thread is independent of other load. */
function timed(
  library: OpenLibrary,
  next: () => string,
  words: number,
): Record<"finding" | "computing" | "whole", number[]> {
  const times = { finding: [] as number[], computing: [] as number[], whole: [] as number[] };
  for (let i = 0; i < words + WARM_UP; i++) {
    const query = next();
    const before = process.threadCpuUsage();
    const begun = performance.now();
    const hits = semanticSearch(library, query, LIMIT);
    const found = performance.now();
    const used = process.threadCpuUsage(before);
    queryView(library.store, { sort: "relevance", descending: true, group: "none" }, { hits });
    const arranged = performance.now();
    if (hits.photos.length !== LIMIT) throw new Error(`“${query}” found ${hits.photos.length} photos, not ${LIMIT}`);
    if (i < WARM_UP) continue;
    times.finding.push(found - begun);
    times.computing.push((used.user + used.system) / 1000);
    times.whole.push(arranged - begun);
  }
  return times;
}

/** Names in the label set, split by whether a class of the visual model is the label or a descendant. */
function wordsOf({ lexicon, ranker }: OpenLibrary): { covered: string[]; uncovered: string[] } {
  const names = [...new Set(ranker.labels.map((label) => lexicon.labels.name(label)))].filter(
    (name) => lexicon.vocabulary.rank(name) !== null,
  );
  const isCovered = (name: string) =>
    ranker.target(lexicon.vocabulary.vector(name)!, lexicon.labels.resolve(name)).classes.length > 0;
  const covered = new Set(names.filter(isCovered));
  return { covered: [...covered], uncovered: names.filter((name) => !covered.has(name)) };
}

/** Gives photos semantic embeddings and predictions, as if they had been embedded. */
export async function fill(library: OpenLibrary, photos: PhotoId[]): Promise<void> {
  await library.ranker.index();
  const output = syntheticOutputs(library, IMAGINED, 15);
  const semanticIndex = library.ranker.semanticEmbeddings(output);
  const { threshold } = settingsOf(library.store);
  const ranked = Array.from({ length: IMAGINED }, (_, i) =>
    library.ranker.rank(output, semanticIndex, i, { threshold, limit: LABELS }),
  );
  const E = semanticIndex.length / IMAGINED;
  const draw = random(16);
  for (let from = 0; from < photos.length; from += IMAGINED) {
    const some = photos.slice(from, from + IMAGINED);
    const near = semanticIndex.slice(0, some.length * E);
    for (let i = 0; i < near.length; i++) near[i] += APART * (2 * draw() - 1);
    for (let i = 0; i < some.length; i++) normalise(near, i * E, E);
    library.semanticIndex.put(some, firstOf(output, some.length), near);
    replacePredictions(
      library.store,
      library.model.model,
      some.map((photo, i) => ({
        photo,
        labels: ranked[i].map(({ label }) => label),
        scores: ranked[i].map(({ confidence }) => confidence),
      })),
    );
  }
}

function firstOf({ features, classes, probabilities }: VisualOutput, n: number): VisualOutput {
  const K = classes.length / IMAGINED;
  return { features, classes: classes.subarray(0, n * K), probabilities: probabilities.subarray(0, n * K) };
}
