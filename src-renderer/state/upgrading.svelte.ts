import type { Job, LibraryInfo } from "../../src-shared/contract";
import { text } from "../messages/text";
import type { Connection } from "./connection.svelte";
import type { Library } from "./library.svelte";
import { keepPreference, readPreference } from "./preference";
import type { Toasts } from "./toasts.svelte";

/** An offer is known again by its library and the pack it is about. */
const offerOf = ({ folder, upgrade }: LibraryInfo) => `${upgrade?.to} ${folder}`;
/** Offers that were waved away and are remembered, the latest. */
const REMEMBERED = 50;

/** Labelling a library again with a better model than it was labelled with, and going back. */
export class Upgrading {
  #declined = $state.raw(readPreference<string[]>("declinedUpgrades", []));
  /** The job while it runs. */
  job = $state.raw<Job | null>(null);
  /** It ended well while the window was open, and nobody has said what they think of it yet. */
  done = $state(false);
  /** Asked for, and not answered yet. */
  busy = $state(false);
  /** The better model, where it is worth a line. */
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
    await this.connection.attempt(this.connection.api.labelAgain());
    this.busy = false;
  }

  async cancel() {
    if (this.job) await this.connection.attempt(this.connection.api.cancelJob({ job: this.job.job }));
  }

  /** Back to the labels of before; who does that need not be asked again. */
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

  /** Says no more of it. */
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
