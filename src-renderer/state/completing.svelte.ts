import type { QueryCompletion } from "../../src-shared/contract";
import type { Connection } from "./connection.svelte";

const NONE: QueryCompletion = { from: 0, to: 0, options: [] };
const SHOWN = 8;

/** Suggestions for what to type at the caret of the search box, and which one is highlighted. */
export class Completing {
  #offered = $state.raw(NONE);
  /** -1 for none: Enter then runs the search. */
  highlight = $state(-1);
  readonly options = $derived(this.#offered.options.slice(0, SHOWN));
  readonly open = $derived(this.options.length > 0);
  #asked = 0;

  constructor(private readonly connection: Connection) {}

  async ask(text: string, caret: number) {
    const turn = ++this.#asked;
    const offered = await this.connection.attempt(this.connection.api.completeQuery({ text, caret }));
    if (turn !== this.#asked || !offered) return;
    this.#offered = offered;
    this.highlight = -1;
  }

  close() {
    this.#asked++;
    this.#offered = NONE;
    this.highlight = -1;
  }

  /** Moves the highlight, wrapping around through none. */
  move(by: 1 | -1) {
    const places = this.options.length + 1;
    this.highlight = ((this.highlight + 1 + by + places) % places) - 1;
  }

  /** The text with an option inserted, and where the caret goes. */
  take(text: string, option: number): { text: string; caret: number } {
    const { from, to } = this.#offered;
    const rest = text.slice(to);
    const { insert } = this.options[option]!;
    const put = insert.endsWith(" ") && rest.startsWith(" ") ? insert.trimEnd() : insert;
    return { text: text.slice(0, from) + put + rest, caret: from + insert.length };
  }
}
