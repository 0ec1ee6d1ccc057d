import type { LabelId, PhotoId } from "../../src-shared/contract";
import { prepared, type Store } from "./database";

/** A label that a photo carries: accepted, or predicted and not rejected. */
export interface EffectiveLabel {
  label: LabelId;
  /** Confidence 0..1; 1 if accepted. */ score: number;
}

/**
 * The effective labels of all photos with ids from `from` to `to`, best first: those of `labelsOfPhoto` without the
 * rejected ones. Photos without labels are left out.
 * Reads along two indexes: 100,000 photos take less than a second.
 */
export function effectiveLabels(store: Store, from: PhotoId, to: PhotoId): Map<PhotoId, EffectiveLabel[]> {
  const { ids } = store.labels;
  const found = new Map<PhotoId, EffectiveLabel[]>();
  const annotated = new Set<string>();
  const add = (photo: number, label: number, score: number) => {
    const effective = { label: ids.get(label)!, score };
    const known = found.get(photo);
    if (known) known.push(effective);
    else found.set(photo, [effective]);
  };
  for (const { photo, label, verdict } of prepared<{ photo: number; label: number; verdict: string }>(
    store,
    "SELECT photo, label, verdict FROM standing WHERE photo BETWEEN ? AND ? ORDER BY event",
  ).all(from, to)) {
    annotated.add(`${photo} ${label}`);
    if (verdict === "accept") add(photo, label, 1);
  }
  for (const [photo, label, score] of prepared(
    store,
    "SELECT photo, label, score FROM shown WHERE photo BETWEEN ? AND ? ORDER BY photo, place",
  )
    .raw()
    .all(from, to) as [number, number, number][]) {
    if (annotated.size === 0 || !annotated.has(`${photo} ${label}`)) add(photo, label, score);
  }
  return found;
}
