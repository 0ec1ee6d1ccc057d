import type { ModelInfo } from "../../../src-shared/contract";
import type { RunJob } from "../../base/jobs";
import { warmUpFitWorker } from "../../devise/fit-in-worker";
import { listModels } from "../../store/models";
import { type OpenLibrary, requirePack } from "../../workspace/open-library";
import { learn } from "./learn";

/** Starts TensorFlow.js in its thread, which takes as long as opening a library. */
export const startLearning = (): void => warmUpFitWorker();

/**
 * Fits a version from all verdicts, uses it, and labels all photos with it.
 * @returns the version, and the loss after each step
 * @throws Refusal `nothing-to-learn`, `pack-gone`, or of `run`
 */
export async function retrainLibrary(
  library: OpenLibrary,
  run: RunJob,
): Promise<{ model: ModelInfo; losses: number[] }> {
  requirePack(library);
  const losses: number[] = [];
  await run("retrain", (job) =>
    learn(library, job, { changed: () => undefined, loss: ({ loss }) => losses.push(loss) }),
  );
  return { model: listModels(library.store).find(({ current }) => current)!, losses };
}
