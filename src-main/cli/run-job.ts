import { createJobs, type RunJob, runJobIn } from "../base/jobs";
import { interruptible } from "./interruptible";
import { progressBar } from "./progress-bar";

/**
 * Long work of a command that opens no library, drawn as a progress bar on stderr; Ctrl-C cancels it.
 * @throws what the work throws
 */
export const runJob: RunJob = async (kind, work) => {
  const bar = progressBar();
  try {
    return await interruptible(
      (end) => runJobIn(createJobs(bar.show, { end }))(kind, work),
      "Cancelled. Nothing was written.",
    );
  } finally {
    bar.stop();
  }
};
