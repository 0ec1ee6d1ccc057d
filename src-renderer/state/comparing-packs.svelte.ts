import { CallError } from "../../src-preload/client";
import type { ComparedPack, Job, LibraryPack, PackComparison } from "../../src-shared/contract";
import { bytes } from "../messages/numbers";
import { text } from "../messages/text";
import type { Connection } from "./connection.svelte";
import type { Toasts } from "./toasts.svelte";

/** Choice of a pack by its folder. */
export const IN_FOLDER = "folder";

/** Comparing the library's pack with another on the library's verdicts, switching to it, and deleting its features. */
export class ComparingPacks {
  packs = $state.raw<LibraryPack[]>([]);
  result = $state.raw<PackComparison | null>(null);
  status = $state<"loading" | "ready" | "failed">("loading");
  /** A pack as `comparePacks` takes it, or `IN_FOLDER`. Null for the first one. */
  wanted = $state<string | null>(null);
  folder = $state("");
  /** Why the comparison was not started. */
  refusal = $state<string | null>(null);
  /** The comparison of this sitting, as last heard of. */
  job = $state.raw<Job | null>(null);
  starting = $state(false);
  /** The pack whose features are about to be deleted. */
  forgetting = $state.raw<LibraryPack | null>(null);

  readonly running = $derived(this.starting || this.job?.state === "running" || this.job?.state === "paused");
  readonly inUse = $derived(this.packs.find(({ isInUse }) => isInUse) ?? null);
  /** Packs to compare with. */
  readonly others = $derived(this.packs.filter(({ isInUse, from }) => !isInUse && from !== null));
  readonly chosen = $derived(this.wanted ?? this.others[0]?.from ?? IN_FOLDER);
  readonly name = $derived(this.chosen === IN_FOLDER ? this.folder.trim() : this.chosen);

  constructor(
    private readonly connection: Connection,
    private readonly toasts: Toasts,
  ) {
    connection.transport.on("job", (job) => {
      if (job.kind === "compare") this.job = job;
      const hasEnded = job.state === "done" || job.state === "cancelled";
      if (hasEnded && (job.kind === "compare" || job.kind === "upgrade")) void this.load();
    });
    connection.onRestored(() => void this.load());
  }

  async load() {
    try {
      const { api } = this.connection;
      [this.packs, this.result] = await Promise.all([api.libraryPacks(), api.packComparison()]);
      this.status = "ready";
    } catch (error) {
      this.status = "failed";
      this.connection.report(error);
    }
  }

  choose(wanted: string) {
    this.wanted = wanted;
    this.refusal = null;
  }

  async start() {
    this.refusal = null;
    this.starting = true;
    try {
      await this.connection.api.comparePacks({ name: this.name });
    } catch (error) {
      if (error instanceof CallError && error.code !== "connection-lost") this.refusal = error.message;
      else this.connection.report(error);
    } finally {
      this.starting = false;
    }
  }

  async cancel() {
    if (this.job) await this.connection.attempt(this.connection.api.cancelJob({ job: this.job.job }));
  }

  /** What the library has of a compared pack; undefined if nothing is left of it. */
  packOf({ visualId }: ComparedPack): LibraryPack | undefined {
    return this.packs.find((pack) => pack.visualId === visualId);
  }

  async use({ from }: ComparedPack) {
    await this.connection.attempt(this.connection.api.usePack({ name: from }));
  }

  async forget({ visualId }: LibraryPack) {
    const dropped = await this.connection.attempt(this.connection.api.dropFeatures({ visualId }));
    if (!dropped) return;
    this.toasts.say(text("comparing.forgot", { size: bytes(dropped.bytes) }));
    await this.load();
  }

  reset() {
    this.packs = [];
    this.result = this.job = this.refusal = this.wanted = this.forgetting = null;
    this.folder = "";
    this.status = "loading";
  }
}
