import type { LabelId, PhotoId, Verdict } from "../../src-shared/contract";
import { overlapOf, type Rectangle } from "../base/overlap";
import { type ActionSource, beginAction } from "./actions";
import { inTransaction, labelNumbers, prepared, type Store } from "./database";
import { recordVerdicts, type VerdictChange } from "./verdicts";

/** A box on a photo, with its label. */
export interface Box {
  photo: PhotoId;
  /** Id of the detector that found it, or one of `NO_DETECTOR`. */
  detector: string;
  label: LabelId;
  box: Rectangle;
}

/** What stands for the detector of boxes that none has found. */
export const NO_DETECTOR = { drawn: "drawn", imported: "imported" } as const;

/** Boxes of one label that overlap this much (intersection over union) are the same box, found again. */
export const SAME_BOX = 0.7;

/** Whether two boxes are the same one, found again. */
export const isSameBox = (a: Pick<Box, "label" | "box">, b: Pick<Box, "label" | "box">): boolean =>
  a.label === b.label && overlapOf(a.box, b.box) >= SAME_BOX;

/** Places are stored in this fraction of the photo. */
const STEPS = 10_000;

/** A verdict on a box as it is stored: the sides in steps of the photo. */
export interface BoxChange extends Sides {
  photo: PhotoId;
  detector: string;
  label: LabelId;
  verdict: Verdict;
}

