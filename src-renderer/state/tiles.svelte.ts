import { SvelteMap, SvelteSet } from "svelte/reactivity";
import type { PhotoId, Tile } from "../../src-preload/contract";
import type { Connection } from "./connection.svelte";
import { FewAFrame } from "./few-a-frame";

const BATCH = 120;
/** Tiles that are drawn a frame when an answer brings many. */
const DRAWN = 6;
const KEPT = 4000;
/** Milliseconds that a tile shows that its label has just changed. */
const MOVED = 1600;
/** Milliseconds that the photos on screen stay the same before the engine is told of them. */
const SETTLED = 150;

/** What grid tiles show, fetched in batches for the photos on screen and kept for a while. */
export class Tiles {
  #known = new SvelteMap<PhotoId, Tile>();
  #stale = new Set<PhotoId>();
  #wanted = new Set<PhotoId>();
  #onScreen = new Set<PhotoId>();
  /** A question is on its way; what is wanted meanwhile is asked for together, unless it has been scrolled past by then. */
  #asking = false;
  /** The latest answer of each photo that is not drawn yet. */
  #answers = new Map<PhotoId, Tile>();
  #arrived = new FewAFrame<PhotoId>(DRAWN, (photos) => { for (const photo of photos) this.#draw(photo); });
  #telling: ReturnType<typeof setTimeout> | undefined;
  /** Photos whose predicted label was replaced by another one just now. */
  readonly moved = new SvelteSet<PhotoId>();

  constructor(private readonly connection: Connection) {
    connection.transport.on("photos", ({ changed }) => this.#changed(changed));
    connection.onRestored(() => this.#changed(null));
  }

  get(photo: PhotoId): Tile | undefined {
    return this.#known.get(photo);
  }

  /** A tile for the photo is mounted; call the result when it is not any more. */
  want(photo: PhotoId): () => void {
    this.#onScreen.add(photo);
    this.#tellSoon();
    if (!this.#known.has(photo) || this.#stale.has(photo)) this.#ask(photo);
    return () => {
      this.#onScreen.delete(photo);
      this.#tellSoon();
      this.#wanted.delete(photo);
    };
  }

  /** Tiles of any photos, on screen or not, in the order of the answer. */
  async of(photos: PhotoId[]): Promise<Tile[]> {
    return this.connection.api.tiles({ photos });
  }

  reset() {
    this.#arrived.clear();
    this.#answers.clear();
    this.#known.clear();
    this.#stale.clear();
  }

  #changed(changed: PhotoId[] | null) {
    for (const photo of changed ?? this.#known.keys()) this.#stale.add(photo);
    for (const photo of changed ?? this.#onScreen) if (this.#onScreen.has(photo)) this.#ask(photo);
  }

  #ask(photo: PhotoId) {
    this.#wanted.add(photo);
    if (this.#asking) return;
    this.#asking = true;
    requestAnimationFrame(() => void this.#fetch());
  }

  async #fetch() {
    const photos = [...this.#wanted].slice(0, BATCH);
    for (const photo of photos) {
      this.#wanted.delete(photo);
      this.#stale.delete(photo);
    }
    const tiles = photos.length > 0 ? await this.connection.attempt(this.of(photos)) : [];
    for (const tile of tiles ?? []) {
      this.#answers.set(tile.photo, tile);
      this.#arrived.add(tile.photo);
    }
    this.#asking = this.#wanted.size > 0;
    if (this.#asking) requestAnimationFrame(() => void this.#fetch());
  }

  #draw(photo: PhotoId) {
    const tile = this.#answers.get(photo)!;
    this.#answers.delete(photo);
    const before = this.#known.get(photo);
    // Learning asks for every tile again, and most of them say what they said.
    if (before && JSON.stringify(tile) === JSON.stringify(before)) return;
    if (moves(before, tile)) this.#mark(photo);
    this.#known.set(photo, tile);
    this.#forgetOldest();
  }

  /** What learning labels first. */
  #tellSoon() {
    clearTimeout(this.#telling);
    this.#telling = setTimeout(() => void this.connection.attempt(this.connection.api.watching({ photos: [...this.#onScreen] })), SETTLED);
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

/** Whether a tile shows another prediction than before; a person's own verdict is no news to them. */
function moves(before: Tile | undefined, now: Tile): boolean {
  const [was, is] = [before?.labels[0], now.labels[0]];
  return was?.source === "predicted" && is?.source === "predicted" && was.label !== is.label;
}
