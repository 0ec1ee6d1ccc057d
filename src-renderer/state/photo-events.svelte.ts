import type { PhotoEvent, PhotoId } from "../../src-shared/contract";
import { text } from "../messages/text";
import { daysTitle } from "../messages/times";
import type { Annotating } from "./annotating.svelte";
import type { Browse } from "./browse.svelte";
import type { Connection } from "./connection.svelte";
import type { Selection } from "./selection.svelte";
import type { Toasts } from "./toasts.svelte";

/** Events, as groups of the grid: a person names, divides and merges them. */
export class PhotoEvents {
  /** The event that is being named. */
  naming = $state.raw<PhotoEvent | null>(null);

  constructor(
    private readonly connection: Connection,
    private readonly browse: Browse,
    private readonly selection: Selection,
    private readonly judging: Annotating,
    private readonly toasts: Toasts,
  ) {}

  /** Prepares naming the event that holds a photo. @returns whether there is one */
  async choose(photo = this.#meant()): Promise<boolean> {
    if (photo === null) return false;
    const found = await this.connection.attempt(this.connection.api.eventOf({ photo }));
    this.naming = found ?? null;
    return found !== undefined;
  }

  /** Place and month, if the event has no name yet: "Lisbon, May 2024". */
  suggestedName({ name, place, from }: PhotoEvent): string {
    const month = daysTitle(from.slice(0, 7));
    return name ?? (place === null ? month : `${place}, ${month}`);
  }

  /** @returns whether it was named */
  async name({ first }: PhotoEvent, name: string): Promise<boolean> {
    const named = await this.connection.attempt(this.connection.api.nameEvent({ photo: first, name }));
    if (!named) return false;
    await this.#changed(text("event.named", { name, count: named.photos }));
    return true;
  }

  async divide() {
    await this.#edit((photo) => this.connection.api.cutEvent({ photo }), text("event.divided"));
  }

  async merge() {
    await this.#edit((photo) => this.connection.api.mergeEvents({ photo }), text("event.merged"));
  }

  async #edit(change: (photo: PhotoId) => Promise<void>, said: string) {
    const photo = this.#meant();
    if (photo === null) return;
    const done = await this.connection.attempt(change(photo).then(() => true));
    if (done) await this.#changed(said);
  }

  /** Shows the events, so that what was changed can be seen. */
  async #changed(said: string) {
    this.toasts.say(said, { text: text("action.undo"), run: () => void this.judging.undo() });
    if (this.browse.group !== "event" && this.browse.sort !== "relevance") this.browse.groupBy("event");
    else await this.browse.refresh(false);
  }

  /** The focused photo; without one, says that one is needed. */
  #meant(): PhotoId | null {
    const { focus } = this.selection;
    if (focus === null) this.toasts.say(text("event.choosePhoto"));
    return focus;
  }
}
