import type { LabelId, PhotoId } from "../../src-shared/contract";
import { prepared, type Store } from "./database";

/** All stored predictions for a photo, whatever the threshold and the verdicts. */
export interface RankedPhoto {
  photo: PhotoId;
  /** Best first. */
  labels: LabelId[];
  /** Confidences 0..1, in the order of `labels`. */
  scores: number[];
}

/** The number of present photos that have been ranked, by any model. */
export function countRanked(store: Store): number {
  return prepared<{ n: number }>(
    store,
    "SELECT count(*) AS n FROM cache.ranked r JOIN photo p ON p.id = r.photo WHERE p.files > 0",
  ).get()!.n;
}

/** The same photos by id, in batches of `atATime`. */
export function* rankedPhotos(store: Store, atATime: number): Generator<RankedPhoto[]> {
  const next = prepared<{ photo: number; label: number | null; score: number }>(
    store,
    `
    SELECT some.photo, q.label, q.score FROM (
      SELECT r.photo FROM cache.ranked r JOIN photo p ON p.id = r.photo WHERE p.files > 0 AND r.photo > ? ORDER BY r.photo LIMIT ?
    ) some LEFT JOIN cache.prediction q ON q.photo = some.photo ORDER BY some.photo, q.place`,
  );
  for (let after = 0; ;) {
    const photos: RankedPhoto[] = [];
    for (const { photo, label, score } of next.all(after, atATime)) {
      if (photos.at(-1)?.photo !== photo) photos.push({ photo, labels: [], scores: [] });
      if (label === null) continue;
      photos.at(-1)!.labels.push(store.labels.ids.get(label)!);
      photos.at(-1)!.scores.push(score);
    }
    if (photos.length === 0) return;
    yield photos;
    after = photos.at(-1)!.photo;
  }
}
