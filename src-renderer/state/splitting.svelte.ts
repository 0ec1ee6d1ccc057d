import type { Part, SplitPlan, SplitQuery, SplitState } from "../../src-shared/contract";
import { PARTS } from "../../src-shared/split-parts";
import { text } from "../messages/text";
import type { Annotating } from "./annotating.svelte";
import type { Browse } from "./browse.svelte";
import type { Connection } from "./connection.svelte";
import type { Toasts } from "./toasts.svelte";

/** How the photos are split into train, validation and test. */
export class Splitting {
  /** Null until it is known. */
  state = $state.raw<SplitState | null>(null);
  /** What the split that is being chosen would come to; null where none can be made. */
  plan = $state.raw<SplitPlan | null>(null);

  #asked = 0;

  constructor(
    private readonly connection: Connection,
    private readonly browse: Browse,
    private readonly judging: Annotating,
    private readonly toasts: Toasts,
  ) {}

  async load() {
    this.state = (await this.connection.attempt(this.connection.api.splitState())) ?? this.state;
  }

  /** Only the answer to the latest choice is shown. */
  async look(query: SplitQuery) {
    const asked = ++this.#asked;
    const plan = isQuery(query) ? await this.connection.attempt(this.connection.api.planSplit(query)) : undefined;
    if (asked === this.#asked) this.plan = plan ?? null;
  }

  /** True when it was made. */
  async make(query: SplitQuery): Promise<boolean> {
    const made = await this.connection.attempt(this.connection.api.makeSplit(query));
    if (!made) return false;
    this.#say(text("split.made", made.photos));
    return true;
  }

  async remove() {
    const done = await this.connection.attempt(this.connection.api.removeSplit().then(() => true));
    if (done) this.#say(text("split.removed"));
  }

  show(part: Part | "none") {
    this.browse.go({ kind: "all" });
    this.browse.search(`split:${part}`);
  }

  #say(what: string) {
    this.toasts.say(what, { text: text("action.undo"), run: () => void this.judging.undo() });
  }
}

export const isQuery = (query: SplitQuery): boolean =>
  PARTS.every((part) => query[part] >= 0 && query[part] <= 1) &&
  PARTS.some((part) => query[part] > 0) &&
  Number.isSafeInteger(query.seed) &&
  query.seed >= 0;
