import type { Seen } from "../../src-main/devise/places";
import { findPhotos } from "../../src-main/features/browse/find-photos";
import { random } from "../../src-main/math/random";
import { normalise } from "../../src-main/math/vectors";
import { arrange } from "../../src-main/store/browse";
import { replacePredictions } from "../../src-main/store/predictions";
import { settingsOf } from "../../src-main/store/settings";
import type { Workbench } from "../../src-main/workspace/workbench";
import type { PhotoId } from "../../src-shared/contract";
import type { Figure, Outcome } from "./figures";
import { quantile } from "./quantiles";
import { addPhotos, imagineSeen } from "./synthetic-photos";
import { inTemporaryFolder, withFreshLibrary } from "./temporary";

export interface SearchOptions {
  photos: number;
  words: number;
}

/** Photos whose features are imagined; all others stand near one of them. */
const IMAGINED = 2000;
/** How far, each coordinate of a unit vector at most. */
const APART = 0.05;
/** As many as the window asks for. */
const LIMIT = 500;
/** For a hundred thousand photos. */
const MOST_MILLISECONDS = 10;
const WARM_UP = 50;
/** As many as the program predicts at most. */
const LABELS = 8;

/** Milliseconds of a search by word, for words that the visual model's classes cover, others, and two words at once. */
export async function search({ photos: n, words }: SearchOptions): Promise<Outcome> {
  return inTemporaryFolder((folder) =>
    withFreshLibrary(folder, {}, async ({ bench }) => {
      await fill(bench, addPhotos(bench.library, n));
      const { covered, uncovered } = wordsOf(bench);
      const draw = random(17);
      const anyOf = (list: string[]) => list[Math.floor(draw() * list.length)];
      const queries: Record<string, () => string> = {
        "a word the classifier knows": () => anyOf(covered),
        "a word the classifier does not know": () => anyOf(uncovered),
        "two words": () => `${anyOf(covered)} ${anyOf(uncovered)}`,
      };
      const target = n <= 100_000 ? { atMost: MOST_MILLISECONDS } : undefined;
      const figures: Figure[] = [];
      for (const [what, next] of Object.entries(queries)) {
        const { finding, computing, whole } = timed(bench, next, words);
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
          figure("photos found, processor time", computing, 0.95),
          figure("photos found and sorted", whole, 0.95),
        );
      }
      return { figures };
    }),
  );
}

/** Milliseconds of each search; what it computes alone on its thread does not depend on who else uses the machine. */
function timed(
  bench: Workbench,
  next: () => string,
  words: number,
): Record<"finding" | "computing" | "whole", number[]> {
  const times = { finding: [] as number[], computing: [] as number[], whole: [] as number[] };
  for (let i = 0; i < words + WARM_UP; i++) {
    const query = next();
    const before = process.threadCpuUsage();
    const begun = performance.now();
    const hits = findPhotos(bench, query, LIMIT);
    const found = performance.now();
    const used = process.threadCpuUsage(before);
    arrange(bench.library, { sort: "relevance", descending: true, group: "none" }, hits);
    const arranged = performance.now();
    if (hits.photos.length !== LIMIT) throw new Error(`“${query}” found ${hits.photos.length} photos, not ${LIMIT}`);
    if (i < WARM_UP) continue;
    times.finding.push(found - begun);
    times.computing.push((used.user + used.system) / 1000);
    times.whole.push(arranged - begun);
  }
  return times;
}

/** Names of the label set, by whether the visual model has a class that is it or a kind of it. */
function wordsOf({ lexicon, labeller }: Workbench): { covered: string[]; uncovered: string[] } {
  const names = [...new Set(labeller.labels.map((label) => lexicon.labels.name(label)))].filter(
    (name) => lexicon.vocabulary.rank(name) !== null,
  );
  const isCovered = (name: string) =>
    labeller.target(lexicon.vocabulary.vector(name)!, lexicon.labels.resolve(name)).classes.length > 0;
  const covered = new Set(names.filter(isCovered));
  return { covered: [...covered], uncovered: names.filter((name) => !covered.has(name)) };
}

/** Gives photos places and predicted labels, as if the visual model had looked at them. */
export async function fill(bench: Workbench, photos: PhotoId[]): Promise<void> {
  await bench.labeller.index();
  const seen = imagineSeen(bench, IMAGINED, 15);
  const places = bench.labeller.placesOf(seen);
  const { threshold } = settingsOf(bench.library);
  const ranked = Array.from({ length: IMAGINED }, (_, i) =>
    bench.labeller.rank(seen, places, i, { threshold, limit: LABELS }),
  );
  const E = places.length / IMAGINED;
  const draw = random(16);
  for (let from = 0; from < photos.length; from += IMAGINED) {
    const some = photos.slice(from, from + IMAGINED);
    const near = places.slice(0, some.length * E);
    for (let i = 0; i < near.length; i++) near[i] += APART * (2 * draw() - 1);
    for (let i = 0; i < some.length; i++) normalise(near, i * E, E);
    bench.places.put(some, firstOf(seen, some.length), near);
    replacePredictions(
      bench.library,
      bench.model.model,
      some.map((photo, i) => ({
        photo,
        labels: ranked[i].map(({ label }) => label),
        scores: ranked[i].map(({ confidence }) => confidence),
      })),
    );
  }
}

function firstOf({ features, classes, probabilities }: Seen, n: number): Seen {
  const K = classes.length / IMAGINED;
  return { features, classes: classes.subarray(0, n * K), probabilities: probabilities.subarray(0, n * K) };
}
