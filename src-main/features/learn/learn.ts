import type { LossPoint, ModelId, PhotoId } from "../../../src-shared/contract";
import { createEventBatch } from "../../base/event-batch";
import type { JobHandle } from "../../base/jobs";
import { scoreModel } from "../../store/models";
import { countChangedPredictions } from "../../store/previous-predictions";
import { countVerdicts } from "../../store/verdicts";
import type { FolderWatcher } from "../../workspace/folder-watcher";
import { rankAll } from "../../workspace/label-folder";
import type { OpenLibrary } from "../../workspace/open-library";
import { resetToBaseModel, retrain } from "../../workspace/retrain";
import type { Session } from "../../workspace/session";
import { heldOutScores } from "./held-out";

interface LearnListeners extends FolderWatcher {
  loss?(point: LossPoint): void;
  /** The new version is in use; its labels follow. */
  fitted?(): void;
  /** Photos to label before all others: asked again and again. */
  first?(): PhotoId[];
  /** The first of them have their labels. */
  firstLabelled?(): void;
}

/**
 * Fits a version from all verdicts and labels all photos with it.
 * @param live the version replaces the last live one; with every verdict taken back it is the pack's own projection
 * @throws Refusal `nothing-to-learn` when there are no verdicts
 */
export async function learn(
  library: OpenLibrary,
  job: JobHandle,
  { loss = () => undefined, fitted, first, firstLabelled, ...watcher }: LearnListeners,
  live = false,
): Promise<{ model: ModelId; message: string }> {
  const model: ModelId =
    live && countVerdicts(library.store) === 0
      ? await resetToBaseModel(library)
      : await retrain(library, job, loss, live);
  fitted?.();
  return { model, message: await rankAll(library, job, watcher, first, firstLabelled) };
}

/**
 * Learns for a window: photos on screen come first, and last it tells how the version does on held-out verdicts.
 * @param onScreen makes the version a live one, and is told when the photos on screen have its labels
 */
export async function learnForWindow(
  session: Session,
  library: OpenLibrary,
  job: JobHandle,
  onScreen?: () => void,
): Promise<string> {
  const live = onScreen !== undefined;
  const losses = createEventBatch<LossPoint>((points) => session.emit("loss", points));
  const { model, message } = await learn(
    library,
    job,
    {
      loss: (point) => {
        if (!live) losses.add([point]);
      },
      fitted() {
        losses.flush();
        session.emitInfo();
      },
      changed: session.labelled,
      first: session.watched,
      firstLabelled: onScreen,
    },
    live,
  ).finally(losses.flush);
  session.emit("learned", { model, changed: await countChangedPredictions(library.store, model) });
  if (library.model.kind === "retrained") scoreModel(library.store, model, await heldOutScores(library, job.signal));
  return message;
}
