import { SvelteMap } from "svelte/reactivity";
import type { PhotoId } from "../../src-shared/contract";
import type { Browse } from "./browse.svelte";
import type { Selection } from "./selection.svelte";

export interface Size {
  width: number;
  height: number;
}
/** A position in a photo or its pane: fractions of width and height from the upper left corner, 0..1. */
export interface ViewPlace {
  x: number;
  y: number;
}

/** Most photos side by side. */
export const MAX_COMPARED_PHOTOS = 4;
/** Most screen pixels per pixel of the photo: beyond that there is nothing more to see. */
const MOST = 8;
const MIDDLE: ViewPlace = { x: 0.5, y: 0.5 };

/** How a photo stands in its pane. */
interface PaneView {
  /** CSS pixels per pixel of the photo; null fits the photo into its pane. */
  scale: number | null;
  /** The position in the photo at the middle of the pane. */
  centre: ViewPlace;
}
const FITTED: PaneView = { scale: null, centre: MIDDLE };

/**
 * Loupe view: zoom, position, and which photos are side by side. Photos that are compared share zoom and position until
 * they are unlinked.
 */
export class Viewing {
  #shared = $state.raw<PaneView>(FITTED);
  /** The views of photos side by side that are not linked. */
  #own = new SvelteMap<PhotoId, PaneView>();
  /** Photos side by side; empty for one alone. */
  compared = $state.raw<PhotoId[]>([]);
  /** What photos side by side can be swapped for, in order: their group of near-duplicates, or the whole view. */
  #candidates: readonly PhotoId[] = [];
  /** The pane of the focused photo, and that photo's own size. */
  pane = $state.raw<Size>({ width: 1, height: 1 });
  photo = $state.raw<Size>({ width: 1, height: 1 });

  constructor(
    private readonly browse: Browse,
    private readonly selection: Selection,
  ) {}

  /** Zoom and position of the focused photo. */
  get scale() {
    return this.viewOf(this.selection.focus).scale;
  }
  get centre() {
    return this.viewOf(this.selection.focus).centre;
  }

  /** Photos side by side are zoomed and panned together. */
  get linked() {
    return this.#own.size === 0;
  }

