import type { PhotoId } from "../../src-shared/contract";
import { formatCount } from "../../src-shared/format-count";
import {
  COLOUR_LABELS,
  isColourLabel,
  isFlag,
  type Mark,
  MARKS,
  MAX_LABEL_TEXT,
  MAX_RATING,
  type PhotoMarks,
} from "../../src-shared/photo-marks";
import { type ActionSource, beginAction } from "./actions";
import { inTransaction, prepared, type Store } from "./database";

/** A mark to record on a photo, as text: "pick", "3", "red". Null takes back what a person set. */
export interface MarkChange {
  photo: PhotoId;
  mark: Mark;
  value: string | null;
}

const COLUMNS = "at, action, kind, photo, mark, value, previous";
/** SQL for what holds of mark `r.mark` on photo `p`, as text. */
const HOLDS_SQL = "CASE r.mark WHEN 'flag' THEN p.flag WHEN 'rating' THEN CAST(p.stars AS TEXT) ELSE p.colour END";
const STANDING_SQL = "(SELECT s.value FROM standing_mark s WHERE s.photo = r.photo AND s.mark = r.mark)";

/** Whether a text is a value of a mark. */
export function isMarkValue(mark: Mark, value: unknown): value is string {
  if (typeof value !== "string") return false;
  if (mark === "flag") return isFlag(value);
  if (mark === "rating") return /^\d$/.test(value) && Number(value) <= MAX_RATING;
  return value.length <= MAX_LABEL_TEXT;
}

/** The changes that give each of these photos these marks. */
export const changesTo = (photos: readonly PhotoId[], marks: Partial<PhotoMarks>): MarkChange[] =>
  MARKS.flatMap((mark) => {
    const value = marks[mark];
    return value === undefined ? [] : photos.map((photo) => ({ photo, mark, value: String(value) }));
  });

/**
 * Records marks as one action, in one transaction. Those that change nothing are skipped; if a mark of a photo occurs
 * repeatedly, the last counts.
 * @param describe names the action, given the number of photos that change
 * @param at when they were set, in milliseconds since 1970
 * @returns how many photos changed
 * @throws Error if a photo doesn't exist; then nothing is recorded
 */
export function recordMarks(
  store: Store,
  changes: readonly MarkChange[],
  { source, describe, at = Date.now() }: { source: ActionSource; describe: (photos: number) => string; at?: number },
): number {
  const last = new Map(changes.map((change) => [`${change.photo} ${change.mark}`, change]));
  return inTransaction(store, () => {
    const events = prepared<MarkChange & { previous: string | null }>(
      store,
      `
      SELECT r.photo, r.mark, r.value, ${STANDING_SQL} AS previous
      FROM (SELECT key, value ->> 'photo' AS photo, value ->> 'mark' AS mark, value ->> 'value' AS value
        FROM json_each(?)) r LEFT JOIN photo p ON p.id = r.photo
      WHERE iif(r.value IS NULL, ${STANDING_SQL} IS NOT NULL, ${HOLDS_SQL} IS NOT r.value) ORDER BY r.key`,
    ).all(JSON.stringify([...last.values()]));
    const photos = new Set(events.map(({ photo }) => photo)).size;
    if (photos === 0) return 0;
    const before = lastMarkEvent(store);
    prepared(
      store,
      `
      INSERT INTO mark_event (${COLUMNS}) SELECT ?, ?, 'judge', value ->> 'photo', value ->> 'mark', value ->> 'value',
        value ->> 'previous' FROM json_each(?) ORDER BY key`,
    ).run(at, beginAction(store, source, describe(photos)), JSON.stringify(events));
    keepStanding(store, before);
    return photos;
  });
}

/** Gives photos marks, as one action that undo takes back. @returns how many photos changed */
export const markPhotos = (store: Store, photos: readonly PhotoId[], marks: Partial<PhotoMarks>): number =>
  recordMarks(store, changesTo(photos, marks), { source: "person", describe: (n) => describeMarks(marks, n) });

/** What an action does: "Rate 3 photos 4 stars". */
export function describeMarks({ flag, rating, colour }: Partial<PhotoMarks>, photos: number): string {
  const some = formatCount(photos, "photo");
  const parts = [
    flag === undefined ? null : { pick: `Pick ${some}`, reject: `Reject ${some}`, none: `Unflag ${some}` }[flag],
    rating === undefined
      ? null
      : rating === 0
        ? `Remove the stars from ${some}`
        : `Rate ${some} ${formatCount(rating, "star")}`,
    colour === undefined ? null : colour === "" ? `Remove the colour label from ${some}` : `Label ${some} ${colour}`,
  ].filter((part) => part !== null);
  return parts.length === 1 ? parts[0]! : `Mark ${some}`;
}

