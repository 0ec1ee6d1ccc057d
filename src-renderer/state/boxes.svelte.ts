import { SvelteMap } from "svelte/reactivity";
import type { LabelId, PhotoBox, PhotoId } from "../../src-shared/contract";
import { text } from "../messages/text";
import type { Annotating } from "./annotating.svelte";
import type { Appearance } from "./appearance.svelte";
import type { Connection } from "./connection.svelte";
import type { Toasts } from "./toasts.svelte";

/** What detectors found in the photos of Loupe view. */
export class Boxes {
  /** The label that is pointed at or focused: its boxes show even if the others are hidden. */
  pointed = $state.raw<LabelId | null>(null);
  /** Boxes of the photos on screen; null if no detector has seen one. */
  #found = new SvelteMap<PhotoId, PhotoBox[] | null>();
  /** How many panes show each photo, and how often it was asked for: an overtaken answer is dropped. */
  #onScreen = new Map<PhotoId, { panes: number; turn: number }>();

  constructor(
    private readonly connection: Connection,
    private readonly judging: Annotating,
    private readonly appearance: Appearance,
    private readonly toasts: Toasts,
  ) {
    connection.transport.on("photos", ({ changed }) => {
      for (const photo of changed ?? this.#onScreen.keys()) void this.#load(photo);
    });
    connection.onRestored(() => {
      for (const photo of this.#onScreen.keys()) void this.#load(photo);
    });
  }

  /** A photo's boxes, the surest first; none until they are known. */
  of(photo: PhotoId): PhotoBox[] {
    return this.#found.get(photo) ?? [];
  }

  /** A photo is on screen; call the result when it no longer is. */
  want(photo: PhotoId): () => void {
    const seen = this.#onScreen.get(photo);
    if (seen) seen.panes++;
    else {
      this.#onScreen.set(photo, { panes: 1, turn: 0 });
      void this.#load(photo);
    }
    return () => {
      const shown = this.#onScreen.get(photo);
      if (!shown || --shown.panes > 0) return;
      this.#onScreen.delete(photo);
      this.#found.delete(photo);
    };
  }

  /** Shows or hides the boxes of all photos, and says so if this one has none. */
  toggle(photo: PhotoId | null) {
    this.appearance.boxes = !this.appearance.boxes;
    if (!this.appearance.boxes || photo === null) return;
    const found = this.#found.get(photo);
    if (found === null) this.toasts.say(text("boxes.notSearched"));
    else if (found?.length === 0) this.toasts.say(text("boxes.none"));
  }

  /** Rejects a box; it goes at once. */
  reject(photo: PhotoId, rejected: PhotoBox): Promise<void> {
    const found = this.#found.get(photo);
    if (found)
      this.#found.set(
        photo,
        found.filter((box) => box !== rejected),
      );
    const { label, box, detector, name } = rejected;
    return this.judging.inTurn(async () => {
      try {
        await this.connection.api.judgeBoxes({ boxes: [{ photo, label, box, detector }], verdict: "reject" });
        this.toasts.say(text("boxes.rejected", { name }), {
          text: text("action.undo"),
          run: () => void this.judging.undo(),
        });
      } finally {
        void this.#load(photo);
      }
    });
  }

  async #load(photo: PhotoId) {
    const shown = this.#onScreen.get(photo);
    if (!shown) return;
    const turn = ++shown.turn;
    const found = await this.connection.attempt(this.connection.api.boxes({ photo }));
    if (found !== undefined && this.#onScreen.get(photo) === shown && shown.turn === turn)
      this.#found.set(photo, found);
  }
}
