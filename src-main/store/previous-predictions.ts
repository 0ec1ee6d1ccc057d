import { setImmediate } from "node:timers/promises";
import type { LabelId, ModelId, PhotoId } from "../../src-shared/contract";
import { prepared, type Store } from "./database";
import { HIDDEN_LABELS_SQL, thresholdSql } from "./shown-labels";

/** What a photo carried by prediction before its model was changed. */
export interface ChangedPrediction {
  photo: PhotoId;
  /** Best first, down to what is kept. */
  before: { label: LabelId; score: number }[];
  /** Sum of the absolute differences of confidence. */
  change: number;
}

/**
 * Among so many of those that moved most the ones with another first label are looked for: enough for any list, and few
 * milliseconds.
 */
const CONSIDERED_ROWS = 5000;
/** Ids that are looked at between two breaths. */
const PHOTOS_PER_YIELD = 2000;

/** SQL for whether another label is shown first than before, of a row `f` of what was before. */
const CHANGED_SQL = `
  (SELECT j.value ->> '$[0]' FROM json_each(f.labels) j WHERE j.value ->> '$[1]' >= ${thresholdSql("j.value ->> '$[0]'")} AND j.value ->> '$[0]' NOT IN (${HIDDEN_LABELS_SQL}) ORDER BY j.key LIMIT 1)
  IS NOT (SELECT q.label FROM shown q WHERE q.photo = f.photo ORDER BY q.place LIMIT 1)`;
const UNANNOTATED_SQL = "NOT EXISTS (SELECT 1 FROM standing s WHERE s.photo = f.photo)";

/**
 * Present photos without a verdict that this model gave another first label than the model before it, those whose
 * labels it moved most first.
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
 * How many present photos without a verdict this model gave another first label than the model before it. Others run
 * meanwhile.
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

/** From which score each label is shown. */
export function thresholdsOf(store: Store): (label: LabelId) => number {
  const bars = new Map(
    prepared<{ label: number; score: number }>(store, "SELECT label, score FROM temp.bar")
      .all()
      .map(({ label, score }) => [label, score]),
  );
  return (label) => bars.get(store.labels.numbers.get(label) ?? -1) ?? bars.get(0)!;
}
