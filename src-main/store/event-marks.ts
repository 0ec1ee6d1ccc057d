import type { LabelId, PhotoId } from "../../src-shared/contract";
import { beginAction } from "./actions";
import { inTransaction, labelNumbers, prepared, type Store } from "./database";
import { recordVerdicts, type VerdictChange } from "./verdicts";

/** What a person decided about a photo's place among events. */
export interface EventMark {
  /** It begins an event, or goes on with the one before, whatever time and place say. */
  decided: "begins" | "continues" | null;
  /** Names the event that begins with the photo. */
  label: LabelId | null;
}

interface Row {
  photo: PhotoId;
  decided: EventMark["decided"];
  label: number | null;
}

/** The marks of all photos that have one, missing photos included. */
export function eventMarks(store: Store): Map<PhotoId, EventMark> {
  return new Map(
    prepared<Row>(store, "SELECT photo, decided, label FROM event_mark")
      .all()
      .map(({ photo, decided, label }) => [
        photo,
        { decided, label: label === null ? null : store.labels.ids.get(label)! },
      ]),
  );
}

/** A present photo with its time as the camera wrote it, else its file's ("2024-05-03T10:00:00"), and its position. */
export interface DatedPhoto {
  photo: PhotoId;
  dated: string;
  latitude: number | null;
  longitude: number | null;
}

/** The present photos, by time. */
export const datedPhotos = (store: Store): DatedPhoto[] =>
  prepared<DatedPhoto>(
    store,
    "SELECT id AS photo, dated, latitude, longitude FROM photo WHERE files > 0 ORDER BY dated, id",
  ).all();

/**
 * Changes marks, and verdicts along with them, as one action that undo takes back.
 * @param description names the action in the undo menu
 * @returns how many verdicts changed
 */
export function changeEventMarks(
  store: Store,
  marks: ReadonlyMap<PhotoId, EventMark>,
  changes: readonly VerdictChange[],
  description: string,
): number {
  const before = eventMarks(store);
  const numbers = labelNumbers(store, [
    ...changes.map(({ label }) => label),
    ...[...marks.values(), ...before.values()].flatMap(({ label }) => label ?? []),
  ]);
  const numberOf = (label: LabelId | null | undefined): number | null => (label ? numbers.get(label)! : null);
  return inTransaction(store, () => {
    const action = beginAction(store, "person", description);
    const log = prepared(
      store,
      `
      INSERT INTO event_edit (action, photo, decided_before, label_before, decided_after, label_after)
      VALUES (?, ?, ?, ?, ?, ?)`,
    );
    for (const [photo, { decided, label }] of marks) {
      const old = before.get(photo);
      log.run(action, photo, old?.decided ?? null, numberOf(old?.label), decided, numberOf(label));
      putMark(store, { photo, decided, label: numberOf(label) });
    }
    return recordVerdicts(store, action, changes, numbers);
  });
}

export const undoEventMarks = (store: Store, action: number): void => replay(store, action, "before", "DESC");
export const redoEventMarks = (store: Store, action: number): void => replay(store, action, "after", "ASC");

function replay(store: Store, action: number, side: "before" | "after", order: "ASC" | "DESC"): void {
  const rows = prepared<Row>(
    store,
    `
    SELECT photo, decided_${side} AS decided, label_${side} AS label FROM event_edit WHERE action = ? ORDER BY id ${order}`,
  ).all(action);
  for (const row of rows) putMark(store, row);
}

function putMark(store: Store, { photo, decided, label }: Row): void {
  if (decided === null && label === null) prepared(store, "DELETE FROM event_mark WHERE photo = ?").run(photo);
  else
    prepared(store, "INSERT OR REPLACE INTO event_mark (photo, decided, label) VALUES (?, ?, ?)").run(
      photo,
      decided,
      label,
    );
}
