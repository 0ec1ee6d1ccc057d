import type { Part, PhotoId } from "../../src-shared/contract";
import { formatCount } from "../../src-shared/format-count";
import { beginAction } from "./actions";
import { inTransaction, prepared, type Store } from "./database";

/** A division of the photos into training, validation and test. */
export interface Split {
  id: number;
  madeAt: number;
  /** Each 0 or more; only their proportion counts. */
  shares: Record<Part, number>;
  seed: number;
}

/** Null if the library is not split. */
export function currentSplit(store: Store): Split | null {
  const row = prepared<Record<Part, number> & { id: number; made_at: number; seed: number }>(
    store,
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

/** The part of each photo that has one, missing photos included; null if the library is not split. */
export function partsOf(store: Store): Map<PhotoId, Part> | null {
  const split = currentSplit(store);
  if (!split) return null;
  return new Map(
    prepared<[number, Part]>(store, "SELECT photo, part FROM split_part WHERE split = ?").raw().all(split.id) as [
      number,
      Part,
    ][],
  );
}

/** Replaces the library's split, as one action that undo takes back. */
export function storeSplit(
  store: Store,
  shares: Record<Part, number>,
  seed: number,
  parts: ReadonlyMap<PhotoId, Part>,
): void {
  inTransaction(store, () => {
    const { lastInsertRowid } = prepared(
      store,
      "INSERT INTO split (made_at, train, validation, test, seed) VALUES (?, ?, ?, ?, ?)",
    ).run(Date.now(), shares.train, shares.validation, shares.test, seed);
    const id = Number(lastInsertRowid);
    addToSplit(store, id, parts);
    change(store, id, `Split ${formatCount(parts.size, "photo")} into train, validation and test`);
  });
}

/** Adds photos to a split; those that already have a part keep it. */
export function addToSplit(store: Store, split: number, parts: ReadonlyMap<PhotoId, Part>): void {
  inTransaction(store, () => {
    const add = prepared(store, "INSERT OR IGNORE INTO split_part (split, photo, part) VALUES (?, ?, ?)");
    for (const [photo, part] of parts) add.run(split, photo, part);
  });
}

/** Removes the library's split, as one action that undo takes back. */
export function removeSplit(store: Store): void {
  if (currentSplit(store)) inTransaction(store, () => change(store, null, "Remove split"));
}

export const undoSplit = (store: Store, action: number): void => replay(store, action, "before");
export const redoSplit = (store: Store, action: number): void => replay(store, action, "after");

function change(store: Store, to: number | null, description: string): void {
  const action = beginAction(store, "person", description);
  prepared(store, "INSERT INTO split_event (action, before, after) VALUES (?, ?, ?)").run(
    action,
    currentSplit(store)?.id ?? null,
    to,
  );
  makeCurrent(store, to);
}

function replay(store: Store, action: number, side: "before" | "after"): void {
  const event = prepared<{ before: number | null; after: number | null }>(
    store,
    "SELECT before, after FROM split_event WHERE action = ?",
  ).get(action);
  if (event) makeCurrent(store, event[side]);
}

function makeCurrent(store: Store, split: number | null): void {
  prepared(store, "UPDATE split SET current = 0 WHERE current = 1").run();
  prepared(store, "UPDATE split SET current = 1 WHERE id = ?").run(split);
}
