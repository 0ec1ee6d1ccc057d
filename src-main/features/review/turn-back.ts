import { actionToRedo, actionToUndo } from "../../store/actions";
import { photosOfBoxes } from "../../store/box-verdicts";
import { inTransaction } from "../../store/database";
import { redo, undo } from "../../store/undo";
import { countPeopleIn } from "../../workspace/detect-objects";
import type { LiveLearning } from "../../workspace/live-learning";
import type { Session } from "../../workspace/session";
import { labelAgain } from "./label-again";

/**
 * Undoes the last action, or redoes the one undone last. Photos whose boxes it judged are labelled again.
 * @returns the action's description; null if there is none
 */
export async function turnBack(session: Session, live: LiveLearning, way: "undo" | "redo"): Promise<string | null> {
  const opened = session.library();
  const { store } = opened;
  const action = way === "undo" ? actionToUndo(store) : actionToRedo(store);
  const photos = action ? photosOfBoxes(store, action.id) : [];
  const description = inTransaction(store, () => {
    const turned = way === "undo" ? undo(store) : redo(store);
    countPeopleIn(opened, photos);
    return turned;
  });
  await labelAgain(session, opened, photos);
  session.notifyAllChanged();
  if (description !== null) live.annotated(1);
  return description;
}
