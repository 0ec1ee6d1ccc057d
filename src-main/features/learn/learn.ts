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
  /** The new version is in use; photos are labelled next. */
  fitted?(): void;
  /** Photos to label first. Called repeatedly. */
  first?(): PhotoId[];
  /** The photos from `first` are labelled. */
  firstLabelled?(): void;
}

/**
 * Fits a version to all verdicts and labels all photos with it.
 * @param live replaces the last live version; if all verdicts were cleared, resets to the base model instead
 * @throws Refusal `nothing-to-learn` if there are no verdicts
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
 * Retrains for a window: labels the photos on screen first, and finally scores the version on held-out verdicts.
 * @param onScreen makes the version a live one; called when the photos on screen are labelled
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
