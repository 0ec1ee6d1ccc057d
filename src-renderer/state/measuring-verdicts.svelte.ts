import type { Job, VerdictEvaluationState } from "../../src-shared/contract";
import type { Connection } from "./connection.svelte";

/** Measuring the labels on the library's own verdicts. */
export class MeasuringVerdicts {
  state = $state.raw<VerdictEvaluationState | null>(null);
  status = $state<"loading" | "ready" | "failed">("loading");
  /** The run of this sitting, as last heard of. */
  job = $state.raw<Job | null>(null);

  readonly running = $derived(this.job?.state === "running" || this.job?.state === "paused");

  constructor(private readonly connection: Connection) {
    connection.transport.on("job", (job) => {
      if (job.kind !== "verdicts") return;
      this.job = job;
      if (job.state === "done") void this.load();
    });
  }

  /** Loads the last figures, and measures again if verdicts or labels have changed since and there are enough. */
  async show() {
    await this.load();
    const { state } = this;
    if (state && !state.isCurrent && state.needed === 0 && !this.running) await this.start();
  }

  async load() {
    try {
      this.state = await this.connection.api.verdictEvaluation();
      this.status = "ready";
    } catch (error) {
      this.status = "failed";
      this.connection.report(error);
    }
  }

  async start() {
    await this.connection.attempt(this.connection.api.evaluateVerdicts());
  }

  async cancel() {
    if (this.job) await this.connection.attempt(this.connection.api.cancelJob({ job: this.job.job }));
  }

  reset() {
    this.state = this.job = null;
    this.status = "loading";
  }
}
