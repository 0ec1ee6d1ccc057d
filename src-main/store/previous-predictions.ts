import { setImmediate } from "node:timers/promises";
import type { LabelId, ModelId, PhotoId } from "../../src-shared/contract";
import { prepared, type Store } from "./database";
import { HIDDEN_LABELS_SQL, thresholdSql } from "./shown-labels";

/** A photo's predictions before its model was changed. */
export interface ChangedPrediction {
  photo: PhotoId;
  /** All stored ones, best first. */
  before: { label: LabelId; score: number }[];
  /** Sum of the absolute differences of confidence. */
  change: number;
}

/**
 * The first label is compared only for this many photos, those whose predictions changed most: enough for any list, and
 * it takes a few milliseconds.
 */
const CONSIDERED_ROWS = 5000;
/** Photos counted between yields. */
const PHOTOS_PER_YIELD = 2000;

/** SQL for whether the first label shown differs from that of a row `f` of previous predictions. */
const CHANGED_SQL = `
  (SELECT j.value ->> '$[0]' FROM json_each(f.labels) j
    WHERE j.value ->> '$[1]' >= ${thresholdSql("j.value ->> '$[0]'")}
    AND j.value ->> '$[0]' NOT IN (${HIDDEN_LABELS_SQL}) ORDER BY j.key LIMIT 1)
  IS NOT (SELECT q.label FROM shown q WHERE q.photo = f.photo ORDER BY q.place LIMIT 1)`;
const UNANNOTATED_SQL = "NOT EXISTS (SELECT 1 FROM standing s WHERE s.photo = f.photo)";

/**
 * Present photos without a verdict whose first label differs from the one the previous model gave, those whose
 * predictions changed most first.
 */
export function mostChangedPredictions(store: Store, model: ModelId, limit: number): ChangedPrediction[] {
  const rows = prepared<{ photo: number; labels: string; change: number }>(
    store,
    `
    SELECT f.photo, f.labels, f.change FROM
      (SELECT photo, after, labels, change FROM cache.former WHERE after = ? AND change > 0 ORDER BY change DESC LIMIT ${CONSIDERED_ROWS}) f
      CROSS JOIN cache.ranked r ON r.photo = f.photo CROSS JOIN photo p ON p.id = f.photo
    WHERE r.model = f.after AND p.files > 0 AND ${UNANNOTATED_SQL} AND ${CHANGED_SQL}
    ORDER BY f.change DESC LIMIT ?`,
  ).all(model, limit);
  return rows.map(({ photo, labels, change }) => ({
    photo,
    change,
    before: (JSON.parse(labels) as [number, number][]).map(([label, score]) => ({
      label: store.labels.ids.get(label)!,
      score,
    })),
  }));
}

/**
 * The number of present photos without a verdict whose first label differs from the one the previous model gave. Yields
 * now and then.
 */
export async function countChangedPredictions(store: Store, model: ModelId): Promise<number> {
  const last = prepared<{ last: number | null }>(store, "SELECT max(photo) AS last FROM cache.former").get()!.last ?? 0;
  let moved = 0;
  for (let from = 1; from <= last; from += PHOTOS_PER_YIELD) {
    moved += prepared<{ n: number }>(
      store,
      `
      SELECT count(*) AS n FROM cache.former f CROSS JOIN photo p ON p.id = f.photo
      WHERE f.photo BETWEEN ? AND ? AND f.after = ? AND f.change > 0 AND p.files > 0 AND ${UNANNOTATED_SQL} AND ${CHANGED_SQL}`,
    ).get(from, from + PHOTOS_PER_YIELD - 1, model)!.n;
    await setImmediate();
  }
  return moved;
}

/** The threshold of each label. */
export function thresholdsOf(store: Store): (label: LabelId) => number {
  const bars = new Map(
    prepared<{ label: number; score: number }>(store, "SELECT label, score FROM temp.bar")
      .all()
      .map(({ label, score }) => [label, score]),
  );
  return (label) => bars.get(store.labels.numbers.get(label) ?? -1) ?? bars.get(0)!;
}
