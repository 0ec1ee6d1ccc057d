import type { LabelId, PhotoDetails, PhotoId, Tile } from "../../src-shared/contract";
import type { Browse } from "./browse.svelte";
import type { Connection } from "./connection.svelte";
import { Details, type Given } from "./details.svelte";
import type { Selection } from "./selection.svelte";
import type { Tiles } from "./tiles.svelte";

/** A label of a selection: how many of its photos have it, and on how many it was accepted. */
export interface SharedLabel {
  label: LabelId;
  name: string;
  parent: string | null;
  photos: number;
  accepted: number;
}
/** A label that number keys refer to; `had`: a person accepted it on every photo that a verdict would go to. */
export interface Listed {
  label: LabelId;
  name: string;
  parent: string | null;
  had: boolean;
}

/** Most photos of a selection whose labels are counted; fetching more tiles would take too long. */
export const COUNTED = 2000;
/** Photos fetched together, ahead of the current one and behind it, so that moving on shows each at once … */
const AHEAD = 24;
const BEHIND = 2;
/** … as soon as one of this many next ones has not been fetched. */
const LOW = 8;
/** Milliseconds: photos passed faster than this are not drawn in the inspector. */
const STAY = 150;

/** A stay at a photo or a selection. Keys pressed during it apply to it, however late they are carried out. */
export class Visit {
  /** The label that `x` rejects, as an index into the labels shown. */
  highlight = $state(0);
  /** The labels of a selection; null until they are counted. */
  shared = $state.raw<SharedLabel[] | null>(null);
  failed = $state(false);
  /** The counts are out of date. */
  stale = false;
  /** Number of verdicts during the stay: a count requested before one of them is out of date. */
  turn = 0;
  readonly photos: ReadonlySet<PhotoId>;

  constructor(
    readonly chosen: ReadonlySet<PhotoId>,
    readonly photo: PhotoId | null,
  ) {
    this.photos = photo === null ? chosen : new Set([photo]);
  }
}

/** What the inspector shows: everything about one photo, or the labels of a selection. */
export class Inspected {
  visit = $state.raw(new Visit(new Set(), null));

  /** The photo in the inspector: the only one selected, else the focused one; null for none or many. */
  readonly photo: PhotoId | null = $derived.by(() => {
    const { chosen, focus } = this.selection;
    if (chosen.size > 1) return null;
    if (chosen.size === 1) return chosen.values().next().value ?? null;
    return focus;
  });
  readonly details: PhotoDetails | null = $derived.by(() => (this.photo === null ? null : this.known.get(this.photo)));
  /** The photo drawn beside the grid: while photos are passed quickly, the last one that was stayed at. */
  drawn = $state.raw<PhotoId | null>(null);
  readonly drawnDetails: PhotoDetails | null = $derived.by(() =>
    this.drawn === null ? null : this.known.get(this.drawn),
  );
  readonly shared: SharedLabel[] = $derived(this.visit.shared ?? []);
  readonly failed: boolean = $derived(this.visit.failed);
  readonly highlight: number = $derived(this.visit.highlight);

  /** The last choice; by default guesses are shown only in the review queue, whose photos have little else. */
  #guesses = $state<boolean | null>(null);
  /** Labels below the minimum confidence are listed after the others. */
  readonly withGuesses: boolean = $derived.by(
    () => this.#guesses ?? (this.browse.place.kind === "review" && this.browse.place.of === "queue"),
  );

