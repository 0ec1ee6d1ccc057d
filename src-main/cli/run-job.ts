import type { Job } from "../../src-shared/contract";
import { createJobs, type JobHandle } from "../base/jobs";
import { progressBar } from "./progress-bar";

/**
 * Long work of a command that opens no library, drawn as a progress bar on stderr; Ctrl-C cancels it.
 * @throws what the work throws
 */
export async function runJob<T>(kind: Job["kind"], work: (job: JobHandle) => Promise<T>): Promise<T> {
  const bar = progressBar();
  const jobs = createJobs(bar.show);
  const interrupt = () => void jobs.cancelAll();
  process.once("SIGINT", interrupt);
  let outcome: Promise<T> | null = null;
  try {
    await jobs.run(kind, async (job) => {
      outcome = work(job);
      await outcome;
    }).finished;
    return await outcome!;
  } finally {
    process.off("SIGINT", interrupt);
    bar.stop();
  }
}
