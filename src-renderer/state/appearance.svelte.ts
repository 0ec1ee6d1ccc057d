import { keepPreference, readPreference } from "./preference";

export type Theme = "system" | "light" | "dark";
export const THUMBNAIL = { smallest: 96, largest: 320, step: 8 } as const;

/** How the window looks: theme, thumbnails, which panes are open. Kept between visits. */
export class Appearance {
  #theme = $state<Theme>(readPreference<Theme>("theme", "system"));
  #thumbnail = $state(readPreference("thumbnail", 168));
  #crop = $state(readPreference("crop", true));
  #sidebar = $state(readPreference("sidebar", true));
  #inspector = $state(readPreference("inspector", true));

  /** Too narrow for panes beside the photos: they lie over them, one at a time, and are closed at first. */
  narrow = $state(false);
  #drawer = $state<"sidebar" | "inspector" | null>(null);

  #filmstrip = $state(readPreference("filmstrip", true));
  #boxes = $state(readPreference("boxes", false));

  constructor() {
    this.#paint();
  }

  get theme() {
    return this.#theme;
  }
  set theme(theme: Theme) {
    this.#theme = theme;
    keepPreference("theme", theme);
    this.#paint();
  }

  /** Edge of a grid cell in CSS pixels, before columns are stretched to fill the row. */
  get thumbnail() {
    return this.#thumbnail;
  }
  set thumbnail(edge: number) {
    this.#thumbnail = Math.min(THUMBNAIL.largest, Math.max(THUMBNAIL.smallest, edge));
    keepPreference("thumbnail", this.#thumbnail);
  }

  /** Thumbnails fill their cell (true) or show the whole photo (false). */
  get crop() {
    return this.#crop;
  }
  set crop(crop: boolean) {
    this.#crop = crop;
    keepPreference("crop", crop);
  }

  get sidebar() {
    return this.narrow ? this.#drawer === "sidebar" : this.#sidebar;
  }
  set sidebar(open: boolean) {
    if (this.narrow) {
      this.#drawer = open ? "sidebar" : null;
      return;
    }
    this.#sidebar = open;
    keepPreference("sidebar", open);
  }

  get inspector() {
    return this.narrow ? this.#drawer === "inspector" : this.#inspector;
  }
  set inspector(open: boolean) {
    if (this.narrow) {
      this.#drawer = open ? "inspector" : null;
      return;
    }
    this.#inspector = open;
    keepPreference("inspector", open);
  }

  /** Closes a pane that lies over the photos. */
  closeDrawer() {
    this.#drawer = null;
  }

  /** Neighbours of the view under the photo that is opened large. */
  get filmstrip() {
    return this.#filmstrip;
  }
  set filmstrip(shown: boolean) {
    this.#filmstrip = shown;
    keepPreference("filmstrip", shown);
  }

  /** Boxes around what detectors found, over the photo that is opened large. */
  get boxes() {
    return this.#boxes;
  }
  set boxes(shown: boolean) {
    this.#boxes = shown;
    keepPreference("boxes", shown);
  }

  #paint() {
    const root = document.documentElement;
    if (this.#theme === "system") delete root.dataset.theme;
    else root.dataset.theme = this.#theme;
  }
}
