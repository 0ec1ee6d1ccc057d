import { untrack } from "svelte";
import { SvelteMap, SvelteSet } from "svelte/reactivity";
import type { PhotoId, Tile } from "../../src-shared/contract";
import type { Browse } from "./browse.svelte";
import type { Connection } from "./connection.svelte";
import { throttleToFrames } from "./frame-throttle";

const BATCH = 120;
/** Photos fetched before and after a row that scrolls into view, so that the next rows are there at once. */
const BESIDE = 42;
/** More photos than this are a jump: their neighbours may never come into view. */
const FEW = 16;
const KEPT = 4000;
/** Milliseconds between an answer and the next request: photos scrolled past meanwhile are not requested. */
const PAUSE = 40;
/** Milliseconds for which a tile shows that its label has just changed. */
const MOVED = 1600;
/** Milliseconds without change before the engine learns which photos are on screen. */
const SETTLED = 150;

/** What grid tiles show, fetched in batches for the photos on screen and kept for a while. */
export class Tiles {
  #known = new SvelteMap<PhotoId, Tile>();
  #stale = new Set<PhotoId>();
  #wanted = new Set<PhotoId>();
  /** How many components show each photo. */
  #onScreen = new Map<PhotoId, number>();
  /** A request is pending; photos wanted meanwhile are requested together, unless they are scrolled past by then. */
  #asking = false;
  /** The latest changes to tiles on screen, drawn a few per frame. */
  #answers = new Map<PhotoId, { tile: Tile; draw(): void }>();
  #telling: ReturnType<typeof setTimeout> | undefined;
  #changedAt = 0;
  /** Photos whose predicted top label has just changed. */
  readonly moved = new SvelteSet<PhotoId>();

  constructor(
    private readonly connection: Connection,
    private readonly browse: Browse,
  ) {
    connection.transport.on("photos", ({ changed }) => this.#changed(changed));
    connection.onRestored(() => this.#changed(null));
  }

  get(photo: PhotoId): Tile | undefined {
    return this.#known.get(photo);
  }

  /** Photos are on screen; call the result when they no longer are. */
  want(photos: readonly PhotoId[]): () => void {
    this.#tellSoon();
    for (const photo of photos) {
      // Untracked: an effect that wants photos must not rerun with each answer.
      const known = untrack(() => this.#known.has(photo));
      this.#onScreen.set(photo, (this.#onScreen.get(photo) ?? 0) + 1);
      if (!known || this.#stale.has(photo)) this.#ask(photo);
    }
    return () => {
      this.#tellSoon();
      for (const photo of photos) {
        const others = this.#onScreen.get(photo)! - 1;
        if (others > 0) this.#onScreen.set(photo, others);
        else {
          this.#onScreen.delete(photo);
          this.#wanted.delete(photo);
        }
      }
    };
  }

  /** Tiles of any photos, on screen or not. */
  async of(photos: PhotoId[]): Promise<Tile[]> {
    return this.connection.api.tiles({ photos });
  }

  reset() {
    for (const answer of this.#answers.values()) throttleToFrames.drop(answer);
    this.#answers.clear();
    this.#known.clear();
    this.#stale.clear();
  }

  #changed(changed: PhotoId[] | null) {
    for (const photo of changed ?? this.#known.keys()) this.#stale.add(photo);
    for (const photo of changed ?? this.#onScreen.keys()) if (this.#onScreen.has(photo)) this.#ask(photo);
  }

  #ask(photo: PhotoId) {
    this.#wanted.add(photo);
    if (this.#asking) return;
    this.#asking = true;
    requestAnimationFrame(() => void this.#fetch());
  }

  async #fetch() {
    const wanted = [...this.#wanted].slice(0, BATCH);
    const photos = wanted.length > 0 && wanted.length <= FEW ? [...wanted, ...this.#beside(wanted)] : wanted;
    for (const photo of photos) {
      this.#wanted.delete(photo);
      this.#stale.delete(photo);
    }
    const tiles = photos.length > 0 ? await this.connection.attempt(this.of(photos)) : [];
    for (const tile of tiles ?? []) this.#take(tile);
    this.#asking = this.#wanted.size > 0;
    if (this.#asking) setTimeout(() => void this.#fetch(), PAUSE);
  }

  #beside(photos: PhotoId[]): PhotoId[] {
    const places = photos.flatMap((photo) => this.browse.index.get(photo) ?? []);
    if (places.length === 0) return [];
    const [first, last] = [Math.min(...places), Math.max(...places)];
    return this.browse.result.photos
      .slice(Math.max(0, first - BESIDE), last + 1 + BESIDE)
      .filter((photo) => !this.#known.has(photo) && !photos.includes(photo));
  }

  #take(tile: Tile) {
    const { photo } = tile;
    const waiting = this.#answers.get(photo);
    const before = this.#known.get(photo);
    if (waiting) waiting.tile = tile;
    // Retraining refreshes every tile, and most have not changed.
    else if (before && JSON.stringify(tile) === JSON.stringify(before)) return;
    else if (before && this.#onScreen.has(photo)) this.#drawSoon(tile);
    else this.#keep(tile);
  }

  #drawSoon(tile: Tile) {
    const answer = {
      tile,
      draw: () => {
        this.#answers.delete(tile.photo);
        if (moves(this.#known.get(tile.photo), answer.tile)) this.#mark(tile.photo);
        this.#keep(answer.tile);
      },
    };
    this.#answers.set(tile.photo, answer);
    throttleToFrames.add(answer);
  }

  #keep(tile: Tile) {
    this.#known.set(tile.photo, tile);
    this.#forgetOldest();
  }

  /** Retraining labels the photos on screen first. */
  #tellSoon() {
    this.#changedAt = performance.now();
    this.#telling ??= setTimeout(() => this.#tellSettled(), SETTLED);
  }

  #tellSettled() {
    this.#telling = undefined;
    const left = this.#changedAt + SETTLED - performance.now();
    if (left > 1) this.#telling = setTimeout(() => this.#tellSettled(), left);
    else void this.connection.attempt(this.connection.api.watching({ photos: [...this.#onScreen.keys()] }));
  }

  #mark(photo: PhotoId) {
    this.moved.add(photo);
    setTimeout(() => this.moved.delete(photo), MOVED);
  }

  #forgetOldest() {
    for (const photo of this.#known.keys()) {
      if (this.#known.size <= KEPT) return;
      if (!this.#onScreen.has(photo)) this.#known.delete(photo);
    }
  }
}

/** Whether the predicted top label has changed; a person's own verdict is no news to them. */
function moves(before: Tile | undefined, now: Tile): boolean {
  const [was, is] = [before?.labels[0], now.labels[0]];
  return was?.source === "predicted" && is?.source === "predicted" && was.label !== is.label;
}
