import type { Explanation, PhotoLabel } from "../../src-shared/contract";
import type { Connection } from "./connection.svelte";
import type { Inspected } from "./inspected.svelte";

/** The explanation of a label of the inspected photo, while it is open. */
export class Explaining {
  /** The label that is explained. */
  label = $state.raw<PhotoLabel | null>(null);
  /** Null while it loads. */
  explanation = $state.raw<Explanation | null>(null);
  failure = $state<string | null>(null);
  #asked = 0;

  constructor(
    private readonly connection: Connection,
    private readonly inspected: Inspected,
  ) {}

  /** Explains a label; a second time closes the explanation. */
  toggle(label: PhotoLabel) {
    if (this.label?.label === label.label) this.close();
    else void this.#ask(label);
  }

  /** Explains the highlighted label, or closes the explanation that is open. */
  async toggleHighlighted() {
    if (this.label) return this.close();
    const visit = this.inspected.follow();
    if (visit.photo === null || !(await this.connection.attempt(this.inspected.look(visit)))) return;
    const label = this.inspected.known.listed(visit.photo, this.inspected.withGuesses)[visit.highlight];
    if (label && visit === this.inspected.visit) await this.#ask(label);
  }

  close() {
    this.#asked++;
    this.label = this.explanation = this.failure = null;
  }

  async #ask(label: PhotoLabel) {
    const { details } = this.inspected;
    if (!details) return;
    const turn = ++this.#asked;
    this.label = label;
    this.explanation = this.failure = null;
    try {
      const explanation = await this.connection.api.explain({ photo: details.photo, label: label.label });
      if (turn === this.#asked) this.explanation = explanation;
    } catch (error) {
      if (turn === this.#asked) this.failure = error instanceof Error ? error.message : String(error);
    }
  }
}
