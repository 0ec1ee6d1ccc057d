import type { Job, JobId } from "../../src-shared/contract";
import type { Connection } from "./connection.svelte";

const FADE = 4000; // milliseconds that a finished job stays

/** Background jobs in the engine: those that run, and those that have just ended. */
export class Jobs {
  shown = $state.raw<Job[]>([]);
  /** Jobs announced since the list was requested: announcements are newer than the answer. */
  #announced = new Set<JobId>();
  /** Automatic retraining runs. */
  readonly learning = $derived(this.shown.some(({ kind, state }) => kind === "learn" && state === "running"));

  constructor(private readonly connection: Connection) {
    connection.transport.on("job", (job) => this.#update(job));
    connection.onRestored(() => void this.load());
  }

  async load() {
    this.#announced.clear();
    const jobs = await this.connection.attempt(this.connection.api.jobs());
    if (!jobs) return;
    const announced = this.shown.filter(({ job }) => this.#announced.has(job));
    this.shown = [...jobs.filter((job) => unfinished(job) && !this.#announced.has(job.job)), ...announced];
  }

  pause(job: JobId) {
    return this.connection.attempt(this.connection.api.pauseJob({ job }));
  }
  resume(job: JobId) {
    return this.connection.attempt(this.connection.api.resumeJob({ job }));
  }
  cancel(job: JobId) {
    return this.connection.attempt(this.connection.api.cancelJob({ job }));
  }
  rescan() {
    return this.connection.attempt(this.connection.api.rescan());
  }

  dismiss(job: JobId) {
    this.shown = this.shown.filter((shown) => shown.job !== job);
  }

  get(job: JobId | null): Job | undefined {
    return this.shown.find((shown) => shown.job === job);
  }

  #update(job: Job) {
    this.#announced.add(job.job);
    const known = this.shown.some((shown) => shown.job === job.job);
    this.shown = known ? this.shown.map((shown) => (shown.job === job.job ? job : shown)) : [...this.shown, job];
    // A failure stays until it is dismissed, so that its reason can be read.
    if (!unfinished(job) && job.state !== "failed") setTimeout(() => this.dismiss(job.job), FADE);
  }
}

export function unfinished(job: Job): boolean {
  return job.state === "running" || job.state === "paused";
}
