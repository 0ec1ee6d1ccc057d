import type { LabelId, PhotoId } from "../../src-shared/contract";
import type { Rectangle } from "../base/overlap";
import { type ActionSource, beginAction } from "./actions";
import { inTransaction, labelNumbers, prepared, type Store } from "./database";

/** A detected box: what a person can reject. */
export interface Box {
  photo: PhotoId;
  /** Id of the detector that found it. */
  detector: string;
  label: LabelId;
  box: Rectangle;
}

/** Boxes of one label that overlap this much (intersection over union) are the same box, found again. */
export const SAME_BOX = 0.7;

/** Places are stored in this fraction of the photo. */
const STEPS = 10_000;

/** A verdict on a box as it is stored: the sides in steps of the photo. */
export interface BoxChange {
  photo: PhotoId;
  detector: string;
  label: LabelId;
  x0: number;
  y0: number;
  x1: number;
  y1: number;
  verdict: "reject" | "clear";
}

interface Place {
  label: number;
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

/** The last row of each box of a photo. SQLite takes the other columns from the row with max(id). */
const LAST_SQL = `SELECT detector, label, x0, y0, x1, y1, verdict, max(id) AS id FROM box_verdict WHERE photo = ?
  GROUP BY label, x0, y0, x1, y1`;
const COLUMNS = "at, action, kind, photo, detector, label, x0, y0, x1, y1, verdict";

/**
 * Rejects a box as one action that undo takes back. The photo's labels become stale until they are predicted again.
 * @param name the label's display name, for the action's description
 * @throws Error if the photo doesn't exist
 */
export function rejectBox(store: Store, { photo, detector, label, box }: Box, name: string): void {
  const number = labelNumbers(store, [label]).get(label)!;
  inTransaction(store, () => {
    const [x0, y0, x1, y1] = box.map((side) => Math.round(side * STEPS)) as [number, number, number, number];
    const action = beginAction(store, "person", `Reject box “${name}”`);
    append(store, action, { photo, detector, label: number, x0, y0, x1, y1, verdict: "reject" });
    makeStale(store, photo);
  });
}

/** The boxes of a photo that are rejected, by whichever detector they were found. */
export function rejectedBoxes(store: Store, photo: PhotoId): { label: LabelId; box: Rectangle }[] {
  return prepared<Place>(store, `SELECT label, x0, y0, x1, y1 FROM (${LAST_SQL}) WHERE verdict = 'reject' ORDER BY id`)
    .all(photo)
    .map(({ label, x0, y0, x1, y1 }) => ({
      label: store.labels.ids.get(label)!,
      box: [x0 / STEPS, y0 / STEPS, x1 / STEPS, y1 / STEPS],
    }));
}

/** The photos on which an action judged boxes. */
export const photosOfBoxes = (store: Store, action: number): PhotoId[] =>
  prepared<PhotoId>(store, "SELECT DISTINCT photo FROM box_verdict WHERE action = ?").pluck().all(action);

/** Appends the rows that take an action's verdicts on boxes back. */
export const undoBoxes = (store: Store, action: number): void => replay(store, action, "undo", "'clear'");

/** Appends an action's verdicts on boxes again. */
export const redoBoxes = (store: Store, action: number): void => replay(store, action, "redo", "verdict");

function replay(store: Store, action: number, kind: "undo" | "redo", verdict: string): void {
  prepared(
    store,
    `INSERT INTO box_verdict (${COLUMNS})
    SELECT ?, action, '${kind}', photo, detector, label, x0, y0, x1, y1, ${verdict}
    FROM box_verdict WHERE action = ? AND kind = 'judge' ORDER BY id`,
  ).run(Date.now(), action);
  for (const photo of photosOfBoxes(store, action)) makeStale(store, photo);
}

/** Copies what was decided later on one photo's boxes to another photo, which shows the same picture. */
export function transferBoxes(store: Store, from: PhotoId, to: PhotoId): void {
  const later = prepared<Place & { detector: string; verdict: "reject" | "clear" }>(
    store,
    `SELECT f.* FROM (${LAST_SQL}) f LEFT JOIN (${LAST_SQL}) t USING (label, x0, y0, x1, y1)
    WHERE f.id > coalesce(t.id, 0) AND f.verdict <> coalesce(t.verdict, 'clear') ORDER BY f.id`,
  ).all(from, to);
  if (later.length === 0) return;
  inTransaction(store, () => {
    const action = beginAction(store, "copy", "Keep verdicts on boxes of another file of the photo");
    for (const { detector, label, x0, y0, x1, y1, verdict } of later)
      append(store, action, { photo: to, detector, label, x0, y0, x1, y1, verdict });
    makeStale(store, to);
  });
}

/** The last row of the log of verdicts on boxes; 0 if it is empty. */
export const lastBoxVerdict = (store: Store): number =>
  prepared<{ last: number | null }>(store, "SELECT max(id) AS last FROM box_verdict").get()!.last ?? 0;

/**
 * Records verdicts on boxes as one action that undo takes back.
 * @returns how many
 */
export function recordBoxes(
  store: Store,
  changes: readonly BoxChange[],
  { source, description }: { source: ActionSource; description: string },
): number {
  if (changes.length === 0) return 0;
  const numbers = labelNumbers(
    store,
    changes.map(({ label }) => label),
  );
  inTransaction(store, () => {
    const action = beginAction(store, source, description);
    for (const change of changes) append(store, action, { ...change, label: numbers.get(change.label)! });
    for (const photo of new Set(changes.map((change) => change.photo))) makeStale(store, photo);
  });
  return changes.length;
}

/** @param change with the label's number */
function append(store: Store, action: number, change: Omit<BoxChange, "label"> & { label: number }): void {
  const { photo, detector, label, x0, y0, x1, y1, verdict } = change;
  prepared(store, `INSERT INTO box_verdict (${COLUMNS}) VALUES (?, ?, 'judge', ?, ?, ?, ?, ?, ?, ?, ?)`).run(
    Date.now(),
    action,
    photo,
    detector,
    label,
    x0,
    y0,
    x1,
    y1,
    verdict,
  );
}

/** The photo's labels are predicted again, even if the process dies before. */
function makeStale(store: Store, photo: PhotoId): void {
  prepared(store, "UPDATE cache.ranked SET stale = 1 WHERE photo = ?").run(photo);
}
