import type { ChangedPhoto, ModelId, PhotoId, PhotoLabel } from "../../src-shared/contract";
import type { Browse } from "./browse.svelte";
import type { Connection } from "./connection.svelte";
import type { Selection } from "./selection.svelte";
import type { Tiles } from "./tiles.svelte";

/** Photos that are listed at most. */
const LISTED = 500;
/** Milliseconds between two looks at what changed while learning goes on. */
const PAUSE = 1200;

/** A photo's labels by one version and by another, best first. */
export interface BeforeAfter {
  before: PhotoLabel[];
  after: PhotoLabel[];
}

/** Photos whose labels learning changed, and photos on which two versions differ: which, and from what to what. */
export class Changes {
  /**
   * Photos that have another first label since the last learning; null once they were looked at, or where none was
   * told.
   */
  told = $state<number | null>(null);
  /** What two versions were compared by last. */
  compared = $state.raw<{ a: ModelId; b: ModelId; compared: number; changed: number } | null>(null);
  comparing = $state(false);

  #changed = $state.raw<ReadonlyMap<PhotoId, ChangedPhoto>>(new Map());
  #differing = $state.raw<ReadonlyMap<PhotoId, ChangedPhoto>>(new Map());
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly connection: Connection,
    private readonly browse: Browse,
    private readonly selection: Selection,
    private readonly tiles: Tiles,
  ) {
    connection.transport.on("learned", ({ changed }) => {
      this.told = changed > 0 ? changed : null;
      this.#followSoon();
    });
    connection.transport.on("photos", () => this.#followSoon());
  }

  /** Photos whose first label the last learning changed, those that changed most first. */
  async show() {
    const changed = await this.#load();
    if (!changed) return;
    this.told = null;
    this.selection.reset();
    this.browse.go({ kind: "changed", photos: changed.map(({ photo }) => photo) });
  }

  /** Photos on which two versions differ, most first. */
  async compare(a: ModelId, b: ModelId) {
    this.comparing = true;
    const found = await this.connection.attempt(this.connection.api.compareModels({ a, b, limit: LISTED }));
    this.comparing = false;
    if (!found) return;
    const { photos, compared, changed } = found;
    this.#differing = new Map(photos.map((each) => [each.photo, each]));
    this.compared = { a, b, compared, changed };
    this.selection.reset();
    this.browse.go({ kind: "compared", photos: photos.map(({ photo }) => photo) });
  }

  /** From what to what a photo's labels changed, where the place is about that. After learning it is followed live. */
  of(photo: PhotoId): BeforeAfter | null {
    if (this.browse.place.kind === "compared") return this.#differing.get(photo) ?? null;
    if (this.browse.place.kind !== "changed") return null;
    const changed = this.#changed.get(photo);
    return changed ? { before: changed.before, after: this.tiles.get(photo)?.labels ?? changed.after } : null;
  }

  reset() {
    this.told = null;
    this.compared = null;
    this.#changed = new Map();
    this.#differing = new Map();
  }

  async #load() {
    const changed = await this.connection.attempt(this.connection.api.changedMost({ limit: LISTED }));
    if (changed) this.#changed = new Map([...this.#changed, ...changed.map((each) => [each.photo, each] as const)]);
    return changed;
  }

  #followSoon() {
    if (this.browse.place.kind !== "changed") return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#follow();
    }, PAUSE);
  }

  /** Photos that changed meanwhile come last: those that are being looked at stay where they are. */
  async #follow() {
    if (this.browse.place.kind !== "changed") return;
    const changed = await this.#load();
    const { place } = this.browse;
    if (!changed || place.kind !== "changed") return;
    this.told = null;
    const there = new Set(place.photos);
    const more = changed.map(({ photo }) => photo).filter((photo) => !there.has(photo));
    if (more.length > 0) this.browse.extend({ kind: "changed", photos: [...place.photos, ...more] });
  }
}
