import { formatCount } from "../../src-shared/format-count";
import { Refusal } from "../../src-shared/refusal";
import { dataFolder } from "../base/data-folder";
import { createJobs, type Jobs, type RunJob, runJobIn } from "../base/jobs";
import { closeFolder } from "../workspace/close-folder";
import { explainError } from "../workspace/explain-error";
import { labelFolder } from "../workspace/label-folder";
import { type OpenFolder, openFolder, type OpenOptions } from "../workspace/open-folder";
import { countMarkConflicts } from "../workspace/sidecar-notice";
import { interruptible } from "./interruptible";
import { warn } from "./output";
import { progressBar } from "./progress-bar";

/** A folder that a command opened, and its jobs, drawn as one progress bar on stderr. */
export interface Session extends OpenFolder {
  jobs: Jobs;
  /** Aborted by Ctrl-C, which also cancels all jobs and those that would start later. */
  signal: AbortSignal;
  run: RunJob;
}

/**
 * Opens a folder's library, works on it, and closes it whatever happened. The library's notices go to stderr. Ctrl-C
 * cancels all jobs.
 * @throws what the work throws, or a Refusal `cancelled`
 */
export const withFolder = <T>(
  folder: string,
  options: OpenOptions,
  work: (session: Session) => Promise<T>,
): Promise<T> =>
  interruptible(async (signal) => {
    const bar = progressBar();
    const explain = (error: unknown) => explainError(error, dataFolder());
    const jobs = createJobs(bar.show, { explain, end: signal });
    const opened = await openFolder(dataFolder(), folder, { ...options, run: runJobIn(jobs) });
    const said = sayNotices(opened, []);
    try {
      signal.throwIfAborted();
      return await work({ ...opened, jobs, signal, run: runJobIn(jobs) });
    } finally {
      sayNotices(opened, said);
      await closeFolder(opened, jobs).finally(bar.stop);
    }
  });

/** Says the notices that were not said before. @returns all notices */
function sayNotices({ library: { notices } }: OpenFolder, said: readonly string[]): string[] {
  for (const notice of notices) if (!said.includes(notice)) warn(notice);
  return [...notices];
}

function sayMarkConflicts(found: number): void {
  if (found > 0)
    warn(
      `Another program changed ${formatCount(found, "flag, rating or colour label", "flags, ratings or colour labels")} ` +
        "that you had set. The newer value is used; the window lists both.",
    );
}

/** Scans and labels a folder. @throws Refusal `failed` with why a job failed, or `cancelled` */
export async function scanAndLabel({ library, jobs, signal, ...vision }: Session): Promise<void> {
  const before = countMarkConflicts(library);
  await labelFolder(library, jobs, vision, { changed: () => undefined }).finished;
  sayMarkConflicts(countMarkConflicts(library) - before);
  signal.throwIfAborted();
  const stopped = jobs.list().find(({ state }) => state === "failed" || state === "cancelled");
  if (stopped?.state === "cancelled") throw new Refusal("cancelled", "Cancelled. What was done so far is kept.");
  if (stopped) throw new Refusal("failed", `${stopped.kind} failed: ${stopped.message}`);
}
