import type { BoxRef, PhotoId } from "../../src-shared/contract";
import { text } from "../messages/text";
import type { Annotating } from "./annotating.svelte";
import type { Browse } from "./browse.svelte";
import type { Selection } from "./selection.svelte";
import type { Toasts } from "./toasts.svelte";

/** Most photos a similarity search starts from, on either side. */
const MOST = 50;

/** Similarity search: photos like some and unlike others, refined photo by photo. */
export class SimilaritySearch {
  constructor(
    private readonly browse: Browse,
    private readonly selection: Selection,
    private readonly judging: Annotating,
    private readonly toasts: Toasts,
  ) {}

  /** Finds photos like the selected ones; in a similarity search, adds the selected ones to it. */
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

  /** Finds photos with something like what is in a box. */
  likeBox(box: BoxRef, name: string) {
    this.selection.reset();
    this.browse.go({ kind: "likeBox", box, name });
  }

  /** Excludes photos like the selected ones from the search. */
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

  /** Removes a photo from either side. */
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

  /** Without a photo to be like there is nothing to search for. */
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
