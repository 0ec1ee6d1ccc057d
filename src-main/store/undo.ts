import { type Action, type ActionState, actionToRedo, actionToUndo, setActionState } from "./actions";
import { inTransaction, type Library } from "./database";
import { redoCards, undoCards } from "./label-cards";
import { redoSplit, undoSplit } from "./splits";
import { redoVerdicts, undoVerdicts } from "./verdicts";

/** Takes the last action back. @returns its description; null when there is none */
export const undo = (library: Library): string | null =>
  step(library, actionToUndo(library), "undone", [undoCards, undoVerdicts, undoSplit]);

/** Does the last undone action again. @returns its description; null when there is none */
export const redo = (library: Library): string | null =>
  step(library, actionToRedo(library), "done", [redoVerdicts, redoCards, redoSplit]);

/** What undo and redo would do, in words. */
export const undoState = (library: Library): { undo: string | null; redo: string | null } => ({
  undo: actionToUndo(library)?.description ?? null,
  redo: actionToRedo(library)?.description ?? null,
});

function step(
  library: Library,
  action: Action | undefined,
  state: ActionState,
  parts: ((library: Library, action: number) => void)[],
): string | null {
  if (!action) return null;
  inTransaction(library, () => {
    for (const part of parts) part(library, action.id);
    setActionState(library, action.id, state);
  });
  return action.description;
}
