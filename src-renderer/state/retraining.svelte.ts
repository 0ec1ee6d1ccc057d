import type { Job, JobId, LossPoint, ModelId, ModelInfo } from "../../src-shared/contract";
import type { Connection } from "./connection.svelte";

/** Learning from corrections: the run, its loss curve, and the models there are. */
export class Retraining {
  job = $state<JobId | null>(null);
  state = $state<Job["state"] | null>(null);
  message = $state<string | null>(null);
  loss = $state.raw<LossPoint[]>([]);
  models = $state.raw<ModelInfo[]>([]);
  switching = $state<ModelId | null>(null);

  /** Latest first. */
  readonly versions = $derived(this.models.toSorted((a, b) => b.model - a.model));
  readonly #at = $derived(this.versions.findIndex(({ current }) => current));
  /** The versions before and after the one in use; undefined at the ends. */
  readonly before = $derived(this.#at < 0 ? undefined : this.versions[this.#at + 1]);
  readonly after = $derived(this.#at < 0 ? undefined : this.versions[this.#at - 1]);

  readonly running = $derived(this.state === "running" || this.state === "paused");

  constructor(private readonly connection: Connection) {
    connection.transport.on("loss", (points) => {
      const [first] = points;
      if (first && this.job !== first.job) this.#begin(first.job);
      this.loss = [...this.loss, ...points];
    });
    connection.transport.on("job", (job) => {
      if (job.kind !== "retrain") return;
      if (this.job !== job.job) this.#begin(job.job);
      this.state = job.state;
      this.message = job.message;
      if (!this.running) void this.loadModels();
    });
    connection.transport.on("library", ({ model }) => {
      const known = this.models.find((one) => one.model === model.model);
      if (!known?.current || (model.scores !== null && known.scores === null)) void this.loadModels();
    });
  }

  async start() {
    const begun = await this.connection.attempt(this.connection.api.retrain());
    if (begun && this.job !== begun.job) this.#begin(begun.job);
  }

  async loadModels() {
    const models = await this.connection.attempt(this.connection.api.models());
    if (models) this.models = models;
  }

  /** The next live version does not take its place. */
  async keep(model: ModelId) {
    await this.connection.attempt(this.connection.api.keepModel({ model }));
    await this.loadModels();
  }

  async use(model: ModelId) {
    this.switching = model;
    await this.connection.attempt(this.connection.api.useModel({ model }));
    this.switching = null;
    await this.loadModels();
  }

  reset() {
    this.job = this.state = this.message = null;
    this.loss = [];
    this.models = [];
  }

  #begin(job: JobId) {
    this.job = job;
    this.state = "running";
    this.message = null;
    this.loss = [];
  }
}
