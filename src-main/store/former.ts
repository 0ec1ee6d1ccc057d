import { setImmediate } from "node:timers/promises";
import type { LabelId, ModelId, PhotoId } from "../../src-shared/contract";
import { type Library, prepared } from "./database";
import { barOf, HIDDEN } from "./shown";

/** What a photo carried by prediction before its model was changed. */
export interface Moved {
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
const LOOKED_AT = 5000;
/** Ids that are looked at between two breaths. */
const CHUNK = 2000;

/** SQL for whether another label is shown first than before, of a row `f` of what was before. */
const MOVED = `
  (SELECT j.value ->> '$[0]' FROM json_each(f.labels) j WHERE j.value ->> '$[1]' >= ${barOf("j.value ->> '$[0]'")} AND j.value ->> '$[0]' NOT IN (${HIDDEN}) ORDER BY j.key LIMIT 1)
  IS NOT (SELECT q.label FROM shown q WHERE q.photo = f.photo ORDER BY q.place LIMIT 1)`;
const UNJUDGED = "NOT EXISTS (SELECT 1 FROM standing s WHERE s.photo = f.photo)";

/**
 * Present photos without a verdict that this model gave another first label than the model before it, those whose
 * labels it moved most first.
 */
export function movedMost(library: Library, model: ModelId, limit: number): Moved[] {
  const rows = prepared<{ photo: number; labels: string; change: number }>(
    library,
    `
    SELECT f.photo, f.labels, f.change FROM
      (SELECT photo, after, labels, change FROM cache.former WHERE after = ? AND change > 0 ORDER BY change DESC LIMIT ${LOOKED_AT}) f
      CROSS JOIN cache.ranked r ON r.photo = f.photo CROSS JOIN photo p ON p.id = f.photo
    WHERE r.model = f.after AND p.files > 0 AND ${UNJUDGED} AND ${MOVED}
    ORDER BY f.change DESC LIMIT ?`,
  ).all(model, limit);
  return rows.map(({ photo, labels, change }) => ({
    photo,
    change,
    before: (JSON.parse(labels) as [number, number][]).map(([label, score]) => ({
      label: library.labels.ids.get(label)!,
      score,
    })),
  }));
}

/**
 * How many present photos without a verdict this model gave another first label than the model before it. Others run
 * meanwhile.
 */
export async function countMoved(library: Library, model: ModelId): Promise<number> {
  const last =
    prepared<{ last: number | null }>(library, "SELECT max(photo) AS last FROM cache.former").get()!.last ?? 0;
  let moved = 0;
  for (let from = 1; from <= last; from += CHUNK) {
    moved += prepared<{ n: number }>(
      library,
      `
      SELECT count(*) AS n FROM cache.former f CROSS JOIN photo p ON p.id = f.photo
      WHERE f.photo BETWEEN ? AND ? AND f.after = ? AND f.change > 0 AND p.files > 0 AND ${UNJUDGED} AND ${MOVED}`,
    ).get(from, from + CHUNK - 1, model)!.n;
    await setImmediate();
  }
  return moved;
}

/** From which score each label is shown. */
export function barsOf(library: Library): (label: LabelId) => number {
  const bars = new Map(
    prepared<{ label: number; score: number }>(library, "SELECT label, score FROM temp.bar")
      .all()
      .map(({ label, score }) => [label, score]),
  );
  return (label) => bars.get(library.labels.numbers.get(label) ?? -1) ?? bars.get(0)!;
}
