import { keepPreference, readPreference } from "./preference";

/** When a photo is first opened, when a search first finds nothing, and after the first 20 verdicts. */
export type HintName = "verdicts" | "search" | "measured";

/** Hints, each shown until it is dismissed, and never again. */
export class Hints {
  #seen = $state.raw<readonly HintName[]>(readPreference<HintName[]>("hints-seen", []));

  isNew = (hint: HintName): boolean => !this.#seen.includes(hint);

  dismiss(hint: HintName) {
    if (!this.isNew(hint)) return;
    this.#seen = [...this.#seen, hint];
    keepPreference("hints-seen", this.#seen);
  }
}