/** Appends the events that take an action's marks back. */
export const undoMarks = (store: Store, action: number): void =>
  replay(store, action, "'undo', photo, mark, previous, value", "DESC");

/** Appends an action's marks again. */
export const redoMarks = (store: Store, action: number): void =>
  replay(store, action, "'redo', photo, mark, value, previous", "ASC");

function replay(store: Store, action: number, columns: string, order: "ASC" | "DESC"): void {
  const before = lastMarkEvent(store);
  prepared(
    store,
    `INSERT INTO mark_event (${COLUMNS}) SELECT ?, action, ${columns}
    FROM mark_event WHERE action = ? AND kind = 'judge' ORDER BY id ${order}`,
  ).run(Date.now(), action);
  keepStanding(store, before);
}

/** The last row of the log of marks; 0 if it is empty. */
export const lastMarkEvent = (store: Store): number =>
  prepared<{ last: number | null }>(store, "SELECT max(id) AS last FROM mark_event").get()!.last ?? 0;

/** Copies what was marked later on one photo to another, which is the same picture in another file. */
export function transferMarks(store: Store, from: PhotoId, to: PhotoId, description: string): void {
  // SQLite takes the other columns from the row with max(id).
  const lastOn = "SELECT mark, value, max(id) AS id FROM mark_event WHERE photo = ? GROUP BY mark";
  const later = prepared<{ mark: Mark; value: string | null }>(
    store,
    `SELECT f.mark, f.value FROM (${lastOn}) f LEFT JOIN (${lastOn}) t ON t.mark = f.mark
    WHERE f.id > coalesce(t.id, 0) ORDER BY f.id`,
  ).all(from, to);
  recordMarks(
    store,
    later.map(({ mark, value }) => ({ photo: to, mark, value })),
    { source: "copy", describe: () => description },
  );
}

/** Updates what a person set by the events after `event`, and what holds. */
function keepStanding(store: Store, event: number): void {
  prepared(
    store,
    `DELETE FROM standing_mark WHERE (photo, mark) IN (SELECT photo, mark FROM mark_event WHERE id > ? AND value IS NULL)`,
  ).run(event);
  prepared(
    store,
    `INSERT OR REPLACE INTO standing_mark (photo, mark, value, event)
    SELECT photo, mark, value, id FROM mark_event WHERE id > ? AND value IS NOT NULL ORDER BY id`,
  ).run(event);
  prepared(store, `${HOLD_SQL} WHERE id IN (SELECT photo FROM mark_event WHERE id > ?)`).run(event);
}

const setBy = (mark: Mark) => `(SELECT s.value FROM standing_mark s WHERE s.photo = photo.id AND s.mark = '${mark}')`;
const inSidecar = (mark: Mark) => `(SELECT c.${mark} FROM sidecar_mark c WHERE c.photo = photo.id)`;
/** A person's mark counts before the sidecar's, and that before the file's. */
const HOLD_SQL = `UPDATE photo SET
  flag = coalesce(${setBy("flag")}, ${inSidecar("flag")}, file_flag, iif(rating < 0, 'reject', 'none')),
  stars = coalesce(CAST(${setBy("rating")} AS INTEGER), ${inSidecar("rating")}, max(rating, 0), 0),
  colour = coalesce(${setBy("colour")}, ${inSidecar("colour")}, file_colour, '')`;

/** Updates what holds on a photo whose file or sidecar says something else now. */
export const updateMarks = (store: Store, photo: PhotoId): void => {
  prepared(store, `${HOLD_SQL} WHERE id = ?`).run(photo);
};

/** What holds on these photos, by photo. Unknown ids are left out. */
export const marksOf = (store: Store, photos: readonly PhotoId[]): Map<PhotoId, PhotoMarks> =>
  new Map(
    prepared<PhotoMarks & { photo: PhotoId }>(
      store,
      "SELECT id AS photo, flag, stars AS rating, colour FROM photo WHERE id IN (SELECT value FROM json_each(?))",
    )
      .all(JSON.stringify(photos))
      .map(({ photo, ...marks }) => [photo, marks]),
  );

/** The colour labels of the present photos with the number of photos: first those of Lightroom, used or not. */
export function coloursInUse(store: Store): { colour: string; photos: number }[] {
  const used = prepared<{ colour: string; photos: number }>(
    store,
    "SELECT colour, count(*) AS photos FROM photo WHERE colour > '' AND files > 0 GROUP BY colour ORDER BY 2 DESC, 1",
  ).all();
  return [
    ...COLOUR_LABELS.map((colour) => used.find((one) => one.colour === colour) ?? { colour, photos: 0 }),
    ...used.filter(({ colour }) => !isColourLabel(colour)),
  ];
}
