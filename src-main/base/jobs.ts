import type { Job, JobId } from "../../src-shared/contract";
import { Refusal } from "../../src-shared/refusal";
import { advance, newRate, type Rate } from "./rate";

/** A running job is reported at most this often. */
const REPORT_MS = 200;
/** Ended jobs that are remembered. */
const MAX_ENDED_JOBS = 20;

/** What long work is given. */
export interface JobHandle {
  readonly job: JobId;
  /** Aborted when the job is cancelled. */
  readonly signal: AbortSignal;
  readonly isPaused: boolean;
  /** @param total 0 while it is not known */
  progress(done: number, total: number): void;
  /** What the job is at from now on, and of what `progress` counts: "looking at photos". Its message until it ends. */
  phase(doing: string): void;
  /** To be awaited between steps: waits while the job is paused, throws the signal's reason once it is cancelled. */
  yield(): Promise<void>;
}

export interface Jobs {
  /**
   * Starts long work. What it resolves to is the job's message, what it throws is why it failed.
   * @returns the job's id, and the job as it ended; `finished` never rejects
   */
  run(kind: Job["kind"], work: (job: JobHandle) => Promise<string | void>): { job: JobId; finished: Promise<Job> };
  /** Jobs that run and those that ended lately, oldest first. */
  list(): Job[];
  /** @throws Refusal `no-job`; pausing, resuming or cancelling a job that has ended does nothing */
  pause(job: JobId): void;
  resume(job: JobId): void;
  cancel(job: JobId): void;
  /** Cancels everything that runs, or all of these kinds, and waits until it has ended. */
  cancelAll(kinds?: readonly Job["kind"][]): Promise<void>;
}

/** Runs long work as a job and resolves to its result. @throws Refusal of the work, or `cancelled` */
export type RunJob = <T>(kind: Job["kind"], work: (job: JobHandle) => Promise<T>) => Promise<T>;

interface Running {
  info: Job;
  rate: Rate;
  abort: AbortController;
  /** Null only while it is being started. */
  finished: Promise<Job> | null;
  /** Lets a paused job go on. */
  release: (() => void) | null;
  resumed: Promise<void>;
  reportedAt: number;
  timer: NodeJS.Timeout | undefined;
}

/**
 * @param emit told of every job a few times a second while it runs, at once when its state changes, and when it ends
 * @param explain puts what a job failed of into words for people, where it can
 */
export function createJobs(emit: (job: Job) => void, explain: (error: unknown) => unknown = (error) => error): Jobs {
  const jobs = new Map<JobId, Running>();
  let next: JobId = 1;

  const report = (running: Running) => {
    clearTimeout(running.timer);
    running.timer = undefined;
    running.reportedAt = performance.now();
    emit({ ...running.info });
  };
  const reportSoon = (running: Running) => {
    const wait = REPORT_MS - (performance.now() - running.reportedAt);
    if (wait <= 0) report(running);
    else running.timer ??= setTimeout(report, wait, running).unref();
  };
  const enter = (running: Running, state: Job["state"]) => {
    running.info.state = state;
    running.info.secondsLeft = null;
    report(running);
  };
  const letGo = (running: Running) => {
    running.release?.();
    running.release = null;
  };
  const stop = (running: Running) => {
    if (hasEnded(running.info)) return;
    running.abort.abort(new Refusal("cancelled", "the job was cancelled"));
    letGo(running);
  };
  const find = (job: JobId): Running => {
    const running = jobs.get(job);
    if (!running) throw new Refusal("no-job", `there is no job ${job}`);
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
      reportSoon(running);
    },
    phase(doing) {
      running.rate = newRate(performance.now()); // other work goes at another pace
      Object.assign(running.info, { done: 0, total: 0, perSecond: 0, secondsLeft: null, message: doing });
      reportSoon(running);
    },
    async yield() {
      if (running.release) await running.resumed;
      running.abort.signal.throwIfAborted();
    },
  });

  const finish = async (running: Running, work: (job: JobHandle) => Promise<string | void>): Promise<Job> => {
    let state: Job["state"] = "done";
    try {
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

  return {
    run(kind, work) {
      const job = next++;
      const running: Running = {
        info: { job, kind, state: "running", done: 0, total: 0, perSecond: 0, secondsLeft: null, message: null },
        rate: newRate(performance.now()),
        abort: new AbortController(),
        release: null,
        resumed: Promise.resolve(),
        reportedAt: 0,
        timer: undefined,
        finished: null,
      };
      jobs.set(job, running);
      report(running);
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
      // The pause is not to count as slow work.
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
