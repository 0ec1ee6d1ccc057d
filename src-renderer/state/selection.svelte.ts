import type { PhotoId } from "../../src-shared/contract";

/** What is selected from: the photos of a view, or the boxes of a list by their numbers. */
interface Listed {
  readonly result: { photos: number[] };
  readonly index: ReadonlyMap<number, number>;
}

const NONE: ReadonlySet<PhotoId> = new Set();

/** The photos that verdicts and the inspector act on, and the one that has the focus. */
export class Selection {
  chosen = $state.raw<ReadonlySet<PhotoId>>(NONE);
  focus = $state<PhotoId | null>(null);
  /** Where a range selection begins. */
  #anchor: PhotoId | null = null;

  constructor(private readonly browse: Listed) {}

  /** Position of the focused photo in the view, −1 if it is not in it. */
  readonly focusIndex: number = $derived.by(() =>
    this.focus === null ? -1 : (this.browse.index.get(this.focus) ?? -1),
  );

  only(photo: PhotoId) {
    this.chosen = new Set([photo]);
    this.focus = this.#anchor = photo;
  }

  /** Selects these photos, wherever they are in the view. */
  these(photos: PhotoId[]) {
    this.chosen = new Set(photos);
    this.focus = this.#anchor = photos[0] ?? null;
  }

  toggle(photo: PhotoId) {
    const chosen = new Set(this.chosen);
    if (!chosen.delete(photo)) chosen.add(photo);
    this.chosen = chosen;
    this.focus = this.#anchor = photo;
  }

  extendTo(photo: PhotoId) {
    const { photos } = this.browse.result;
    const to = this.browse.index.get(photo);
    const from = this.browse.index.get(this.#anchor ?? photo) ?? to;
    if (to === undefined || from === undefined) return;
    this.chosen = new Set(photos.slice(Math.min(from, to), Math.max(from, to) + 1));
    this.#anchor ??= photo;
    this.focus = photo;
  }

  /** Moves the focus to a position of the view, clamped to it. */
  moveTo(index: number, extend: boolean) {
    const { photos } = this.browse.result;
    const photo = photos[Math.min(photos.length - 1, Math.max(0, index))];
    if (photo === undefined) return;
    if (extend) this.extendTo(photo);
    else this.only(photo);
  }

  all() {
    const { photos } = this.browse.result;
    this.chosen = new Set(photos);
    this.focus ??= photos[0] ?? null;
  }

  clear() {
    this.chosen = NONE;
    this.#anchor = null;
  }

  reset() {
    this.clear();
    this.focus = null;
  }

  /** Selects and focuses what was before the list changed. */
  restore(photos: PhotoId[], focus: PhotoId | null) {
    this.chosen = new Set(photos);
    this.focus = this.#anchor = focus;
  }

  /** Drops photos that the view no longer shows. */
  prune() {
    const { index } = this.browse;
    if (this.focus !== null && !index.has(this.focus)) this.focus = null;
    if ([...this.chosen].every((photo) => index.has(photo))) return;
    this.chosen = new Set([...this.chosen].filter((photo) => index.has(photo)));
  }
}
