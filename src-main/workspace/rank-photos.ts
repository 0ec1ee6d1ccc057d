import { setImmediate } from "node:timers/promises";
import type { LabelId, PhotoId } from "../../src-shared/contract";
import type { JobHandle } from "../base/jobs";
import { shiftedTo } from "../devise/known-share";
import type { Seen } from "../devise/places";
import { type Labeller } from "../labeller/labeller";
import { photosWithFeatures } from "../store/features";
import { photosToRank, type Prediction, replacePredictions } from "../store/predictions";
import { KEPT_FROM } from "../store/shown";
import { seenPhotos, withConcepts } from "./seen-photos";
import type { Workbench } from "./workbench";

/** Labels a photo carries at most by prediction. */
export const MOST_LABELS = 12;

/** Photos ranked between two breaths: some 15 ms. */
const CHUNK = 64;

/**
 * Labels of photos, best first, down to what is kept; the labeller must be prepared. @param places `[n, E]` of the same
 * labeller
 */
export function predict(
  { share }: Workbench,
  labeller: Labeller,
  seen: Seen,
  places: Float32Array,
): { label: LabelId; confidence: number }[][] {
  const options = { threshold: KEPT_FROM, limit: MOST_LABELS };
  const odds = labeller.knownOdds(seen);
  return Array.from({ length: places.length / labeller.E }, (_, i) =>
    labeller.rank(seen, places, i, { ...options, share, shows: odds ? shiftedTo(share, odds[i]) : undefined }),
  );
}

/** Ranks and stores the labels of photos just seen; the labeller must be prepared. */
export function labelPhotos(bench: Workbench, photos: PhotoId[], looked: Seen): void {
  replacePredictions(bench.library, bench.model.model, rankSeen(bench, photos, looked));
}

/** Ranks the labels of photos just seen, and stores none; the labeller must be prepared. */
function rankSeen(bench: Workbench, photos: PhotoId[], looked: Seen): Prediction[] {
  const { labeller, places } = bench;
  const seen = looked.concepts ? looked : withConcepts(bench, photos, looked);
  const standing = labeller.placesOf(seen);
  places.put(photos, seen, standing);
  return predict(bench, labeller, seen, standing).map((ranked, i) => ({
    photo: photos[i],
    labels: ranked.map(({ label }) => label),
    scores: ranked.map(({ confidence }) => confidence),
  }));
}

/** The labels that the model in use gives every photo that was looked at; none is stored. */
export async function rankedAfresh(bench: Workbench, job: JobHandle): Promise<Prediction[]> {
  await bench.labeller.index();
  const rows: Prediction[] = [];
  await inChunks(bench, job, (photos) => {
    rows.push(...rankSeen(bench, photos, seenPhotos(bench, photos)));
  });
  return rows;
}

/**
 * Labels every photo that the model in use has not labelled; all others only find their place for searching.
 * @param first asked again and again for photos that come before all others
 * @param onFirst told when the first of them are labelled
 */
export async function rankPhotos(
  bench: Workbench,
  job: JobHandle,
  onLabelled: (photos: PhotoId[]) => void,
  first: () => PhotoId[] = () => [],
  onFirst?: () => void,
): Promise<number> {
  if (bench.isPackGone) return 0;
  const waiting = new Set(photosToRank(bench.library, bench.pack.visualId, bench.model.model));
  const total = waiting.size;
  if (total > 0) await bench.labeller.prepare();
  const label = (photos: PhotoId[]) => {
    if (photos.length === 0) return;
    for (const photo of photos) waiting.delete(photo);
    labelPhotos(bench, photos, seenPhotos(bench, photos));
    onLabelled(photos);
  };
  const labelFirst = async () => {
    for (let soon = soonest(first(), waiting); soon.length > 0; soon = soonest(first(), waiting)) {
      label(soon);
      await setImmediate();
      await job.breath();
    }
  };
  await labelFirst();
  onFirst?.();
  if (waiting.size > CHUNK) await bench.labeller.index();
  await inChunks(bench, job, async (photos) => {
    await labelFirst();
    place(
      bench,
      photos.filter((photo) => !waiting.has(photo) && !bench.places.has(photo)),
    );
    label(photos.filter((photo) => waiting.has(photo)));
  });
  return total;
}

/** The first chunk of photos that are wanted and wait, ascending as features are read. */
const soonest = (wanted: PhotoId[], waiting: ReadonlySet<PhotoId>): PhotoId[] =>
  [...new Set(wanted)]
    .filter((photo) => waiting.has(photo))
    .slice(0, CHUNK)
    .sort((a, b) => a - b);

/** Finds every photo's place for searching and changes no label. */
export const placePhotos = (bench: Workbench, job: JobHandle): Promise<void> =>
  inChunks(bench, job, (photos) => place(bench, photos));

function place(bench: Workbench, photos: PhotoId[]): void {
  const { labeller, places } = bench;
  if (photos.length === 0) return;
  const seen = seenPhotos(bench, photos);
  places.put(photos, seen, labeller.placesOf(seen));
}

async function inChunks(
  { library, pack }: Workbench,
  job: JobHandle,
  work: (photos: PhotoId[]) => Promise<void> | void,
): Promise<void> {
  const all = photosWithFeatures(library, pack.visualId);
  for (let from = 0; from < all.length; from += CHUNK) {
    job.progress(from, all.length);
    await work(all.slice(from, from + CHUNK));
    await setImmediate(); // calls are answered meanwhile
    await job.breath();
  }
  job.progress(all.length, all.length);
}
