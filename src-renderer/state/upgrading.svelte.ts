import type { Job, LibraryInfo } from "../../src-shared/contract";
import { text } from "../messages/text";
import type { Connection } from "./connection.svelte";
import type { Library } from "./library.svelte";
import { keepPreference, readPreference } from "./preference";
import type { Toasts } from "./toasts.svelte";

/** Identifies an offer by its library and its pack. */
const offerOf = ({ folder, upgrade }: LibraryInfo) => `${upgrade?.to} ${folder}`;
/** Number of declined offers that are remembered. */
const REMEMBERED = 50;

/** Relabelling a library with a better model, and going back. */
export class Upgrading {
  #declined = $state.raw(readPreference<string[]>("declinedUpgrades", []));
  /** The job while it runs. */
  job = $state.raw<Job | null>(null);
  /** It has ended well, and the notice has not been dismissed. */
  done = $state(false);
  /** A request is pending. */
  busy = $state(false);
  /** The better model, if it should be offered. */
  readonly offer: LibraryInfo["upgrade"] = $derived.by(() => {
    const { info } = this.library;
    return info?.upgrade && !this.#declined.includes(offerOf(info)) ? info.upgrade : null;
  });

  constructor(
    private readonly connection: Connection,
    private readonly library: Library,
    private readonly toasts: Toasts,
  ) {
    connection.transport.on("job", (job) => {
      if (job.kind !== "upgrade") return;
      const runs = job.state === "running" || job.state === "paused";
      this.job = runs ? job : null;
      this.done = job.state === "done";
    });
  }

  async start() {
    this.busy = true;
    await this.connection.attempt(this.connection.api.relabelWithBetterPack());
    this.busy = false;
  }

  async cancel() {
    if (this.job) await this.connection.attempt(this.connection.api.cancelJob({ job: this.job.job }));
  }

  /** Restores the previous labels, and does not offer the model again. */
  async goBack() {
    this.busy = true;
    const back = this.connection.api.goBack().then(() => true);
    if (await this.connection.attempt(back)) {
      this.done = false;
      this.decline();
      this.toasts.say(text("upgrade.restored"));
    }
    this.busy = false;
  }

  /** Does not offer it again. */
  decline() {
    const { info } = this.library;
    if (info)
      this.#declined = [...this.#declined.filter((offer) => offer !== offerOf(info)), offerOf(info)].slice(-REMEMBERED);
    keepPreference("declinedUpgrades", this.#declined);
  }

  reset() {
    this.job = null;
    this.done = false;
    this.busy = false;
  }
}
