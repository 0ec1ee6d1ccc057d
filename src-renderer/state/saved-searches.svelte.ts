import type { SavedSearch, SavedSearchId } from "../../src-shared/contract";
import { quoteValue } from "../../src-shared/query/tokens";
import { text } from "../messages/text";
import type { Browse, ViewPlace } from "./browse.svelte";
import type { Connection } from "./connection.svelte";
import { both } from "./filters";
import type { Toasts } from "./toasts.svelte";

/** Milliseconds without changes to photos before saved searches are counted again. */
const PAUSE = 3000;

/** Saved searches. */
export class SavedSearches {
  all = $state.raw<SavedSearch[]>([]);
  /** Photos of each saved search counted so far; null for a query that can't be read. */
  counts = $state.raw<ReadonlyMap<SavedSearchId, number | null>>(new Map());
  /** The saved search that is being renamed; null while a new one is saved. */
  renaming = $state.raw<SavedSearch | null>(null);
  /** The current view as a query: its place and its search. */
  readonly query: string = $derived.by(() => both(placeQuery(this.browse.place, this.browse), this.browse.words));
  /** The saved search that is shown. */
  readonly current = $derived(this.all.find(({ query }) => query === this.query) ?? null);

  #timer: ReturnType<typeof setTimeout> | undefined;
  #counting = 0;
  /** A library has been opened. */
  #opened = false;

  constructor(
    private readonly connection: Connection,
    private readonly browse: Browse,
    private readonly toasts: Toasts,
  ) {
    connection.transport.on("photos", () => this.#countSoon());
    connection.onRestored(() => {
      if (this.#opened) void this.load();
    });
  }

  async load() {
    const savedSearches = await this.connection.attempt(this.connection.api.savedSearches());
    if (!savedSearches) return;
    this.all = savedSearches;
    void this.#count();
  }

  open({ query, sort, descending, group }: SavedSearch) {
    this.browse.show(query, { sort, descending, group });
  }

  /** A name for the current view: the query without its syntax. */
  suggestedName(): string {
    return this.query
      .replace(/\b(label|folder|is|camera|taken|name):=?/g, "")
      .replace(/["()/]/g, "")
      .replace(/\s+/g, " ")
      .trim()
      .slice(0, 60);
  }

  async save(name: string): Promise<boolean> {
    const {
      query,
      browse: { sort, descending, group },
    } = this;
    return this.#keep(
      this.connection.api.saveSearch({ name, query, sort, descending, group }),
      text("search.saved", { name }),
    );
  }

  async rename({ set }: SavedSearch, name: string): Promise<boolean> {
    return this.#keep(this.connection.api.renameSearch({ set, name }), text("search.renamed", { name }));
  }

  async delete({ set, name }: SavedSearch) {
    const gone = await this.connection.attempt(this.connection.api.deleteSearch({ set }));
    if (!gone) return;
    await this.load();
    const { set: _, ...again } = gone;
    this.toasts.say(text("search.deleted", { name }), {
      text: text("action.undo"),
      run: () => void this.#keep(this.connection.api.saveSearch(again), text("search.restored", { name })),
    });
  }

  reset() {
    this.all = [];
    this.counts = new Map();
    this.renaming = null;
    this.#opened = true;
    void this.load();
  }

  async #keep(call: Promise<SavedSearch>, said: string): Promise<boolean> {
    if (!(await this.connection.attempt(call))) return false;
    await this.load();
    this.toasts.say(said);
    return true;
  }

  #countSoon() {
    if (this.all.length === 0) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#count(), PAUSE);
  }

  /** One after the other, so that the engine answers other calls between them. */
  async #count() {
    const turn = ++this.#counting;
    for (const { set, query } of this.all) {
      const counted = await this.connection.attempt(this.connection.api.countPhotos({ query }));
      if (turn !== this.#counting || !counted) return;
      this.counts = new Map(this.counts).set(set, counted.photos);
    }
  }
}

function placeQuery(place: ViewPlace, { labels }: Browse): string {
  switch (place.kind) {
    case "folder":
      return `folder:${quoteValue(`/${place.folder}`)}`;
    case "state":
      return `is:${place.state}`;
    case "label": {
      const parent = labels.find(({ label }) => label === place.label)?.parent;
      return `label:=${quoteValue(parent ? `${place.name} (${parent})` : place.name)}`;
    }
    default:
      return "";
  }
}
