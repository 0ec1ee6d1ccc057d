import type { LabelId, PhotoDetails, PhotoId, PhotoLabel, Tile } from "../../src-preload/contract";
import type { Browse } from "./browse.svelte";
import type { Connection } from "./connection.svelte";
import type { Selection } from "./selection.svelte";
import type { Tiles } from "./tiles.svelte";

/** A label of a selection: on how many of its photos it was predicted and accepted. */
export interface SharedLabel { label: LabelId; name: string; parent: string | null; photos: number; accepted: number }

const KEPT = 48;
/** Photos of a selection whose labels are counted; tiles of more would take long to fetch. */
export const COUNTED = 2000;

/** What the inspector shows: all of one photo, or the labels that a selection shares. */
export class Inspected {
  details = $state.raw<PhotoDetails | null>(null);
  failed = $state(false);
  shared = $state.raw<SharedLabel[]>([]);
  /** The label that `x` rejects, as an index into the labels shown. */
  highlight = $state(0);

  /** The photo the inspector is about: the only one chosen, else the focused one; null for none or many. */
  readonly photo: PhotoId | null = $derived.by(() => {
    const { chosen, focus } = this.selection;
    if (chosen.size > 1) return null;
    if (chosen.size === 1) return chosen.values().next().value ?? null;
    return focus;
  });

  #kept = new Map<PhotoId, PhotoDetails>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #loading: Promise<void> = Promise.resolve();

  constructor(
    private readonly connection: Connection,
    private readonly browse: Browse,
    private readonly selection: Selection,
    private readonly tiles: Tiles,
  ) {
    connection.transport.on("photos", ({ changed }) => this.#changed(changed));
  }

  /** Shows what is selected now. Called whenever the selection changes. */
  follow(photo: PhotoId | null, chosen: ReadonlySet<PhotoId>) {
    this.highlight = 0;
    this.failed = false;
    this.details = photo === null ? null : (this.#kept.get(photo) ?? null);
    if (photo !== null && !this.details) this.#loading = this.#load(photo);
    if (photo !== null) this.#prefetchBeside(photo);
    this.shared = [];
    if (chosen.size > 1) this.#loading = this.#count([...chosen]);
  }

  /** Resolves when what is shown is what is selected, so that a fast key judges the right photo. */
  async settled() {
    await this.#loading;
  }

  reset() {
    this.#kept.clear();
    this.details = null;
    this.shared = [];
  }

  moveHighlight(by: number) {
    const last = (this.details?.labels.length ?? this.shared.length) - 1;
    this.highlight = Math.max(0, Math.min(last, this.highlight + by));
  }

  async #load(photo: PhotoId) {
    try {
      const details = await this.connection.api.photo({ photo });
      this.#keep(details);
      if (this.photo === photo) this.details = this.#kept.get(photo) ?? null;
    } catch (error) {
      if (this.photo === photo) this.failed = true;
      this.connection.report(error);
    }
  }

  /** The neighbours in the view, so that walking through photos shows each at once. */
  #prefetchBeside(photo: PhotoId) {
    const at = this.browse.index.get(photo);
    if (at === undefined) return;
    const beside = [this.browse.result.photos[at + 1], this.browse.result.photos[at - 1]];
    for (const next of beside) {
      if (next === undefined || this.#kept.has(next)) continue;
      this.connection.api.photo({ photo: next }).then(
        (details) => this.#keep(details),
        () => undefined, // shown when the photo itself is selected
      );
    }
  }

  #keep(details: PhotoDetails) {
    const before = this.#kept.get(details.photo);
    const kept = before ? { ...details, labels: inOrderOf(before.labels, details.labels) } : details;
    this.#kept.delete(details.photo);
    this.#kept.set(details.photo, kept);
    for (const photo of this.#kept.keys()) {
      if (this.#kept.size <= KEPT) break;
      this.#kept.delete(photo);
    }
  }

  async #count(photos: PhotoId[]) {
    const tiles = await this.connection.attempt(this.tiles.of(photos.slice(0, COUNTED)));
    if (tiles && this.selection.chosen.size > 1) this.shared = countLabels(tiles);
  }

  #changed(changed: PhotoId[] | null) {
    if (changed === null) {
      for (const photo of this.#kept.keys()) if (photo !== this.photo) this.#kept.delete(photo);
    } else {
      for (const photo of changed) if (photo !== this.photo) this.#kept.delete(photo);
    }
    const concerns = (photo: PhotoId) => changed === null || changed.includes(photo);
    if (this.photo !== null && concerns(this.photo)) this.#loading = this.#load(this.photo);
    if (this.selection.chosen.size < 2) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      if (this.selection.chosen.size > 1) this.#loading = this.#count([...this.selection.chosen]);
    }, 120);
  }
}

/** Labels keep their places, and so their number keys, while a photo is judged; new ones come last. */
function inOrderOf(before: PhotoLabel[], now: PhotoLabel[]): PhotoLabel[] {
  const place = new Map(before.map((label, i) => [label.label, i]));
  const rank = (label: PhotoLabel) => place.get(label.label) ?? before.length;
  return now.toSorted((a, b) => rank(a) - rank(b));
}

function countLabels(tiles: Tile[]): SharedLabel[] {
  const counts = new Map<LabelId, SharedLabel>();
  for (const tile of tiles) {
    for (const { label, name, parent, source } of tile.labels) {
      const count = counts.get(label) ?? { label, name, parent, photos: 0, accepted: 0 };
      count.photos++;
      if (source === "accepted" || source === "added") count.accepted++;
      counts.set(label, count);
    }
  }
  return [...counts.values()].sort((a, b) => b.photos - a.photos || a.name.localeCompare(b.name));
}
