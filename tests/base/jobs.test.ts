import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createJobs, type JobHandle, runJobIn } from "../../src-main/base/jobs";
import type { Job } from "../../src-shared/contract";
import { Refusal } from "../../src-shared/refusal";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const second = () => vi.advanceTimersByTimeAsync(1000);

/** Work in `total` steps of ten milliseconds. */
const steps =
  (total: number, done = { steps: 0 }) =>
  async (job: JobHandle) => {
    for (let i = 1; i <= total; i++) {
      await job.yield();
      await new Promise((resolve) => setTimeout(resolve, 10));
      done.steps = i;
      job.progress(i, total);
    }
    return `${total} steps`;
  };

test("a job reports progress, rate and remaining time at most five times a second", async () => {
  const received: Job[] = [];
  const jobs = createJobs((job) => received.push(job));
  const { finished } = jobs.run("embed", steps(400));
  await second();
  await second();
  const { perSecond, secondsLeft, state } = received.at(-1)!;
  expect(state).toBe("running");
  expect(perSecond).toBeGreaterThan(90);
  expect(perSecond).toBeLessThan(110);
  expect(secondsLeft).toBeGreaterThan(1.6);
  expect(secondsLeft).toBeLessThan(2.4);
  expect(received.length).toBeLessThanOrEqual(12);
  await vi.advanceTimersByTimeAsync(3000);
  expect(await finished).toMatchObject({
    state: "done",
    done: 400,
    total: 400,
    message: "400 steps",
    secondsLeft: null,
  });
  expect(received.at(-1)).toMatchObject({ state: "done", done: 400 });
});

test("a paused job stops until it is resumed, and its rate does not suffer", async () => {
  const jobs = createJobs(() => {});
  const done = { steps: 0 };
  const { job, finished } = jobs.run("scan", steps(300, done));
  await second();
  jobs.pause(job);
  await second();
  const stepsWhenPaused = done.steps;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(done.steps).toBe(stepsWhenPaused);
  expect(jobs.list()).toMatchObject([{ state: "paused", secondsLeft: null }]);
  jobs.resume(job);
  await second();
  expect(jobs.list()[0].perSecond).toBeGreaterThan(85);
  await second();
  await second();
  expect((await finished).state).toBe("done");
});

test("a job reports its phase; a new phase counts from zero, and its name is removed when the job ends", async () => {
  const received: Job[] = [];
  const jobs = createJobs((job) => received.push(job));
  const { finished } = jobs.run("evaluate", async (job) => {
    job.phase("looking at photos");
    await steps(100)(job);
    job.phase("fitting DeViSE, step");
    await second();
    job.progress(3, 400);
    await second();
    return "done with it";
  });
  await vi.advanceTimersByTimeAsync(5000);
  expect(received.find(({ message }) => message === "looking at photos")).toBeDefined();
  const fitting = received.filter(({ message }) => message === "fitting DeViSE, step");
  expect(fitting[0]).toMatchObject({ done: 0, total: 0, perSecond: 0, secondsLeft: null });
  expect(fitting.at(-1)).toMatchObject({ done: 3, total: 400 });
  expect(await finished).toMatchObject({ state: "done", message: "done with it" });
});

test.each([false, true])("a job is cancelled between two steps (paused: %s)", async (paused) => {
  const jobs = createJobs(() => {});
  const { job, finished } = jobs.run("embed", steps(1000));
  await second();
  if (paused) jobs.pause(job);
  await second();
  jobs.cancel(job);
  await second();
  const ended = await finished;
  expect(ended).toMatchObject({ state: "cancelled", message: null });
  expect(ended.done).toBeLessThan(300);
});

test("a job that throws has failed, and reports the error", async () => {
  const jobs = createJobs(() => {});
  const { job, finished } = jobs.run("export", async () => {
    throw new Error("disk full");
  });
  expect(await finished).toMatchObject({ state: "failed", message: "disk full" });
  jobs.cancel(job);
  jobs.pause(job);
  expect(jobs.list()).toMatchObject([{ state: "failed" }]);
  expect(() => jobs.pause(99)).toThrow("There is no job 99.");
});

test("all jobs are cancelled together, and finished ones are eventually forgotten", async () => {
  const jobs = createJobs(() => {});
  for (let i = 0; i < 30; i++) await jobs.run("rank", async () => {}).finished;
  expect(jobs.list()).toHaveLength(20);
  jobs.run("embed", steps(1000));
  jobs.run("scan", steps(1000));
  const all = jobs.cancelAll();
  await second();
  await all;
  expect(jobs.list().filter(({ state }) => state === "cancelled")).toHaveLength(2);
});

test("once the end is signalled, running jobs and those that start later are cancelled with its reason", async () => {
  const end = new AbortController();
  const jobs = createJobs(() => {}, { end: end.signal });
  const running = jobs.run("scan", steps(100));
  await vi.advanceTimersByTimeAsync(50);
  end.abort(new Refusal("cancelled", "Ctrl-C"));
  const work = vi.fn(() => Promise.resolve());
  const later = jobs.run("embed", work);
  await second();
  expect((await running.finished).state).toBe("cancelled");
  expect((await later.finished).state).toBe("cancelled");
  expect(work).not.toHaveBeenCalled();
  await expect(runJobIn(jobs)("rank", () => Promise.resolve(1))).rejects.toMatchObject({ code: "cancelled" });
});

test("a job's result is returned, and what it throws is thrown as it is", async () => {
  const run = runJobIn(createJobs(() => {}));
  expect(await run("rank", () => Promise.resolve(7))).toBe(7);
  const fault = new TypeError("a bug");
  await expect(run("rank", () => Promise.reject(fault))).rejects.toBe(fault);
});
