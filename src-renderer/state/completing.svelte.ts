import type { QueryCompletion } from "../../src-shared/contract";
import type { Connection } from "./connection.svelte";

const NONE: QueryCompletion = { from: 0, to: 0, options: [] };
const SHOWN = 8;

/** Suggestions for what to type at the caret of the search box, and which one is highlighted. */
export class Completing {
  #offered = $state.raw(NONE);
  /** The text that the suggestions are for. */
  #text = "";
  /** -1 for none: Enter then runs the search. */
  highlight = $state(-1);
  readonly options = $derived(this.#offered.options.slice(0, SHOWN));
  readonly open = $derived(this.options.length > 0);
  #asked = 0;
  #answered = Promise.resolve();
  /** The highlight moves that wait for the answer: until it is there, the suggestions shown are for an earlier text. */
  #moving = 0;

  constructor(private readonly connection: Connection) {}

  ask(text: string, caret: number) {
    this.highlight = -1;
    this.#answered = this.#answer(text, caret);
  }

  async #answer(text: string, caret: number) {
    const turn = ++this.#asked;
    const offered = await this.connection.attempt(this.connection.api.completeQuery({ text, caret }));
    if (turn !== this.#asked) return;
    this.#offered = offered ?? NONE;
    this.#text = text;
  }

  close() {
    this.#asked++;
    this.#offered = NONE;
    this.highlight = -1;
  }

  /** Moves the highlight once the suggestions for the text typed are there, wrapping around through none. */
  async move(by: 1 | -1) {
    this.#moving++;
    await this.#answered;
    this.#moving--;
    const places = this.options.length + 1;
    this.highlight = ((this.highlight + 1 + by + places) % places) - 1;
  }

  /** Runs `then` after the moves asked for so far, at once if there are none. */
  afterMoves(then: () => void) {
    if (this.#moving > 0) void this.#answered.then(then);
    else then();
  }

  /** The text that the suggestions are for with one of them inserted, and where the caret goes. */
  take(option: number): { text: string; caret: number } {
    const { from, to } = this.#offered;
    const rest = this.#text.slice(to);
    const { insert } = this.options[option]!;
    const put = insert.endsWith(" ") && rest.startsWith(" ") ? insert.trimEnd() : insert;
    return { text: this.#text.slice(0, from) + put + rest, caret: from + insert.length };
  }
}
