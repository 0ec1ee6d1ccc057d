import type { Job, JobId } from "../../src-shared/contract";
import { Refusal } from "../../src-shared/refusal";
import { advance, newRate, type Rate } from "./rate";
import { type Throttle, throttle } from "./throttle";

/** The shortest time between two reports of a running job. */
const REPORT_MS = 200;
/** Ended jobs that stay in the list. */
const MAX_ENDED_JOBS = 20;

/** What a job's work uses to report progress and to be paused or cancelled. */
export interface JobHandle {
  readonly job: JobId;
  /** Aborted when the job is cancelled. */
  readonly signal: AbortSignal;
  readonly isPaused: boolean;
  /** @param total 0 if unknown */
  progress(done: number, total: number): void;
  /** Begins a phase that `progress` counts: "looking at photos". It is the job's message until the job ends. */
  phase(doing: string): void;
  /** Await this between steps: it waits while the job is paused and throws the signal's reason once it is cancelled. */
  yield(): Promise<void>;
}

export interface Jobs {
  /**
   * Starts a job. The work's result is the job's message; what it throws is why the job failed.
   * @returns the job's id, and a promise of the ended job, which never rejects
   */
  run(kind: Job["kind"], work: (job: JobHandle) => Promise<string | void>): { job: JobId; finished: Promise<Job> };
  /** Running and recently ended jobs, oldest first. */
  list(): Job[];
  /** No effect on a job that has ended. @throws Refusal `no-job` */
  pause(job: JobId): void;
  resume(job: JobId): void;
  cancel(job: JobId): void;
  /** Cancels all jobs, or those of some kinds, and waits for them to end. */
  cancelAll(kinds?: readonly Job["kind"][]): Promise<void>;
}

/** Runs long work as a job and resolves to its result. @throws what the work throws, or a Refusal `cancelled` */
export type RunJob = <T>(kind: Job["kind"], work: (job: JobHandle) => Promise<T>) => Promise<T>;

export const runJobIn =
  (jobs: Jobs): RunJob =>
  async <T>(kind: Job["kind"], work: (job: JobHandle) => Promise<T>) => {
    let failure: unknown = new Refusal("cancelled", "The job was cancelled.");
    let result: { value: T } | undefined;
    await jobs.run(kind, async (job) => {
      try {
        result = { value: await work(job) };
      } catch (error) {
        failure = error;
        throw error;
      }
    }).finished;
    // TypeScript does not see that the job assigned it.
    const done = result as { value: T } | undefined;
    if (!done) throw failure;
    return done.value;
  };

interface Running {
  info: Job;
  rate: Rate;
  abort: AbortController;
  /** Null only while the job starts. */
  finished: Promise<Job> | null;
  /** Resumes a paused job; null if it is not paused. */
  release: (() => void) | null;
  resumed: Promise<void>;
  report: Throttle;
}

/**
 * @param emit    takes every job: a few times a second while it runs, and immediately when its state changes
 * @param explain turns an error into one that people can understand, if it can
 * @param end     once aborted, cancels all jobs with its reason, and every job that is started later
 */
export function createJobs(
  emit: (job: Job) => void,
  { explain = (error) => error, end }: { explain?: (error: unknown) => unknown; end?: AbortSignal } = {},
): Jobs {
  const jobs = new Map<JobId, Running>();
  let next: JobId = 1;

  const enter = (running: Running, state: Job["state"]) => {
    running.info.state = state;
    running.info.secondsLeft = null;
    running.report.run();
  };
  const letGo = (running: Running) => {
    running.release?.();
    running.release = null;
  };
  const stop = (running: Running, reason: unknown = new Refusal("cancelled", "The job was cancelled.")) => {
    if (hasEnded(running.info)) return;
    running.abort.abort(reason);
    letGo(running);
  };
  const find = (job: JobId): Running => {
    const running = jobs.get(job);
    if (!running) throw new Refusal("no-job", `There is no job ${job}.`);
    return running;
  };

  const handleOf = (running: Running): JobHandle => ({
    job: running.info.job,
    signal: running.abort.signal,
    get isPaused() {
      return running.release !== null;
    },
    progress(done, total) {
      const { info } = running;
      running.rate = advance(running.rate, done, performance.now());
      const { perSecond } = running.rate;
      const secondsLeft =
        total > 0 && perSecond > 0 && info.state === "running" ? Math.max(0, total - done) / perSecond : null;
      Object.assign(info, { done, total, perSecond, secondsLeft });
      running.report.soon();
    },
    phase(doing) {
      running.rate = newRate(performance.now()); // another phase has another rate
      Object.assign(running.info, { done: 0, total: 0, perSecond: 0, secondsLeft: null, message: doing });
      running.report.soon();
    },
    async yield() {
      if (running.release) await running.resumed;
      running.abort.signal.throwIfAborted();
    },
  });

  const finish = async (running: Running, work: (job: JobHandle) => Promise<string | void>): Promise<Job> => {
    let state: Job["state"] = "done";
    try {
      running.abort.signal.throwIfAborted();
      running.info.message = (await work(handleOf(running))) ?? null;
    } catch (thrown) {
      state = running.abort.signal.aborted ? "cancelled" : "failed";
      const error = state === "failed" ? explain(thrown) : thrown;
      running.info.message = state === "cancelled" ? null : error instanceof Error ? error.message : String(error);
    }
    enter(running, state);
    const ended = [...jobs.values()].filter(({ info }) => hasEnded(info));
    for (const { info } of ended.slice(0, -MAX_ENDED_JOBS)) jobs.delete(info.job);
    return { ...running.info };
  };

  end?.addEventListener("abort", () => {
    for (const running of jobs.values()) stop(running, end.reason);
  });

  return {
    run(kind, work) {
      const job = next++;
      const info: Job = {
        job,
        kind,
        state: "running",
        done: 0,
        total: 0,
        perSecond: 0,
        secondsLeft: null,
        message: null,
      };
      const running: Running = {
        info,
        rate: newRate(performance.now()),
        abort: new AbortController(),
        release: null,
        resumed: Promise.resolve(),
        report: throttle(() => emit({ ...info }), REPORT_MS),
        finished: null,
      };
      jobs.set(job, running);
      if (end?.aborted) stop(running, end.reason);
      running.report.run();
      const finished = finish(running, work);
      running.finished = finished;
      return { job, finished };
    },
    list: () => [...jobs.values()].map(({ info }) => ({ ...info })),
    pause(job) {
      const running = find(job);
      if (running.info.state !== "running") return;
      running.resumed = new Promise((resolve) => (running.release = resolve));
      enter(running, "paused");
    },
    resume(job) {
      const running = find(job);
      if (running.info.state !== "paused") return;
      // The pause must not lower the rate.
      running.rate = { ...running.rate, at: performance.now() };
      enter(running, "running");
      letGo(running);
    },
    cancel: (job) => stop(find(job)),
    async cancelAll(kinds) {
      const concerned = [...jobs.values()].filter(({ info }) => kinds === undefined || kinds.includes(info.kind));
      for (const running of concerned) stop(running);
      await Promise.all(concerned.flatMap(({ finished }) => finished ?? []));
    },
  };
}

function hasEnded({ state }: Job): boolean {
  return state === "done" || state === "failed" || state === "cancelled";
}
