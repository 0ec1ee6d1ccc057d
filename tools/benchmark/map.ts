import { setTimeout } from "node:timers/promises";
import { embeddingMap, makeEmbeddingMap } from "../../src-main/features/browse/embedding-map";
import { similarPhotos } from "../../src-main/features/browse/similar-photos";
import { random } from "../../src-main/math/random";
import { replacePredictions } from "../../src-main/store/predictions";
import type { OpenLibrary } from "../../src-main/workspace/open-library";
import type { PhotoId } from "../../src-shared/contract";
import type { Figure, Outcome } from "./figures";
import { panningFrames } from "./map-frames";
import { quantile } from "./quantiles";
import { addPhotos, storeOutputs, syntheticOutputs } from "./synthetic-photos";
import { asJob, inTemporaryFolder, secondsOf, withFreshLibrary } from "./temporary";

/** Photos generated per batch. */
const PHOTOS_PER_BATCH = 10_000;
const QUERIES = 30;
const MAX_MILLISECONDS = 8;
/** Until a map can be used, and until one of 100,000 photos is finished. */
const MAX_SECONDS_TO_FIRST = 2;
const MAX_SECONDS = 60;

/**
 * Time to lay out a map of this many photos, to answer with it, to find similar photos, and main-thread time per frame
 * while the map moves.
 */
export async function map({ sizes, shown }: { sizes: number[]; shown: number }): Promise<Outcome> {
  const figures: Figure[] = [];
  for (const n of sizes) figures.push(...(await ofLibrary(n)));
  const panned = await panningFrames(shown);
  if ("skipped" in panned) return { figures, notes: [`frames skipped: ${panned.skipped}`] };
  const [working, passing] = [panned.frames.map((frame) => frame.working), panned.frames.map((frame) => frame.passing)];
  const what = `${shown.toLocaleString("en")} photos, map dragged with the pointer`;
  const figure = (of: string, value: number, unit: string, target?: Figure["target"]) =>
    figures.push({ benchmark: "map", what: `${what}: ${of}`, value, unit, target });
  figure("main thread per frame, p50", quantile(working, 0.5), "ms");
  figure("main thread per frame, p95", quantile(working, 0.95), "ms", { atMost: MAX_MILLISECONDS });
  figure("frame with waiting for the graphics, p95", quantile(passing, 0.95), "ms");
  figure("frames measured", working.length, "frames");
  return { figures, notes: [`drawn by ${panned.renderer}`] };
}

async function ofLibrary(n: number): Promise<Figure[]> {
  return inTemporaryFolder((folder) =>
    withFreshLibrary(folder, {}, async ({ library, jobs }) => {
      const photos = addPhotos(library.store, n);
      for (let from = 0; from < n; from += PHOTOS_PER_BATCH)
        fill(library, photos.slice(from, from + PHOTOS_PER_BATCH), from);
      const begun = performance.now();
      const made = asJob(jobs, "map", (job) => makeEmbeddingMap(library, job));
      while ((await embeddingMap(library)) === null) await setTimeout(5);
      const standing = (performance.now() - begun) / 1000;
      await made;
      const making = (performance.now() - begun) / 1000;
      const answering = await secondsOf(() => embeddingMap(library));
      const answer = JSON.stringify(await embeddingMap(library));
      const times: number[] = [];
      const draw = random(5);
      const some = () => photos[Math.floor(draw() * n)];
      for (let i = 0; i <= QUERIES; i++) {
        const seconds = await secondsOf(() => similarPhotos(library, [some(), some()], [some()], 500));
        if (i > 0) times.push(1000 * seconds); // the first call prepares the data
      }
      const figure = (what: string, value: number, unit: string, target?: Figure["target"]): Figure => ({
        benchmark: "map",
        what: `${n.toLocaleString("en")} photos: ${what}`,
        value,
        unit,
        target,
      });
      return [
        figure("first map from stored features", standing, "s", { atMost: MAX_SECONDS_TO_FIRST }),
        figure("layout from stored features", making, "s", n === 100_000 ? { atMost: MAX_SECONDS } : undefined),
        figure("answer with labels and words", answering, "s"),
        figure("size of the answer as JSON", answer.length / 1e6, "MB"),
        figure("500 photos like two and unlike one, p95", quantile(times, 0.95), "ms"),
      ];
    }),
  );
}

/** Generated visual output, with the most probable classes as labels. */
function fill({ store, pack, prototypes, classLabels, model }: OpenLibrary, photos: PhotoId[], seed: number): void {
  const output = syntheticOutputs({ pack, prototypes }, photos.length, 100 + seed);
  storeOutputs(store, pack.visualId, photos, output);
  const K = output.classes.length / photos.length;
  replacePredictions(
    store,
    model.model,
    photos.map((photo, i) => {
      const labels = [...new Set([0, 1, 2].map((k) => classLabels[output.classes[i * K + k]]))];
      return { photo, labels, scores: labels.map((_, k) => output.probabilities[i * K + k]) };
    }),
  );
}
