import type { MarkConflict, MarkConflictId, MarkSide } from "../../src-shared/contract";
import { text } from "../messages/text";
import type { Annotating } from "./annotating.svelte";
import type { Connection } from "./connection.svelte";
import type { Toasts } from "./toasts.svelte";

/** Marks that Semblance and another program set differently, while their list is open. */
export class MarkConflicts {
  /** Null while they load. */
  listed = $state.raw<MarkConflict[] | null>(null);
  #asked = 0;

  constructor(
    private readonly connection: Connection,
    private readonly judging: Annotating,
    private readonly toasts: Toasts,
  ) {}

  /** Loads the list, and follows changes until the result is called. */
  open(): () => void {
    void this.#load();
    return this.connection.transport.on("photos", () => void this.#load());
  }

  /** Uses one side of conflicts, as one undo step. */
  use(conflicts: MarkConflictId[], side: MarkSide): Promise<void> {
    return this.judging.inTurn(async () => {
      const { photos: count } = await this.connection.api.useMarks({ conflicts, side });
      this.toasts.say(
        text(side === "ours" ? "conflicts.usedOurs" : "conflicts.usedTheirs", { count }),
        count > 0 ? { text: text("action.undo"), run: () => void this.judging.undo() } : null,
      );
      await this.#load();
    });
  }

  /** Takes all conflicts off the list; what is in use stays. */
  async dismissAll() {
    await this.connection.attempt(this.#dismissAll());
  }

  async #dismissAll() {
    const conflicts = this.listed?.map(({ conflict }) => conflict) ?? [];
    if (conflicts.length === 0) return;
    await this.connection.api.dismissMarkConflicts({ conflicts });
    this.toasts.say(text("conflicts.cleared"), {
      text: text("action.undo"),
      run: () => void this.connection.attempt(this.connection.api.listMarkConflicts({ conflicts })),
    });
    await this.#load();
  }

  async #load() {
    const asked = ++this.#asked;
    const found = await this.connection.attempt(this.connection.api.markConflicts());
    if (found && asked === this.#asked) this.listed = found;
  }
}
