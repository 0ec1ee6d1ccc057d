import type { PhotoId } from "../../src-shared/contract";
import { text } from "../messages/text";
import type { Browse } from "./browse.svelte";
import type { Judging } from "./judging.svelte";
import type { Selection } from "./selection.svelte";
import type { Toasts } from "./toasts.svelte";

/** Photos that a search by likeness begins from at most, on either side. */
const MOST = 50;

/** Photos like some and unlike others: what is looked for, changed photo by photo. */
export class Likening {
  constructor(
    private readonly browse: Browse,
    private readonly selection: Selection,
    private readonly judging: Judging,
    private readonly toasts: Toasts,
  ) {}

  /**
   * Shows photos like the selected ones; where such photos are shown already, the selected are added to what is looked
   * for.
   */
  like() {
    const photos = this.#selected(text("similar.selectFirst"));
    if (!photos) return;
    const { place } = this.browse;
    const before = place.kind === "similar" ? place : { like: [], unlike: [] };
    this.#go(
      [...before.like, ...photos],
      before.unlike.filter((photo) => !photos.includes(photo)),
    );
  }

  /** Takes photos like the selected ones out of what is looked for. */
  unlike() {
    const { place } = this.browse;
    if (place.kind !== "similar") return this.toasts.say(text("similar.searchFirst"));
    const photos = this.#selected(text("similar.selectToExclude"));
    if (photos)
      this.#go(
        place.like.filter((photo) => !photos.includes(photo)),
        [...place.unlike, ...photos],
      );
  }

  /** Takes a photo out of either side. */
  drop(photo: PhotoId) {
    const { place } = this.browse;
    if (place.kind === "similar")
      this.#go(
        place.like.filter((one) => one !== photo),
        place.unlike.filter((one) => one !== photo),
      );
  }

  #selected(otherwise: string): PhotoId[] | null {
    const photos = this.judging.photos.slice(0, MOST);
    if (photos.length > 0) return photos;
    this.toasts.say(otherwise);
    return null;
  }

  /** Without anything liked there is nothing to look for. */
  #go(like: PhotoId[], unlike: PhotoId[]) {
    this.selection.reset();
    if (like.length === 0) return this.browse.go({ kind: "all" });
    this.browse.go({
      kind: "similar",
      like: [...new Set(like)].slice(-MOST),
      unlike: [...new Set(unlike)].slice(-MOST),
    });
  }
}
