import type { ChangedPhoto, ModelId, PhotoId, PhotoLabel } from "../../src-shared/contract";
import type { Browse } from "./browse.svelte";
import type { Connection } from "./connection.svelte";
import type { Selection } from "./selection.svelte";
import type { Tiles } from "./tiles.svelte";

/** Most photos listed. */
const LISTED = 500;
/** Milliseconds between reloads while retraining runs. */
const PAUSE = 1200;

/** A photo's labels from two versions, best first. */
export interface BeforeAfter {
  before: PhotoLabel[];
  after: PhotoLabel[];
}

/** Photos whose labels were changed by retraining, photos on which two versions differ, and how. */
export class Changes {
  /** How many photos have a new top label since the last retraining; null after they have been shown. */
  changedCount = $state<number | null>(null);
  /** The last comparison of two versions. */
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
      this.changedCount = changed > 0 ? changed : null;
      this.#followSoon();
    });
    connection.transport.on("photos", () => this.#followSoon());
  }

  /** Shows photos whose top label changed in the last retraining, largest changes first. */
  async show() {
    const changed = await this.#load();
    if (!changed) return;
    this.changedCount = null;
    this.selection.reset();
    this.browse.go({ kind: "changed", photos: changed.map(({ photo }) => photo) });
  }

  /** Shows photos on which two versions differ, largest differences first. */
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

  /** How a photo's labels changed, in a view of changes; after retraining its current labels are followed. */
  of(photo: PhotoId): BeforeAfter | null {
    if (this.browse.place.kind === "compared") return this.#differing.get(photo) ?? null;
    if (this.browse.place.kind !== "changed") return null;
    const changed = this.#changed.get(photo);
    return changed ? { before: changed.before, after: this.tiles.get(photo)?.labels ?? changed.after } : null;
  }

  reset() {
    this.changedCount = null;
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

  /** New changes come last, so that photos on screen stay where they are. */
  async #follow() {
    if (this.browse.place.kind !== "changed") return;
    const changed = await this.#load();
    const { place } = this.browse;
    if (!changed || place.kind !== "changed") return;
    this.changedCount = null;
    const there = new Set(place.photos);
    const more = changed.map(({ photo }) => photo).filter((photo) => !there.has(photo));
    if (more.length > 0) void this.browse.extend({ kind: "changed", photos: [...place.photos, ...more] });
  }
}
