import type { EmbeddingMap, Job, PhotoId } from "../../src-shared/contract";
import type { ColourBy } from "../map/colours";
import type { Connection } from "./connection.svelte";
import { keepPreference, readPreference } from "./preference";

/** Milliseconds between reloads while labels change: longer for large maps, whose reloads take longer. */
const pauseFor = (photos: number) => Math.max(1500, photos / 20);

/** Milliseconds between reloads while the map is being built. */
const pauseWhileBuilding = (photos: number) => Math.max(500, photos / 25);

/** The embedding map: its state, its colours, and the job that builds it. */
export class Mapping {
  map = $state.raw<EmbeddingMap | null>(null);
  status = $state<"unknown" | "loading" | "ready" | "failed">("unknown");
  /** The latest state of the job that builds it. */
  job = $state.raw<Job | null>(null);
  /** Dragging draws a lasso instead of panning. */
  lasso = $state(false);
  #colourBy = $state<ColourBy>(readPreference<ColourBy>("map-colour", "label"));

  readonly running = $derived(this.job?.state === "running" || this.job?.state === "paused");

  #shown = false;
  #asked = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly connection: Connection) {
    connection.transport.on("job", (job) => {
      if (job.kind !== "map") return;
      this.job = job;
      if (job.state === "running") this.#followSoon();
      else if (job.state === "done") void this.load();
      else if (job.state !== "paused" && this.map?.isProvisional) this.map = null;
    });
    connection.transport.on("photos", ({ changed }) => this.#changed(changed));
    connection.onRestored(() => {
      if (this.#shown) void this.load();
    });
  }

  get colourBy() {
    return this.#colourBy;
  }
  set colourBy(by: ColourBy) {
    this.#colourBy = by;
    keepPreference("map-colour", by);
  }

  /** Loads the map while it is on screen, and builds it if there is none. @returns what to call when it is closed */
  show(photos: number): () => void {
    this.#shown = true;
    void this.load().then(() => {
      if (this.status === "ready" && this.map === null && photos > 0 && !this.running) void this.make();
    });
    return () => {
      this.#shown = false;
      this.lasso = false;
      clearTimeout(this.#timer);
      this.#timer = undefined;
    };
  }

  async load() {
    const asked = ++this.#asked;
    if (this.map === null && this.status !== "ready") this.status = "loading";
    try {
      const map = await this.connection.api.embeddingMap();
      if (asked !== this.#asked) return;
      this.map = map;
      this.status = "ready";
    } catch (error) {
      if (this.map === null) this.status = "failed";
      this.connection.report(error);
    }
  }

  make() {
    return this.connection.attempt(this.connection.api.makeEmbeddingMap());
  }

  reset() {
    this.map = this.job = null;
    this.status = "unknown";
    this.lasso = false;
  }

  /** While the first map is being built, its provisional positions are shown. */
  #followSoon() {
    if (!this.#shown || (this.map !== null && !this.map.isProvisional)) return;
    this.#timer ??= setTimeout(
      () => {
        this.#timer = undefined;
        void this.load();
      },
      this.map === null ? 0 : pauseWhileBuilding(this.map.photos.length),
    );
  }

  /** New labels change colours and words; new photos join the map. */
  #changed(_changed: PhotoId[] | null) {
    if (!this.#shown || this.map === null || this.map.isProvisional) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.load();
    }, pauseFor(this.map.photos.length));
  }
}
