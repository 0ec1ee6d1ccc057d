import type { Part, PhotoId } from "../../src-shared/contract";
import { counted } from "../../src-shared/counted";
import { beginAction } from "./actions";
import { inTransaction, type Library, prepared } from "./database";

/** How photos were parted into training, validation and test. */
export interface Split {
  id: number;
  madeAt: number;
  /** 0 or more each; taken in proportion. */
  shares: Record<Part, number>;
  seed: number;
}

/** Null where the library is not split. */
export function currentSplit(library: Library): Split | null {
  const row = prepared<Record<Part, number> & { id: number; made_at: number; seed: number }>(
    library,
    "SELECT * FROM split WHERE current = 1",
  ).get();
  return row
    ? {
        id: row.id,
        madeAt: row.made_at,
        shares: { train: row.train, validation: row.validation, test: row.test },
        seed: row.seed,
      }
    : null;
}

/** The part of each photo that has one, vanished photos too; null where the library is not split. */
export function partsOf(library: Library): Map<PhotoId, Part> | null {
  const split = currentSplit(library);
  if (!split) return null;
  return new Map(
    prepared<[number, Part]>(library, "SELECT photo, part FROM split_part WHERE split = ?").raw().all(split.id) as [
      number,
      Part,
    ][],
  );
}

/** Makes this the library's split, in the place of an earlier one, as one action that undo takes back. */
export function storeSplit(
  library: Library,
  shares: Record<Part, number>,
  seed: number,
  parts: ReadonlyMap<PhotoId, Part>,
): void {
  inTransaction(library, () => {
    const { lastInsertRowid } = prepared(
      library,
      "INSERT INTO split (made_at, train, validation, test, seed) VALUES (?, ?, ?, ?, ?)",
    ).run(Date.now(), shares.train, shares.validation, shares.test, seed);
    const id = Number(lastInsertRowid);
    addToSplit(library, id, parts);
    change(library, id, `Split ${counted(parts.size, "photo")} into train, validation and test`);
  });
}

/** Adds photos to a split; those that have a part of it already keep it. */
export function addToSplit(library: Library, split: number, parts: ReadonlyMap<PhotoId, Part>): void {
  inTransaction(library, () => {
    const add = prepared(library, "INSERT OR IGNORE INTO split_part (split, photo, part) VALUES (?, ?, ?)");
    for (const [photo, part] of parts) add.run(split, photo, part);
  });
}

/** Leaves the library without a split, as one action that undo takes back. */
export function removeSplit(library: Library): void {
  if (currentSplit(library)) inTransaction(library, () => change(library, null, "Take the split away"));
}

export const undoSplit = (library: Library, action: number): void => again(library, action, "before");
export const redoSplit = (library: Library, action: number): void => again(library, action, "after");

function change(library: Library, to: number | null, description: string): void {
  const action = beginAction(library, "person", description);
  prepared(library, "INSERT INTO split_event (action, before, after) VALUES (?, ?, ?)").run(
    action,
    currentSplit(library)?.id ?? null,
    to,
  );
  makeCurrent(library, to);
}

function again(library: Library, action: number, side: "before" | "after"): void {
  const event = prepared<{ before: number | null; after: number | null }>(
    library,
    "SELECT before, after FROM split_event WHERE action = ?",
  ).get(action);
  if (event) makeCurrent(library, event[side]);
}

function makeCurrent(library: Library, split: number | null): void {
  prepared(library, "UPDATE split SET current = 0 WHERE current = 1").run();
  prepared(library, "UPDATE split SET current = 1 WHERE id = ?").run(split);
}
