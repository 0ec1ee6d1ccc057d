import type { Job } from "../../src-shared/contract";
import { createJobs, type JobHandle, runJobIn } from "../base/jobs";
import { interruptible } from "./interruptible";
import { progressBar } from "./progress-bar";

/**
 * Long work of a command that opens no library, drawn as a progress bar on stderr; Ctrl-C cancels it.
 * @param sentence what is left of the work then
 * @throws what the work throws
 */
export const runJob = async <T>(
  kind: Job["kind"],
  work: (job: JobHandle) => Promise<T>,
  sentence = "Cancelled. Nothing was written.",
): Promise<T> => {
  const bar = progressBar();
  try {
    return await interruptible((end) => runJobIn(createJobs(bar.show, { end }))(kind, work), sentence);
  } finally {
    bar.stop();
  }
};
