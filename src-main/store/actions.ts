import { prepared, type Store } from "./database";

/**
 * Who did it: a person at the window, an import and what from ("import: XMP sidecars"), or a file that parted from its
 * copy and kept its verdicts.
 */
export type ActionSource = "person" | `${typeof IMPORTED}${string}` | "copy";
export const IMPORTED = "import: ";
export type ActionState = "done" | "undone" | "closed";

/** One step of a person: what undo takes back as a whole. */
export interface Action {
  id: number;
  description: string;
}

/** Begins an action; what belongs to it is recorded under its number in the same transaction. */
export function beginAction(store: Store, source: ActionSource, description: string): number {
  // What was undone can't be done again once something else was done.
  if (source !== "copy") prepared(store, "UPDATE action SET state = 'closed' WHERE state = 'undone'").run();
  return Number(
    prepared(store, "INSERT INTO action (at, source, description, state) VALUES (?, ?, ?, ?)").run(
      Date.now(),
      source,
      description,
      source === "copy" ? "closed" : "done",
    ).lastInsertRowid,
  );
}

export const actionToUndo = (store: Store): Action | undefined =>
  prepared<Action>(store, "SELECT id, description FROM action WHERE state = 'done' ORDER BY id DESC LIMIT 1").get();

export const actionToRedo = (store: Store): Action | undefined =>
  prepared<Action>(store, "SELECT id, description FROM action WHERE state = 'undone' ORDER BY id LIMIT 1").get();

export function setActionState(store: Store, action: number, state: ActionState): void {
  prepared(store, "UPDATE action SET state = ? WHERE id = ?").run(state, action);
}
