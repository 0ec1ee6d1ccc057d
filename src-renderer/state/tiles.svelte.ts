import { SvelteMap } from "svelte/reactivity";
import type { PhotoId, Tile } from "../../src-preload/contract";
import type { Connection } from "./connection.svelte";
import { FewAFrame } from "./few-a-frame";

const BATCH = 120;
/** Tiles that are drawn a frame when an answer brings many. */
const DRAWN = 6;
const KEPT = 4000;

/** What grid tiles show, fetched in batches for the photos on screen and kept for a while. */
export class Tiles {
  #known = new SvelteMap<PhotoId, Tile>();
  #stale = new Set<PhotoId>();
  #wanted = new Set<PhotoId>();
  #onScreen = new Set<PhotoId>();
  /** A question is on its way; what is wanted meanwhile is asked for together, unless it has been scrolled past by then. */
  #asking = false;
  #arrived = new FewAFrame<Tile>(DRAWN, (tiles) => { for (const tile of tiles) this.#known.set(tile.photo, tile); });

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
    if (!this.#known.has(photo) || this.#stale.has(photo)) this.#ask(photo);
    return () => {
      this.#onScreen.delete(photo);
      this.#wanted.delete(photo);
    };
  }

  /** Tiles of any photos, on screen or not, in the order of the answer. */
  async of(photos: PhotoId[]): Promise<Tile[]> {
    return this.connection.api.tiles({ photos });
  }

  reset() {
    this.#arrived.clear();
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
    for (const tile of tiles ?? []) if (!isSame(tile, this.#known.get(tile.photo))) this.#arrived.add(tile);
    this.#forgetOldest();
    this.#asking = this.#wanted.size > 0;
    if (this.#asking) requestAnimationFrame(() => void this.#fetch());
  }

  #forgetOldest() {
    for (const photo of this.#known.keys()) {
      if (this.#known.size <= KEPT) return;
      if (!this.#onScreen.has(photo)) this.#known.delete(photo);
    }
  }
}

/** Learning asks for every tile again, and most of them say what they said. */
const isSame = (tile: Tile, known: Tile | undefined): boolean => known !== undefined && JSON.stringify(tile) === JSON.stringify(known);