  viewOf(photo: PhotoId | null): PaneView {
    return (photo === null ? undefined : this.#own.get(photo)) ?? this.#shared;
  }

  /** Zooms and pans the photos side by side one by one, or all of them like the focused one again. */
  toggleLink() {
    if (this.linked) for (const photo of this.compared) this.#own.set(photo, this.#shared);
    else this.#link();
  }

  /**
   * Shows the next or previous candidate in place of the focused photo side by side, at the same zoom and position.
   * False if there is none.
   */
  swap(by: 1 | -1): boolean {
    const { focus } = this.selection;
    const at = this.compared.indexOf(focus ?? -1);
    if (focus === null || at < 0) return false;
    const from = this.#candidates.indexOf(focus);
    let to = from + by;
    while (this.compared.includes(this.#candidates[to] ?? -1)) to += by;
    const photo = from < 0 ? undefined : this.#candidates[to];
    if (photo === undefined) return false;
    const own = this.#own.get(focus);
    if (own && this.#own.delete(focus)) this.#own.set(photo, own);
    this.compared = this.compared.with(at, photo);
    this.selection.only(photo);
    return true;
  }

  /** Moves by this many photos in the view, or among those side by side. */
  go(by: number) {
    if (this.compared.length === 0) return this.selection.moveTo(this.selection.focusIndex + by, false);
    const at = this.compared.indexOf(this.selection.focus ?? -1);
    const photo = this.compared[Math.max(0, Math.min(this.compared.length - 1, at + by))];
    if (photo !== undefined) this.selection.only(photo);
  }

  goTo(end: "first" | "last") {
    this.go(end === "first" ? -Infinity : Infinity);
  }

  /** An arrow key: moves between photos if the photo is fitted, pans if it is zoomed in. */
  arrow(key: string, far: boolean) {
    const [dx = 0, dy = 0] = { arrowleft: [-1, 0], arrowright: [1, 0], arrowup: [0, -1], arrowdown: [0, 1] }[key]!;
    if (this.scale === null) this.go(dx + dy);
    else this.pan((dx * this.pane.width) / (far ? 2 : 8), (dy * this.pane.height) / (far ? 2 : 8));
  }

  /** Pans by screen pixels. */
  pan(dx: number, dy: number) {
    const { width, height } = shownSize(this.photo, this.pane, this.scale);
    this.#set({
      scale: this.scale,
      centre: within(
        { x: this.centre.x + dx / width, y: this.centre.y + dy / height },
        this.photo,
        this.pane,
        this.scale,
      ),
    });
  }

  /** Pans so that a place in the photo is in view. */
  reveal({ x, y }: ViewPlace) {
    const { width, height } = shownSize(this.photo, this.pane, this.scale);
    const centre = within(this.centre, this.photo, this.pane, this.scale);
    const away = { x: Math.abs(x - centre.x) * width, y: Math.abs(y - centre.y) * height };
    if (away.x > this.pane.width / 2 || away.y > this.pane.height / 2)
      this.#set({ scale: this.scale, centre: within({ x, y }, this.photo, this.pane, this.scale) });
  }

  /** @param at the position in the pane that stays fixed */
  zoom(by: number, at: ViewPlace = MIDDLE) {
    const fit = fitting(this.photo, this.pane);
    this.#zoomTo(Math.min(Math.max(MOST, fit), (this.scale ?? fit) * by), at);
  }

  /** Fits the photo, or shows it at 100%: one photo pixel per screen pixel. */
  toggleZoom(at: ViewPlace = MIDDLE) {
    const own = 1 / window.devicePixelRatio;
    if (this.scale !== null) this.fit();
    else this.#zoomTo(own > fitting(this.photo, this.pane) ? own : 2 * fitting(this.photo, this.pane), at);
  }

  fit() {
    this.#set(FITTED);
  }

  /**
   * Puts the selected photos side by side; of a single one its group, or if it has none the next photo in view. False
   * for too few or too many.
   * @param group near-duplicates of the focused photo, the best first
   */
  compare(group: readonly PhotoId[] = []): boolean {
    const chosen = [...this.selection.chosen];
    if (chosen.length === 0 && this.selection.focus !== null) chosen.push(this.selection.focus);
    const isGroup = chosen.length > 0 && chosen.every((photo) => group.includes(photo));
    if (chosen.length === 1 && isGroup) {
      const beside = group.filter((photo) => photo !== chosen[0]);
      chosen.push(...beside.slice(0, MAX_COMPARED_PHOTOS - 1));
    } else if (chosen.length === 1) {
      const at = this.browse.index.get(chosen[0]!) ?? -1;
      const { photos } = this.browse.result;
      chosen.push(...photos.slice(at + 1, at + 2));
    }
    if (chosen.length < 2 || chosen.length > MAX_COMPARED_PHOTOS) return false;
    this.#candidates = isGroup ? group : this.browse.result.photos;
    this.#link();
    this.fit();
    this.compared = chosen;
    this.selection.only(chosen[0]!);
    return true;
  }

  /** Shows one photo alone again. */
  endComparing() {
    this.compared = [];
    this.#link();
    this.fit();
  }

  /** Back to the grid, with the photos that were compared selected. */
  close() {
    const { compared } = this;
    this.endComparing();
    if (compared.length > 0) this.selection.these(compared);
  }

  #set(view: PaneView) {
    const { focus } = this.selection;
    if (focus !== null && this.#own.has(focus)) this.#own.set(focus, view);
    else this.#shared = view;
  }

  #link() {
    this.#shared = this.viewOf(this.selection.focus);
    this.#own.clear();
  }

  #zoomTo(scale: number, at: ViewPlace) {
    if (scale <= fitting(this.photo, this.pane) * 1.01) return this.fit();
    const before = shownSize(this.photo, this.pane, this.scale);
    const away = { x: (at.x - 0.5) * this.pane.width, y: (at.y - 0.5) * this.pane.height };
    const point = { x: this.centre.x + away.x / before.width, y: this.centre.y + away.y / before.height };
    const after = shownSize(this.photo, this.pane, scale);
    const centre = within(
      { x: point.x - away.x / after.width, y: point.y - away.y / after.height },
      this.photo,
      this.pane,
      scale,
    );
    this.#set({ scale, centre });
  }
}

/** CSS pixels per pixel of a photo that is fitted into its pane. */
export const fitting = (photo: Size, pane: Size): number =>
  Math.min(pane.width / photo.width, pane.height / photo.height);

export function shownSize(photo: Size, pane: Size, scale: number | null): Size {
  const by = scale ?? fitting(photo, pane);
  return { width: photo.width * by, height: photo.height * by };
}

/** The nearest centre that leaves no more of the pane empty than necessary. */
export function within(centre: ViewPlace, photo: Size, pane: Size, scale: number | null): ViewPlace {
  const { width, height } = shownSize(photo, pane, scale);
  const clamp = (at: number, share: number) => (share >= 1 ? 0.5 : Math.max(share / 2, Math.min(1 - share / 2, at)));
  return { x: clamp(centre.x, pane.width / width), y: clamp(centre.y, pane.height / height) };
}
