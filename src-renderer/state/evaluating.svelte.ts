import { CallError } from "../../src-preload/client";
import type { Evaluation, Job, JobId } from "../../src-shared/contract";
import type { Connection } from "./connection.svelte";

/** Measuring how good the labels are: the dataset, the run, and the last result. */
export class Evaluating {
  /** Path of the dataset, as typed or chosen. */
  dataset = $state("");
  result = $state.raw<Evaluation | null>(null);
  status = $state<"loading" | "ready" | "failed">("loading");
  /** Why the dataset was not taken. */
  refusal = $state<string | null>(null);
  /** The run of this sitting, as last heard of. */
  job = $state.raw<Job | null>(null);
  starting = $state(false);

  readonly running = $derived(this.starting || this.job?.state === "running" || this.job?.state === "paused");

  constructor(private readonly connection: Connection) {
    connection.transport.on("job", (job) => {
      if (job.kind !== "evaluate") return;
      this.job = job;
      if (job.state === "done") void this.load();
    });
    connection.onRestored(() => void this.load());
  }

  async load() {
    try {
      this.result = await this.connection.api.evaluation();
      this.status = "ready";
      this.dataset ||= this.result?.dataset ?? "";
    } catch (error) {
      this.status = "failed";
      this.connection.report(error);
    }
  }

  /** Another dataset is to be evaluated. */
  take(dataset: string): true {
    this.dataset = dataset;
    this.refusal = null;
    return true;
  }

  async start() {
    this.refusal = null;
    this.starting = true;
    try {
      await this.connection.api.evaluate({ dataset: this.dataset.trim() });
    } catch (error) {
      if (error instanceof CallError && error.code !== "connection-lost") this.refusal = error.message;
      else this.connection.report(error);
    } finally {
      this.starting = false;
    }
  }

  cancel(job: JobId) {
    return this.connection.attempt(this.connection.api.cancelJob({ job }));
  }

  reset() {
    this.result = this.job = this.refusal = null;
    this.dataset = "";
    this.status = "loading";
  }
}
