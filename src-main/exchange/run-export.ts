import { Refusal } from "../../src-shared/refusal";
import type { JobHandle, Jobs } from "../base/jobs";

/**
 * Runs an export as a job that can be paused and cancelled, and waits for what it wrote.
 * @param describe the job's message when it is done
 * @throws Refusal `cancelled`, or what `write` threw
 */
export async function runExport<T>(
  jobs: Jobs,
  write: (job: JobHandle) => Promise<T>,
  describe: (written: T) => string,
): Promise<T> {
  let failure: unknown = new Refusal("cancelled", "The export was cancelled.");
  let written: { value: T } | null = null;
  const { finished } = jobs.run("export", async (job) => {
    try {
      written = { value: await write(job) };
      return describe(written.value);
    } catch (error) {
      failure = error;
      throw error;
    }
  });
  await finished;
  // TypeScript does not see that the job assigned it.
  const done = written as { value: T } | null;
  if (!done) throw failure;
  return done.value;
}
