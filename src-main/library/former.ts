import type { LabelId, ModelId, PhotoId } from "../../src-preload/contract";
import { type Library, prepared } from "./database";

/** What a photo carried by prediction before its model was changed. */
export interface Moved {
  photo: PhotoId;
  /** Best first, down to what is kept. */
  before: { label: LabelId; score: number }[];
  /** Sum of the absolute differences of confidence. */
  change: number;
}

/** Present photos without a verdict that this model moved most from what the model before it said of them, most first. */
export function movedMost(library: Library, model: ModelId, limit: number): Moved[] {
  const rows = prepared<{ photo: number; labels: string; change: number }>(library, `
    SELECT f.photo, f.labels, f.change FROM cache.former f CROSS JOIN cache.ranked r ON r.photo = f.photo CROSS JOIN photo p ON p.id = f.photo
    WHERE f.after = ? AND r.model = f.after AND p.files > 0 AND f.change > 0 AND NOT EXISTS (SELECT 1 FROM standing s WHERE s.photo = f.photo)
    ORDER BY f.change DESC LIMIT ?`).all(model, limit);
  return rows.map(({ photo, labels, change }) => ({
    photo, change, before: (JSON.parse(labels) as [number, number][]).map(([label, score]) => ({ label: library.labels.ids.get(label)!, score })),
  }));
}

/** How many present photos this model gave another first label than the model before it. */
export function countMoved(library: Library, model: ModelId): number {
  return prepared<{ n: number }>(library, `
    SELECT count(*) AS n FROM cache.former f CROSS JOIN photo p ON p.id = f.photo WHERE f.after = ? AND p.files > 0
    AND f.labels ->> '$[0][0]' IS NOT (SELECT q.label FROM cache.prediction q WHERE q.photo = f.photo ORDER BY q.place LIMIT 1)`).get(model)!.n;
}

/** From which score each label is shown. */
export function barsOf(library: Library): (label: LabelId) => number {
  const bars = new Map(prepared<{ label: number; score: number }>(library, "SELECT label, score FROM temp.bar").all().map(({ label, score }) => [label, score]));
  return (label) => bars.get(library.labels.numbers.get(label) ?? -1) ?? bars.get(0)!;
}