interface Sides {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

interface Row extends Sides {
  photo: number;
  detector: string;
  label: number;
  verdict: Verdict;
}

interface Event extends Row {
  previous: Verdict;
}

/** The last row of each box of a photo. SQLite takes the other columns from the row with max(id). */
const LAST_SQL = `SELECT photo, detector, label, x0, y0, x1, y1, verdict, max(id) AS id FROM box_verdict
  WHERE photo = ? GROUP BY label, x0, y0, x1, y1`;
const COLUMNS = "at, action, kind, photo, detector, label, x0, y0, x1, y1, verdict, previous";

/** A place as it is stored: its sides in steps. */
export const stepsOf = (box: Rectangle): [number, number, number, number] =>
  box.map((side) => Math.round(side * STEPS)) as [number, number, number, number];

/** A place as it comes back once it has been stored. */
export const asStored = (box: Rectangle): [number, number, number, number] =>
  stepsOf(box).map((side) => side / STEPS) as [number, number, number, number];

/** The verdict that is to be recorded on a box. */
export const boxChange = ({ photo, detector, label, box }: Box, verdict: Verdict): BoxChange => {
  const [x0, y0, x1, y1] = stepsOf(box);
  return { photo, detector, label, x0, y0, x1, y1, verdict };
};

const boxOf = (store: Store, { photo, detector, label, x0, y0, x1, y1 }: Row): Box => ({
  photo,
  detector,
  label: store.labels.ids.get(label)!,
  box: [x0 / STEPS, y0 / STEPS, x1 / STEPS, y1 / STEPS],
});

/** The boxes of a photo with this verdict, by whichever detector they were found, in the order of the verdicts. */
export const boxesJudged = (store: Store, photo: PhotoId, verdict: "accept" | "reject"): Box[] =>
  prepared<Row>(store, `SELECT * FROM (${LAST_SQL}) WHERE verdict = ? ORDER BY id`)
    .all(photo, verdict)
    .map((row) => boxOf(store, row));

/** The boxes of a photo that a person judged, as `boxesJudged` gives them. */
export function judgedBoxes(store: Store, photo: PhotoId): { accepted: Box[]; rejected: Box[] } {
  const boxes = { accepted: [] as Box[], rejected: [] as Box[] };
  for (const row of prepared<Row>(store, `SELECT * FROM (${LAST_SQL}) WHERE verdict <> 'clear' ORDER BY id`).all(photo))
    boxes[row.verdict === "accept" ? "accepted" : "rejected"].push(boxOf(store, row));
  return boxes;
}

/** The boxes of a label with this verdict in all photos, missing photos included, by photo. */
export const boxesOfLabel = (store: Store, label: LabelId, verdict: "accept" | "reject"): Box[] =>
  prepared<Row>(
    store,
    `SELECT * FROM (SELECT photo, detector, label, x0, y0, x1, y1, verdict, max(id) AS id FROM box_verdict
      WHERE label = ? GROUP BY photo, x0, y0, x1, y1) WHERE verdict = ? ORDER BY photo, id`,
  )
    .all(store.labels.numbers.get(label) ?? 0, verdict)
    .map((row) => boxOf(store, row));

/** The boxes of all labels in all photos that a person judged, missing photos included, by photo. */
export const allBoxesJudged = (store: Store): (Box & { verdict: "accept" | "reject" })[] =>
  prepared<Row>(
    store,
    `SELECT * FROM (SELECT photo, detector, label, x0, y0, x1, y1, verdict, max(id) AS id FROM box_verdict
      GROUP BY photo, label, x0, y0, x1, y1) WHERE verdict <> 'clear' ORDER BY photo, id`,
  )
    .all()
    .map((row) => ({ ...boxOf(store, row), verdict: row.verdict === "accept" ? "accept" : "reject" }));

/** The photos on which an action judged boxes. */
export const photosOfBoxes = (store: Store, action: number): PhotoId[] =>
  prepared<PhotoId>(store, "SELECT DISTINCT photo FROM box_verdict WHERE action = ?").pluck().all(action);

/** Appends the rows that take an action's verdicts on boxes back. */
export const undoBoxes = (store: Store, action: number): void =>
  replay(store, action, "'undo', photo, detector, label, x0, y0, x1, y1, previous, verdict", "DESC");

/** Appends an action's verdicts on boxes again. */
export const redoBoxes = (store: Store, action: number): void =>
  replay(store, action, "'redo', photo, detector, label, x0, y0, x1, y1, verdict, previous", "ASC");

function replay(store: Store, action: number, columns: string, order: "ASC" | "DESC"): void {
  prepared(
    store,
    `INSERT INTO box_verdict (${COLUMNS}) SELECT ?, action, ${columns}
    FROM box_verdict WHERE action = ? AND kind = 'judge' ORDER BY id ${order}`,
  ).run(Date.now(), action);
  for (const photo of photosOfBoxes(store, action)) makeStale(store, photo);
}

/** Copies what was decided later on one photo's boxes to another photo, which shows the same picture. */
export function transferBoxes(store: Store, from: PhotoId, to: PhotoId): void {
  const later = prepared<Row>(
    store,
    `SELECT f.* FROM (${LAST_SQL}) f LEFT JOIN (${LAST_SQL}) t USING (label, x0, y0, x1, y1)
    WHERE f.id > coalesce(t.id, 0) AND f.verdict <> coalesce(t.verdict, 'clear') ORDER BY f.id`,
  ).all(from, to);
  recordBoxes(
    store,
    later.map((row) => ({ ...row, photo: to, label: store.labels.ids.get(row.label)! })),
    { source: "copy", description: "Keep verdicts on boxes of another file of the photo" },
  );
}

/** The last row of the log of verdicts on boxes; 0 if it is empty. */
export const lastBoxVerdict = (store: Store): number =>
  prepared<{ last: number | null }>(store, "SELECT max(id) AS last FROM box_verdict").get()!.last ?? 0;

/**
 * Records verdicts on boxes as one action that undo takes back, with verdicts on the photos' labels if there are any.
 * The photos' labels become stale until they are predicted again.
 * @returns how many verdicts on boxes and labels changed something
 * @throws Error if a photo doesn't exist; then nothing is recorded
 */
export function recordBoxes(
  store: Store,
  changes: readonly BoxChange[],
  {
    source = "person",
    description,
    verdicts = [],
  }: { source?: ActionSource; description: string; verdicts?: readonly VerdictChange[] },
): number {
  if (changes.length + verdicts.length === 0) return 0;
  const numbers = labelNumbers(
    store,
    [...changes, ...verdicts].map(({ label }) => label),
  );
  return inTransaction(store, () => {
    const events = eventsOf(store, changes, numbers);
    if (events.length + verdicts.length === 0) return 0;
    const action = beginAction(store, source, description);
    append(store, action, events);
    return events.length + recordVerdicts(store, action, verdicts, numbers);
  });
}

/** Records verdicts on boxes as part of an action that has been started. */
export const appendBoxes = (
  store: Store,
  action: number,
  changes: readonly BoxChange[],
  numbers: ReadonlyMap<LabelId, number>,
): void => append(store, action, eventsOf(store, changes, numbers));

/** The verdicts that differ from the current ones. If a box occurs repeatedly, its last verdict counts. */
function eventsOf(store: Store, changes: readonly BoxChange[], numbers: ReadonlyMap<LabelId, number>): Event[] {
  const last = prepared<{ verdict: Verdict }>(
    store,
    `SELECT verdict FROM box_verdict WHERE photo = ? AND label = ? AND x0 = ? AND y0 = ? AND x1 = ? AND y1 = ?
    ORDER BY id DESC LIMIT 1`,
  );
  const events = new Map<string, Event>();
  for (const { photo, detector, label, x0, y0, x1, y1, verdict } of changes) {
    const place = [photo, numbers.get(label)!, x0, y0, x1, y1] as const;
    const previous = last.get(...place)?.verdict ?? "clear";
    const key = place.join(" ");
    events.delete(key);
    if (previous !== verdict) events.set(key, { photo, detector, label: place[1], x0, y0, x1, y1, verdict, previous });
  }
  return [...events.values()];
}

function append(store: Store, action: number, events: readonly Event[]): void {
  const insert = prepared(
    store,
    `INSERT INTO box_verdict (${COLUMNS}) VALUES (?, ?, 'judge', ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  for (const { photo, detector, label, x0, y0, x1, y1, verdict, previous } of events)
    insert.run(Date.now(), action, photo, detector, label, x0, y0, x1, y1, verdict, previous);
  for (const photo of new Set(events.map((event) => event.photo))) makeStale(store, photo);
}

/** The photo's labels are predicted again, even if the process dies before. */
function makeStale(store: Store, photo: PhotoId): void {
  prepared(store, "UPDATE cache.ranked SET stale = 1 WHERE photo = ?").run(photo);
}
