import { setImmediate } from "node:timers/promises";
import type { LabelId, PhotoId } from "../../src-shared/contract";
import type { JobHandle } from "../base/jobs";
import { shiftPrior } from "../devise/in-distribution";
import type { VisualOutput } from "../devise/semantic-embedding";
import { type LabelRanker } from "../labeller/label-ranker";
import { photosWithFeatures } from "../store/features";
import { photosToRank, type Prediction, replacePredictions } from "../store/predictions";
import { MIN_STORED_SCORE } from "../store/shown-labels";
import { MAX_PREDICTED_LABELS } from "./max-predicted-labels";
import type { OpenLibrary } from "./open-library";
import { addConcepts, readVisualOutputs } from "./visual-outputs";

/** Photos ranked between yields (about 15 ms). */
const PHOTOS_PER_YIELD = 64;

/**
 * Predicts labels, best first, down to the lowest score that is stored. The ranker must be prepared.
 * @param embeddings `[n, E]` semantic embeddings from the same ranker
 */
export function predict(
  { share }: OpenLibrary,
  ranker: LabelRanker,
  output: VisualOutput,
  embeddings: Float32Array,
): { label: LabelId; confidence: number }[][] {
  const options = { threshold: MIN_STORED_SCORE, limit: MAX_PREDICTED_LABELS };
  const odds = ranker.inDistributionLogOdds(output);
  return Array.from({ length: embeddings.length / ranker.E }, (_, i) =>
    ranker.rank(output, embeddings, i, {
      ...options,
      share,
      inDistribution: odds ? shiftPrior(share, odds[i]!) : undefined,
    }),
  );
}

/** Ranks and stores the labels of newly embedded photos. The ranker must be prepared. */
export function labelPhotos(library: OpenLibrary, photos: PhotoId[], looked: VisualOutput): void {
  replacePredictions(library.store, library.model.model, rankOutputs(library, photos, looked));
}

/**
 * Ranks the labels of photos and adds the photos to the semantic index; doesn't store labels. The ranker must be
 * prepared.
 */
function rankOutputs(library: OpenLibrary, photos: PhotoId[], looked: VisualOutput): Prediction[] {
  const { ranker, semanticIndex } = library;
  const output = looked.concepts ? looked : addConcepts(library, photos, looked);
  const embeddings = ranker.semanticEmbeddings(output);
  semanticIndex.put(photos, output, embeddings);
  return predict(library, ranker, output, embeddings).map((ranked, i) => ({
    photo: photos[i]!,
    labels: ranked.map(({ label }) => label),
    scores: ranked.map(({ confidence }) => confidence),
  }));
}

/** The current model's labels for every photo with features; doesn't store them. */
export async function rerankAll(library: OpenLibrary, job: JobHandle): Promise<Prediction[]> {
  await library.ranker.index();
  const rows: Prediction[] = [];
  await forEachBatch(library, job, (photos) => {
    rows.push(...rankOutputs(library, photos, readVisualOutputs(library, photos)));
  });
  return rows;
}

/**
 * Labels every photo that the current model hasn't labelled, and adds the others to the semantic index.
 * @param first photos to label first; called repeatedly
 * @param onFirst called when the first of them are labelled
 * @returns how many photos were labelled
 */
export async function rankPhotos(
  library: OpenLibrary,
  job: JobHandle,
  onLabelled: (photos: PhotoId[]) => void,
  first: () => PhotoId[] = () => [],
  onFirst?: () => void,
): Promise<number> {
  if (library.isPackMissing) return 0;
  const waiting = new Set(photosToRank(library.store, library.pack.visualId, library.model.model));
  const total = waiting.size;
  if (total > 0) await library.ranker.prepare();
  const label = (photos: PhotoId[]) => {
    if (photos.length === 0) return;
    for (const photo of photos) waiting.delete(photo);
    labelPhotos(library, photos, readVisualOutputs(library, photos));
    onLabelled(photos);
  };
  const labelFirst = async () => {
    for (let soon = nextWanted(first(), waiting); soon.length > 0; soon = nextWanted(first(), waiting)) {
      label(soon);
      await setImmediate();
      await job.yield();
    }
  };
  await labelFirst();
  onFirst?.();
  if (waiting.size > PHOTOS_PER_YIELD) await library.ranker.index();
  await forEachBatch(library, job, async (photos) => {
    await labelFirst();
    addToIndex(
      library,
      photos.filter((photo) => !waiting.has(photo) && !library.semanticIndex.has(photo)),
    );
    label(photos.filter((photo) => waiting.has(photo)));
  });
  return total;
}

/** The next batch of wanted photos that still wait, in ascending order, as features are read. */
const nextWanted = (wanted: PhotoId[], waiting: ReadonlySet<PhotoId>): PhotoId[] =>
  [...new Set(wanted)]
    .filter((photo) => waiting.has(photo))
    .slice(0, PHOTOS_PER_YIELD)
    .sort((a, b) => a - b);

/** Adds every photo to the semantic index without changing labels; none if the pack that labelled them is missing. */
export async function indexPhotos(library: OpenLibrary, job: JobHandle): Promise<void> {
  if (!library.isPackMissing) await forEachBatch(library, job, (photos) => addToIndex(library, photos));
}

function addToIndex(library: OpenLibrary, photos: PhotoId[]): void {
  const { ranker, semanticIndex } = library;
  if (photos.length === 0) return;
  const output = readVisualOutputs(library, photos);
  semanticIndex.put(photos, output, ranker.semanticEmbeddings(output));
}

async function forEachBatch(
  { store, pack }: OpenLibrary,
  job: JobHandle,
  work: (photos: PhotoId[]) => Promise<void> | void,
): Promise<void> {
  const all = photosWithFeatures(store, pack.visualId);
  for (let from = 0; from < all.length; from += PHOTOS_PER_YIELD) {
    job.progress(from, all.length);
    await work(all.slice(from, from + PHOTOS_PER_YIELD));
    await setImmediate(); // let pending calls run
    await job.yield();
  }
  job.progress(all.length, all.length);
}
