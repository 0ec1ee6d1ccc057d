import type { LossPoint, ModelId, PhotoId } from "../../../src-shared/contract";
import { gather } from "../../base/gather";
import type { JobHandle } from "../../base/jobs";
import { countMoved } from "../../store/former";
import { scoreModel } from "../../store/models";
import { countVerdicts } from "../../store/verdicts";
import type { FolderWatcher } from "../../workspace/folder-watcher";
import { rankAll } from "../../workspace/label-folder";
import type { Session } from "../../workspace/session";
import { retrain, unlearn } from "../../workspace/teach";
import type { Workbench } from "../../workspace/workbench";
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
  bench: Workbench,
  job: JobHandle,
  { loss = () => undefined, fitted, first, firstLabelled, ...watcher }: LearnListeners,
  live = false,
): Promise<{ model: ModelId; message: string }> {
  const model: ModelId =
    live && countVerdicts(bench.library) === 0 ? await unlearn(bench) : await retrain(bench, job, loss, live);
  fitted?.();
  return { model, message: await rankAll(bench, job, watcher, first, firstLabelled) };
}

/**
 * Learns for a window: photos on screen come first, and last it tells how the version does on held-out verdicts.
 * @param onScreen makes the version a live one, and is told when the photos on screen have its labels
 */
export async function learnForWindow(
  session: Session,
  bench: Workbench,
  job: JobHandle,
  onScreen?: () => void,
): Promise<string> {
  const live = onScreen !== undefined;
  const losses = gather<LossPoint>((points) => session.emit("loss", points));
  const { model, message } = await learn(
    bench,
    job,
    {
      loss: (point) => {
        if (!live) losses.add([point]);
      },
      fitted() {
        losses.flush();
        session.tell();
      },
      changed: session.labelled,
      first: session.watched,
      firstLabelled: onScreen,
    },
    live,
  ).finally(losses.flush);
  session.emit("learned", { model, changed: await countMoved(bench.library, model) });
  if (bench.model.kind === "retrained") scoreModel(bench.library, model, await heldOutScores(bench, job.signal));
  return message;
}