  readonly known: Details;
  #begun = -Infinity;
  #drawing: ReturnType<typeof setTimeout> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly connection: Connection,
    private readonly browse: Browse,
    private readonly selection: Selection,
    private readonly tiles: Tiles,
  ) {
    this.known = new Details(connection);
    connection.transport.on("photos", ({ changed }) => this.#changed(changed));
  }

  /** The stay at the current selection; begins a new one if the selection has changed. */
  follow(): Visit {
    const { photo } = this;
    const { chosen } = this.selection;
    if (this.visit.chosen === chosen && this.visit.photo === photo) return this.visit;
    this.visit = new Visit(chosen, photo);
    const stayed = this.#drawWhenStaying(photo);
    if (photo !== null) {
      // not around each photo that is passed quickly
      if (stayed || this.known.isAsked(photo)) this.#prefetchAround(photo);
      if (!this.known.isSure(photo)) void this.#load(this.visit);
    } else if (chosen.size > 1) void this.#count(this.visit);
    return this.visit;
  }

  /** The labels that number keys refer to during a stay; null until they are known. */
  listed(visit: Visit): Listed[] | null {
    if (visit.photo !== null) {
      if (!this.known.isSure(visit.photo)) return null;
      return this.known
        .listed(visit.photo, this.withGuesses)
        .map(({ label, name, parent, source }) => ({ label, name, parent, had: source !== "predicted" }));
    }
    if (visit.stale || !visit.shared) return null;
    return visit.shared.map(({ label, name, parent, accepted }) => ({
      label,
      name,
      parent,
      had: accepted === visit.photos.size,
    }));
  }

  /** Fetches the labels of a stay. @throws what the calls throw */
  async look(visit: Visit): Promise<Listed[]> {
    while (!this.listed(visit)) await (visit.photo === null ? this.#countAgain(visit) : this.known.load(visit.photo));
    return this.listed(visit)!;
  }

  /** Highlights a label of the current photo, if it is listed. */
  highlightLabel(label: LabelId) {
    const visit = this.follow();
    const at = this.listed(visit)?.findIndex((one) => one.label === label) ?? -1;
    if (at >= 0) visit.highlight = at;
  }

  toggleGuesses() {
    this.#guesses = !this.withGuesses;
  }

  lay(given: Given) {
    this.known.lay(given);
    const { visit } = this;
    if (visit.photo !== null || !visit.shared || given.photos !== visit.photos) return;
    const { label, name, parent, verdict } = given;
    visit.turn++;
    if (verdict === "clear") visit.stale = true;
    else if (verdict === "reject") visit.shared = visit.shared.filter((one) => one.label !== label);
    else {
      const all = { label, name, parent, photos: countedOf(visit), accepted: countedOf(visit) };
      visit.shared = visit.shared.some((one) => one.label === label)
        ? visit.shared.map((one) => (one.label === label ? all : one))
        : [...visit.shared, all];
    }
  }

  settle(given: Given, taken: boolean) {
    this.known.settle(given, taken);
    this.visit.turn++;
    this.#countSoon();
    if (taken) return;
    this.visit.stale = true;
    if (this.photo !== null && given.photos.has(this.photo)) void this.#load(this.visit);
  }

  /** Verdicts were undone or redone. */
  invalidate() {
    this.known.invalidate(this.photo);
    this.visit.turn++;
    this.visit.stale = true;
    this.#countSoon();
    if (this.photo !== null) void this.#load(this.visit);
  }

  reset() {
    this.#guesses = null;
    this.known.reset();
    clearTimeout(this.#drawing);
    this.drawn = null;
    this.visit = new Visit(new Set(), null);
  }

  /** @returns whether the previous photo was stayed at, so that this one is drawn at once */
  #drawWhenStaying(photo: PhotoId | null): boolean {
    const now = performance.now();
    const stayed = photo === null || this.drawn === null || now - this.#begun >= STAY;
    clearTimeout(this.#drawing);
    if (stayed) this.drawn = photo;
    else this.#drawing = setTimeout(() => this.#drawStayed(photo), STAY);
    this.#begun = now;
    return stayed;
  }

  #drawStayed(photo: PhotoId) {
    this.drawn = photo;
    this.#prefetchAround(photo);
  }

  async #load(visit: Visit) {
    try {
      await this.known.load(visit.photo!);
      visit.failed = false;
    } catch (error) {
      visit.failed = true;
      if (visit === this.visit) this.connection.report(error);
    }
  }

  #prefetchAround(photo: PhotoId) {
    const at = this.browse.index.get(photo);
    if (at === undefined) return;
    const { photos } = this.browse.result;
    const [before, after] = [photos.slice(Math.max(0, at - BEHIND), at), photos.slice(at + 1, at + 1 + AHEAD)];
    if ([photo, ...before, ...after.slice(0, LOW)].some((one) => !this.known.isAsked(one)))
      this.known.prefetch([photo, ...after, ...before]);
  }

  async #count(visit: Visit) {
    await this.connection.attempt(this.#countAgain(visit));
  }

  async #countAgain(visit: Visit) {
    const { turn } = visit;
    const tiles = await this.tiles.of([...visit.photos].slice(0, COUNTED));
    if (turn !== visit.turn) return;
    visit.shared = countLabels(tiles);
    visit.stale = false;
  }

  #changed(changed: PhotoId[] | null) {
    this.known.changed(changed, this.photo);
    if (this.photo !== null && (changed === null || changed.includes(this.photo))) void this.#load(this.visit);
    if (changed === null && this.photo !== null) this.#prefetchAround(this.photo);
    this.#countSoon();
  }

  #countSoon() {
    if (this.selection.chosen.size < 2) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      if (this.visit.chosen.size > 1) void this.#count(this.visit);
    }, 120);
  }
}

const countedOf = (visit: Visit): number => Math.min(COUNTED, visit.photos.size);

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
