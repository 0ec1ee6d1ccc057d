import type { Job } from "../../src-shared/contract";
import { Refusal } from "../../src-shared/refusal";
import { dataFolder } from "../base/data-folder";
import { createJobs, type JobHandle, type Jobs, type RunJob } from "../base/jobs";
import { closeFolder } from "../workspace/close-folder";
import { labelFolder } from "../workspace/label-folder";
import { type OpenFolder, openFolder, type OpenOptions } from "../workspace/open-folder";
import { progressBar } from "./progress-bar";

/** A folder that a command opened, and its jobs, drawn as one progress bar on stderr. */
export interface Session extends OpenFolder {
  jobs: Jobs;
  /** @throws Refusal of the work; `failed` or `cancelled` with what the job said */
  run: RunJob;
}

/** Opens a folder's library, works on it, and closes it whatever happened. Ctrl-C cancels all jobs. */
export async function withFolder<T>(
  folder: string,
  options: OpenOptions,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const opened = await openFolder(dataFolder(), folder, options);
  const bar = progressBar();
  const jobs = createJobs(bar.show);
  const interrupt = () => void jobs.cancelAll();
  process.once("SIGINT", interrupt);
  try {
    return await work({ ...opened, jobs, run: runIn(jobs) });
  } finally {
    process.off("SIGINT", interrupt);
    await closeFolder(opened, jobs).finally(bar.stop);
  }
}

/** Scans and labels a folder. @throws Refusal `failed` with why a job failed, or `cancelled` */
export async function scanAndLabel({ library, jobs, ...vision }: Session): Promise<void> {
  await labelFolder(library, jobs, vision, { changed: () => undefined }).finished;
  refuseStopped(jobs);
}

const runIn =
  (jobs: Jobs): RunJob =>
  async <T>(kind: Job["kind"], work: (job: JobHandle) => Promise<T>) => {
    let result: { value: T } | undefined;
    let failure: unknown;
    await jobs.run(kind, async (job) => {
      try {
        result = { value: await work(job) };
      } catch (error) {
        failure = error;
        throw error;
      }
    }).finished;
    if (failure instanceof Refusal && failure.code !== "cancelled") throw failure;
    refuseStopped(jobs);
    return result!.value;
  };

/** @throws Refusal `failed` or `cancelled` with what the first job that did not finish said */
function refuseStopped(jobs: Jobs): void {
  const stopped = jobs.list().find(({ state }) => state === "failed" || state === "cancelled");
  if (stopped?.state === "cancelled") throw new Refusal("cancelled", "Cancelled. Labels so far are kept.");
  if (stopped) throw new Refusal("failed", `${stopped.kind} failed: ${stopped.message}`);
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

/** Writes to standard output and waits until the text is taken. */
export const printText = (text: string): Promise<void> =>
  new Promise((done, fail) => process.stdout.write(text, (error) => (error ? fail(error) : done())));
