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

/** Loupe view: zoom, position, and which photos are side by side. Photos that are compared share zoom and position. */
export class Viewing {
  /** CSS pixels per pixel of the photo; null fits the photo into its pane. */
  scale = $state<number | null>(null);
  /** The position in the photo at the middle of the pane. */
  centre = $state.raw<ViewPlace>(MIDDLE);
  /** Photos side by side; empty for one alone. */
  compared = $state.raw<PhotoId[]>([]);
  /** The pane of the focused photo, and that photo's own size. */
  pane = $state.raw<Size>({ width: 1, height: 1 });
  photo = $state.raw<Size>({ width: 1, height: 1 });

  constructor(
    private readonly browse: Browse,
    private readonly selection: Selection,
  ) {}

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
    this.centre = within(
      { x: this.centre.x + dx / width, y: this.centre.y + dy / height },
      this.photo,
      this.pane,
      this.scale,
    );
  }

  /** Pans so that a place in the photo is in view. */
  reveal({ x, y }: ViewPlace) {
    const { width, height } = shownSize(this.photo, this.pane, this.scale);
    const centre = within(this.centre, this.photo, this.pane, this.scale);
    const away = { x: Math.abs(x - centre.x) * width, y: Math.abs(y - centre.y) * height };
    if (away.x > this.pane.width / 2 || away.y > this.pane.height / 2)
      this.centre = within({ x, y }, this.photo, this.pane, this.scale);
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
    this.scale = null;
    this.centre = MIDDLE;
  }

  /** Puts the selected photos side by side, a single one beside the next in view. False for too few or too many. */
  compare(): boolean {
    const chosen = [...this.selection.chosen];
    if (chosen.length === 0 && this.selection.focus !== null) chosen.push(this.selection.focus);
    if (chosen.length === 1) {
      const at = this.browse.index.get(chosen[0]!) ?? -1;
      const { photos } = this.browse.result;
      chosen.push(...photos.slice(at + 1, at + 2));
    }
    if (chosen.length < 2 || chosen.length > MAX_COMPARED_PHOTOS) return false;
    this.fit();
    this.compared = chosen;
    this.selection.only(chosen[0]!);
    return true;
  }

  /** Shows one photo alone again. */
  endComparing() {
    this.compared = [];
    this.fit();
  }

  /** Back to the grid, with the photos that were compared selected. */
  close() {
    const { compared } = this;
    this.endComparing();
    if (compared.length > 0) this.selection.these(compared);
  }

  #zoomTo(scale: number, at: ViewPlace) {
    if (scale <= fitting(this.photo, this.pane) * 1.01) return this.fit();
    const before = shownSize(this.photo, this.pane, this.scale);
    const away = { x: (at.x - 0.5) * this.pane.width, y: (at.y - 0.5) * this.pane.height };
    const point = { x: this.centre.x + away.x / before.width, y: this.centre.y + away.y / before.height };
    const after = shownSize(this.photo, this.pane, scale);
    this.scale = scale;
    this.centre = within(
      { x: point.x - away.x / after.width, y: point.y - away.y / after.height },
      this.photo,
      this.pane,
      scale,
    );
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
