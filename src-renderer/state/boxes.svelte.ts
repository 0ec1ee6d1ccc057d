import { SvelteMap } from "svelte/reactivity";
import type { BoxRectangle, BoxRef, LabelId, PhotoBox, PhotoId } from "../../src-shared/contract";
import { text } from "../messages/text";
import type { Annotating } from "./annotating.svelte";
import type { Appearance } from "./appearance.svelte";
import type { Connection } from "./connection.svelte";
import type { Toasts } from "./toasts.svelte";

/** A label that a person gives to a box. */
export type BoxLabel = Pick<PhotoBox, "label" | "name" | "parent">;

/** The boxes of the photos in Loupe view, and a person's verdicts on them. */
export class Boxes {
  /** The label that is pointed at or focused: its boxes show even if the others are hidden. */
  pointed = $state.raw<LabelId | null>(null);
  /** The photo on which a box is being drawn. */
  drawing = $state.raw<PhotoId | null>(null);
  /** The label given to a box last. */
  lastLabel = $state.raw<BoxLabel | null>(null);
  /** Boxes of the photos on screen; null if no detector has seen one. */
  #found = new SvelteMap<PhotoId, PhotoBox[] | null>();
  /** How many panes show each photo, and how often it was asked for: an overtaken answer is dropped. */
  #onScreen = new Map<PhotoId, { panes: number; turn: number }>();
  /** How many changes of each photo's boxes the engine hasn't confirmed: they show already. */
  #unconfirmed = new Map<PhotoId, number>();

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

  /** Begins to draw a box on a photo in Loupe view, or stops; boxes show, so that the new one does. */
  toggleDrawing(photo: PhotoId | null) {
    this.drawing = this.drawing === null && photo !== null && this.#onScreen.has(photo) ? photo : null;
    if (this.drawing !== null) this.appearance.boxes = true;
  }

  /** Another library was opened. */
  reset() {
    this.drawing = null;
    this.lastLabel = null;
    this.#unconfirmed = new Map();
  }

  accept(photo: PhotoId, box: PhotoBox): Promise<void> {
    const accepted: PhotoBox = { ...box, confidence: 1, verdict: "accept" };
    return this.#change(photo, box, accepted, text("boxes.accepted", { name: box.name }), () =>
      this.connection.api.judgeBoxes({ boxes: [refOf(photo, box)], verdict: "accept" }),
    );
  }

  /** Rejects a box; it goes at once. */
  reject(photo: PhotoId, box: PhotoBox): Promise<void> {
    const said = text(box.origin === "drawn" ? "boxes.removed" : "boxes.rejected", { name: box.name });
    return this.#change(photo, box, null, said, () =>
      this.connection.api.judgeBoxes({ boxes: [refOf(photo, box)], verdict: "reject" }),
    );
  }

  /** @returns the box as it shows at once */
  relabel(photo: PhotoId, box: PhotoBox, label: BoxLabel): PhotoBox {
    this.lastLabel = label;
    if (label.label === box.label) {
      void this.accept(photo, box);
      return box;
    }
    const relabelled: PhotoBox = { ...box, ...label, confidence: 1, verdict: "accept", supports: [] };
    const said = text("boxes.relabelled", { before: box.name, name: label.name });
    void this.#change(photo, box, relabelled, said, () =>
      this.connection.api.relabelBoxes({ boxes: [refOf(photo, box)], label: label.label }),
    );
    return relabelled;
  }

  /** @returns the box as it shows at once */
  move(photo: PhotoId, box: PhotoBox, to: BoxRectangle): PhotoBox {
    const moved: PhotoBox = { ...box, box: to, confidence: 1, verdict: "accept" };
    void this.#change(photo, box, moved, text("boxes.moved", { name: box.name }), () =>
      this.connection.api.moveBox({ box: refOf(photo, box), to }),
    );
    return moved;
  }

  /** @returns the box as it shows at once */
  draw(photo: PhotoId, label: BoxLabel, box: BoxRectangle): PhotoBox {
    this.lastLabel = label;
    const drawn: PhotoBox = {
      ...label,
      box,
      confidence: 1,
      kind: "objects",
      supports: [],
      detector: "drawn",
      origin: "drawn",
      verdict: "accept",
    };
    void this.#change(photo, null, drawn, text("boxes.drawn", { name: label.name }), () =>
      this.connection.api.drawBox({ photo, label: label.label, box }),
    );
    return drawn;
  }

  /** Shows a box in place of another at once, and has the engine record it after what was requested before. */
  #change(
    photo: PhotoId,
    before: PhotoBox | null,
    after: PhotoBox | null,
    said: string,
    call: () => Promise<void>,
  ): Promise<void> {
    const others = this.of(photo).filter((box) => before === null || !isSame(box, before));
    this.#show(photo, after ? [after, ...others] : others);
    const unconfirmed = this.#unconfirmed;
    unconfirmed.set(photo, (unconfirmed.get(photo) ?? 0) + 1);
    return this.judging.inTurn(async () => {
      try {
        await call();
        this.toasts.say(said, { text: text("action.undo"), run: () => void this.judging.undo() });
      } finally {
        unconfirmed.set(photo, unconfirmed.get(photo)! - 1);
        void this.#load(photo);
      }
    });
  }

  #show(photo: PhotoId, found: PhotoBox[] | null) {
    if (!this.#onScreen.has(photo)) return;
    // Two detectors may find the same, and a box may be drawn or moved over another one.
    this.#found.set(photo, found?.filter((box, i) => found.findIndex((one) => isSame(one, box)) === i) ?? null);
  }

  async #load(photo: PhotoId) {
    const shown = this.#onScreen.get(photo);
    if (!shown) return;
    const turn = ++shown.turn;
    const isOvertaken = () =>
      this.#onScreen.get(photo) !== shown || shown.turn !== turn || (this.#unconfirmed.get(photo) ?? 0) > 0;
    if (isOvertaken()) return;
    const found = await this.connection.attempt(this.connection.api.boxes({ photo }));
    if (found !== undefined && !isOvertaken()) this.#show(photo, found);
  }
}

/** Whether two boxes of one photo are the same to a person: a label in a place. */
export const isSame = (a: PhotoBox, b: PhotoBox): boolean =>
  a.label === b.label && a.box.every((side, i) => side === b.box[i]);

const refOf = (photo: PhotoId, { label, box, detector }: PhotoBox): BoxRef => ({ photo, label, box, detector });
