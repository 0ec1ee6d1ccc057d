import { prepared, type Store } from "./database";

/**
 * Where an action came from: a person using the window, an import with its source ("import: XMP sidecars"), a file that
 * was edited, became a separate photo, and kept the verdicts of its copies, or a sidecar that another program changed.
 */
export type ActionSource = "person" | `${typeof IMPORTED}${string}` | "copy" | "sidecar";
export const IMPORTED = "import: ";
export type ActionState = "done" | "undone" | "closed";

/** One step that undo takes back whole. */
export interface Action {
  id: number;
  description: string;
}

/** Starts an action. Everything that belongs to it is recorded under its id, in the same transaction. */
export function beginAction(store: Store, source: ActionSource, description: string): number {
  // What comes from files is no step of a person: undo and redo pass over it.
  const byFile = source === "copy" || source === "sidecar";
  // A new action ends the chance to redo what was undone before.
  if (!byFile) prepared(store, "UPDATE action SET state = 'closed' WHERE state = 'undone'").run();
  return Number(
    prepared(store, "INSERT INTO action (at, source, description, state) VALUES (?, ?, ?, ?)").run(
      Date.now(),
      source,
      description,
      byFile ? "closed" : "done",
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
