import type { AvailablePack, InstalledPack, Job, PackList } from "../../src-shared/contract";
import type { Connection } from "./connection.svelte";
import { unfinished } from "./jobs.svelte";

/** The model packs on this computer and those that can be downloaded; measuring, downloading, using, removing. */
export class Packs {
  /** Null until the engine said. */
  list = $state.raw<PackList | null>(null);
  /** Name of the pack that is being measured. */
  measuring = $state<string | null>(null);
  /** The download that runs, or why the last one ended without a pack. */
  download = $state.raw<Job | null>(null);
  /** The job that relabels the library with another pack. */
  switching = $state.raw<Job | null>(null);
  /** Name of the pack that the library changes to. */
  next = $state<string | null>(null);

  constructor(private readonly connection: Connection) {
    connection.transport.on("job", (job) => {
      if (job.kind === "download") this.download = job.state === "done" ? null : job;
      else if (job.kind === "upgrade") this.switching = unfinished(job) ? job : null;
      else return;
      if (!unfinished(job)) {
        if (job.kind === "upgrade") this.next = null;
        if (this.list) void this.load();
      }
    });
  }

  async load() {
    const list = await this.connection.attempt(this.connection.api.packs());
    if (list) this.list = list;
    return list;
  }

  async measure({ name }: InstalledPack) {
    this.measuring = name;
    await this.connection.attempt(this.connection.api.measurePack({ name }));
    this.measuring = null;
    await this.load();
  }

  /** Downloads a pack, or continues. */
  async get({ name }: AvailablePack) {
    this.download = null;
    await this.connection.attempt(this.connection.api.getPack({ name }));
  }

  /** Labels the open library with another pack. */
  async use({ name }: InstalledPack) {
    this.next = name;
    if (!(await this.connection.attempt(this.connection.api.usePack({ name })))) this.next = null;
  }

  /** Deletes an installed pack, or what an interrupted download left of one. */
  async remove(name: string) {
    this.download = null;
    await this.connection.attempt(this.connection.api.removePack({ name }));
    await this.load();
  }

  async cancel({ job }: Job) {
    await this.connection.attempt(this.connection.api.cancelJob({ job }));
  }

  /** The job that downloads this pack: the engine puts the pack's title first in its message. */
  downloadOf({ title }: AvailablePack): Job | null {
    const { download } = this;
    return download && unfinished(download) && download.message?.startsWith(title) ? download : null;
  }

  reset() {
    this.list = null;
    this.switching = null;
    this.next = null;
  }
}
