import type { PhotoId, Verdict } from "../../src-shared/contract";
import { formatCount } from "../../src-shared/format-count";
import { transferBoxes } from "./box-verdicts";
import { prepared, type Store } from "./database";
import { transferMarks } from "./marks";
import { recordAll } from "./verdicts";

/**
 * Copies a photo's verdicts to another, except on labels that the other has a verdict on. Those on boxes hold where the
 * picture is still the same. Flags, ratings and colour labels go along.
 */
export function copyVerdicts(store: Store, from: PhotoId, to: PhotoId): number {
  transferBoxes(store, from, to);
  transferMarks(store, from, to, "Keep marks on an edited copy");
  const changes = prepared<{ label: number; verdict: "accept" | "reject"; added: number }>(
    store,
    `
    SELECT label, verdict, added FROM standing WHERE photo = ?
      AND label NOT IN (SELECT label FROM standing WHERE photo = ?) ORDER BY event`,
  )
    .all(from, to)
    .map(({ label, verdict, added }) => ({
      photo: to,
      label: store.labels.ids.get(label)!,
      verdict,
      added: added === 1,
    }));
  return recordAll(store, changes, {
    source: "copy",
    describe: (n) => `Keep ${formatCount(n, "verdict")} on an edited copy`,
  });
}

/**
 * Copies what was decided later on one photo to another, which is the same picture in another file. A verdict that was
 * cleared later is cleared there too.
 */
export function transferVerdicts(store: Store, from: PhotoId, to: PhotoId): number {
  transferBoxes(store, from, to);
  transferMarks(store, from, to, "Keep marks from another file of the photo");
  // SQLite takes the other columns from the row with max(id).
  const lastOn = `SELECT label, verdict, added, max(id) AS event FROM verdict_event WHERE photo = ? GROUP BY label`;
  const changes = prepared<{ label: number; verdict: Verdict; added: number }>(
    store,
    `
    SELECT f.label, f.verdict, f.added FROM (${lastOn}) f LEFT JOIN (${lastOn}) t ON t.label = f.label
      WHERE f.event > coalesce(t.event, 0) ORDER BY f.event`,
  )
    .all(from, to)
    .map(({ label, verdict, added }) => ({
      photo: to,
      label: store.labels.ids.get(label)!,
      verdict,
      added: added === 1,
    }));
  return recordAll(store, changes, {
    source: "copy",
    describe: (n) => `Keep ${formatCount(n, "verdict")} from another file of the photo`,
  });
}
