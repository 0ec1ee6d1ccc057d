import type { LabelId, PhotoId, Verdict } from "../../src-preload/contract";
import type { Connection } from "./connection.svelte";
import type { Inspected } from "./inspected.svelte";
import type { Selection } from "./selection.svelte";
import type { Toasts } from "./toasts.svelte";

interface Named { label: LabelId; name: string }

const DONE: Record<Verdict, string> = { accept: "Accepted", reject: "Rejected", clear: "Cleared" };

/** A person's verdicts on the selected photos, and taking them back. */
export class Judging {
  constructor(
    private readonly connection: Connection,
    private readonly selection: Selection,
    private readonly inspected: Inspected,
    private readonly toasts: Toasts,
  ) {}

  /** The photos a verdict now goes to. */
  get photos(): PhotoId[] {
    if (this.selection.chosen.size > 0) return [...this.selection.chosen];
    return this.inspected.photo === null ? [] : [this.inspected.photo];
  }

  async judge({ label, name }: Named, verdict: Verdict) {
    const { photos } = this;
    if (photos.length === 0) return;
    const judged = await this.connection.attempt(this.connection.api.judge({ photos, label, verdict }));
    if (!judged) return;
    const on = photos.length > 1 ? ` on ${photos.length.toLocaleString()} photos` : "";
    this.toasts.say(`${DONE[verdict]} “${name}”${on}`, { text: "Undo", run: () => void this.undo() });
  }

  /** Gives a label to the selected photos, or takes it back where all of them have it by a person's verdict. */
  async toggle(label: Named) {
    const { photos } = this;
    if (photos.length === 0) return;
    await this.inspected.settled();
    const { details, shared } = this.inspected;
    const has = details ? details.labels.some((one) => one.label === label.label && one.source !== "predicted")
      : shared.some((one) => one.label === label.label && one.accepted === photos.length);
    await this.judge(label, has ? "clear" : "accept");
  }

  /** Accepts the n-th label shown, counted from 0; a second time takes the accept back. */
  async acceptNth(n: number) {
    await this.inspected.settled();
    const { details, shared } = this.inspected;
    if (details) {
      const label = details.labels[n];
      if (!label) return;
      this.inspected.highlight = n;
      await this.judge(label, label.source === "predicted" ? "accept" : "clear");
    } else if (shared[n]) {
      this.inspected.highlight = n;
      await this.judge(shared[n], "accept");
    }
  }

  async rejectHighlighted() {
    await this.inspected.settled();
    const { details, shared, highlight } = this.inspected;
    const label = details ? details.labels[highlight] : shared[highlight];
    if (label) await this.judge(label, "reject");
  }

  async undo() {
    const answer = await this.connection.attempt(this.connection.api.undo());
    if (!answer) return;
    if (answer.undone === null) this.toasts.say("Nothing to undo");
    else this.toasts.say(`Undone: ${answer.undone}`, { text: "Redo", run: () => void this.redo() });
  }

  async redo() {
    const answer = await this.connection.attempt(this.connection.api.redo());
    if (!answer) return;
    if (answer.redone === null) this.toasts.say("Nothing to redo");
    else this.toasts.say(`Redone: ${answer.redone}`, { text: "Undo", run: () => void this.undo() });
  }
}
