import { type Action, type ActionState, actionToRedo, actionToUndo, setActionState } from "./actions";
import { redoBoxes, undoBoxes } from "./box-verdicts";
import { inTransaction, type Store } from "./database";
import { redoEventMarks, undoEventMarks } from "./event-marks";
import { redoCards, undoCards } from "./label-cards";
import { redoMarks, undoMarks } from "./marks";
import { redoSplit, undoSplit } from "./splits";
import { redoVerdicts, undoVerdicts } from "./verdicts";

/**
 * Undoes the last action.
 * @returns its description; null if there is none
 */
export const undo = (store: Store): string | null =>
  step(store, actionToUndo(store), "undone", [
    undoCards,
    undoVerdicts,
    undoBoxes,
    undoSplit,
    undoEventMarks,
    undoMarks,
  ]);

/**
 * Redoes the action that was undone last.
 * @returns its description; null if there is none
 */
export const redo = (store: Store): string | null =>
  step(store, actionToRedo(store), "done", [redoVerdicts, redoCards, redoBoxes, redoSplit, redoEventMarks, redoMarks]);

/** Descriptions of the actions that undo and redo would apply to. */
export const undoState = (store: Store): { undo: string | null; redo: string | null } => ({
  undo: actionToUndo(store)?.description ?? null,
  redo: actionToRedo(store)?.description ?? null,
});

function step(
  store: Store,
  action: Action | undefined,
  state: ActionState,
  parts: ((store: Store, action: number) => void)[],
): string | null {
  if (!action) return null;
  inTransaction(store, () => {
    for (const part of parts) part(store, action.id);
    setActionState(store, action.id, state);
  });
  return action.description;
}
