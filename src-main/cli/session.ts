import { Presets, SingleBar } from "cli-progress";
import type { Job } from "../../src-shared/contract";
import { Refusal } from "../../src-shared/refusal";
import { dataFolder } from "../base/data-folder";
import { createJobs, type Jobs } from "../base/jobs";
import { closeStore } from "../store/database";
import { labelFolder } from "../workspace/label-folder";
import { type OpenFolder, openFolder, type OpenOptions } from "../workspace/open-folder";

/** A folder opened by a command, and its jobs, drawn as one progress bar on stderr. */
export interface Session extends OpenFolder {
  jobs: Jobs;
}

/** Opens a folder's library, does something with it, and closes it however that ended. Ctrl-C cancels what runs. */
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
    return await work({ ...opened, jobs });
  } finally {
    process.off("SIGINT", interrupt);
    opened.objects.close();
    await jobs.cancelAll();
    bar.stop();
    await opened.dispose();
    closeStore(opened.library.store);
  }
}

/** Scans and labels a folder. @throws Refusal that of the first job that failed, or `cancelled` */
export async function scanAndLabel({ library, jobs, ...vision }: Session): Promise<void> {
  await labelFolder(library, jobs, vision, { changed: () => undefined }).finished;
  check(jobs);
}

/** @throws Refusal `failed` or `cancelled` with what a job said */
export function check(jobs: Jobs): void {
  const stopped = jobs.list().find(({ state }) => state === "failed" || state === "cancelled");
  if (stopped?.state === "cancelled") throw new Refusal("cancelled", "cancelled; what was labelled so far is kept");
  if (stopped) throw new Refusal("failed", `${stopped.kind} failed: ${stopped.message}`);
}

const DOING: Record<Job["kind"], string> = {
  scan: "Looking",
  embed: "Labelling",
  rank: "Ranking",
  retrain: "Learning",
  learn: "Learning",
  export: "Writing",
  import: "Reading",
  evaluate: "Measuring",
  map: "Mapping",
  exif: "Reading",
  duplicates: "Comparing",
  detect: "Finding objects",
  upgrade: "Labelling",
};

/** Draws the job that was heard of last; nothing where stderr is no terminal. */
export function progressBar(): { show(job: Job): void; stop(): void } {
  const bar = new SingleBar(
    {
      stream: process.stderr,
      noTTYOutput: false,
      clearOnComplete: true,
      hideCursor: true,
      barsize: 30,
      format: "{doing} {bar} {value}/{total} · {rate}/s · {left} left",
    },
    Presets.shades_grey,
  );
  let shown: number | null = null;
  return {
    show({ job, kind, state, done, total, perSecond, secondsLeft, message }) {
      if (!process.stderr.isTTY || total === 0) return;
      if (state !== "running") {
        if (shown === job) bar.stop();
        shown = shown === job ? null : shown;
        return;
      }
      const details = {
        doing: message === null ? DOING[kind] : `${DOING[kind]}: ${message}`,
        rate: Math.round(perSecond),
        left: secondsLeft === null ? "?" : `${Math.ceil(secondsLeft)} s`,
      };
      if (shown !== job) bar.start(total, done, details);
      shown = job;
      bar.setTotal(total);
      bar.update(done, details);
    },
    stop: () => bar.stop(),
  };
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

/** Writes to standard output, and waits until it is taken. */
export const printText = (text: string): Promise<void> =>
  new Promise((done, fail) => process.stdout.write(text, (error) => (error ? fail(error) : done())));
