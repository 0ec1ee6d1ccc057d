import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createJobs, type JobHandle, type Jobs } from "../../src-main/base/jobs";
import { closeStore } from "../../src-main/store/database";
import { type OpenFolder, openFolder, type OpenOptions } from "../../src-main/workspace/open-folder";

/** A temporary folder, removed afterwards. */
export async function inTemporaryFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "semblance-bench-"));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Opens a folder as the program does, with an empty library in a temporary data folder. */
export async function withFreshLibrary<T>(
  folder: string,
  options: OpenOptions,
  work: (open: OpenFolder & { jobs: Jobs }) => Promise<T>,
): Promise<T> {
  return inTemporaryFolder(async (home) => {
    const open = await openFolder(home, folder, options);
    const jobs = createJobs(() => undefined);
    try {
      return await work({ ...open, jobs });
    } finally {
      await jobs.cancelAll();
      await open.dispose();
      closeStore(open.library.store);
    }
  });
}

/**
 * Runs work as a job.
 * @throws Error with the job's message if it failed
 */
export async function asJob(
  jobs: Jobs,
  kind: Parameters<Jobs["run"]>[0],
  work: (job: JobHandle) => Promise<unknown>,
): Promise<void> {
  await jobs.run(kind, async (job) => {
    await work(job);
  }).finished;
  checkJobs(jobs);
}

/** @throws Error with the message of the first failed job */
export function checkJobs(jobs: Jobs): void {
  const stopped = jobs.list().find(({ state }) => state !== "done");
  if (stopped) throw new Error(`${stopped.kind} ${stopped.state}: ${stopped.message ?? "no reason given"}`);
}

/** Seconds that `work` takes. */
export async function secondsOf(work: () => unknown): Promise<number> {
  const begun = performance.now();
  await work();
  return (performance.now() - begun) / 1000;
}
