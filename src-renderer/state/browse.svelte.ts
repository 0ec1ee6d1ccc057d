import type {
  BoxRef,
  BrowseResult,
  Failure,
  LabelCount,
  LabelId,
  PhotoId,
  View,
  ViewCounts,
} from "../../src-shared/contract";
import type { Connection } from "./connection.svelte";
import { asksForWords } from "./filters";
import { keepPreference, readPreference } from "./preference";
import type { ReviewOf } from "./types";

export type Sort = View["sort"];
export type Group = View["group"];
/** What the sidebar leads to. */
export type ViewPlace =
  | { kind: "all" }
  | { kind: "state"; state: NonNullable<View["state"]> }
  | { kind: "folder"; folder: string }
  | { kind: "label"; label: LabelId; name: string }
  | { kind: "similar"; like: PhotoId[]; unlike: PhotoId[] }
  | { kind: "likeBox"; box: BoxRef; name: string }
  | { kind: "chosen"; photos: PhotoId[] }
  | { kind: "review"; of: ReviewOf; photos: PhotoId[] }
  | { kind: "changed"; photos: PhotoId[] }
  | { kind: "compared"; photos: PhotoId[] }
  | { kind: "versions" }
  | { kind: "map" }
  | { kind: "labels" }
  /** All boxes of a label; `photos` are those among which Loupe view moves. */
  | { kind: "boxes"; photos: PhotoId[] }
  | { kind: "problems" }
  | { kind: "evaluation" };

/** Places with a fixed list of photos: a search leaves them. */
const LISTS: ViewPlace["kind"][] = ["similar", "likeBox", "chosen", "review", "changed", "compared", "map"];
/** Milliseconds between reloads while photos stream in: longer for large libraries, whose reloads take longer. */
const pauseFor = (photos: number) => Math.max(1200, photos / 25);
const NOTHING: BrowseResult = {
  photos: [],
  confident: 0,
  groups: [],
  days: null,
  alternatives: [],
  scores: null,
  unknown: [],
  fault: null,
};
/** Photos shown if no match is confident. */
const CLOSEST = 6;

/** Which photos the window shows, and in what order. */
export class Browse {
  place = $state.raw<ViewPlace>({ kind: "all" });
  /** The query in the search box. */
  words = $state("");
  #plainSort = $state<Exclude<Sort, "relevance">>(readPreference("sort", "taken"));
  #rankedSort = $state<Sort>("relevance");
  #descending = $state(readPreference("descending", true));
  #group = $state<Group>(readPreference("group", "date"));

  #answer = $state.raw<BrowseResult>(NOTHING);
  /** The less certain photos of a search are shown too. */
  unfolded = $state(false);
  /** What is shown of the answer: confident matches, and less certain ones if unfolded or if there are no others. */
  readonly result: BrowseResult = $derived.by(() => cut(this.#answer, this.unfolded));
  /** Where in `result` the less certain photos begin, or would if unfolded; null if there are none. */
  readonly fold: number | null = $derived.by(() =>
    this.#answer.photos.length > this.#answer.confident ? this.#answer.confident : null,
  );
  /** How many photos of the answer are below the minimum confidence. */
  readonly unsure = $derived(this.#answer.photos.length - this.#answer.confident);
  /** Why the query can't be read; the previous photos stay. */
  fault = $state.raw<BrowseResult["fault"]>(null);
  status = $state<"loading" | "ready" | "failed">("loading");
  /** Counts the views shown, so that each starts scrolled to its top. */
  turn = $state(0);
  labels = $state.raw<LabelCount[]>([]);
  folders = $state.raw<{ folder: string; photos: number }[]>([]);
  failures = $state.raw<Failure[]>([]);
  /** What the sidebar's views show; null before it is known. */
  counts = $state.raw<ViewCounts | null>(null);

  /** False in places that show no photos. */
  readonly ofPhotos = $derived(!["labels", "boxes", "problems", "evaluation", "versions"].includes(this.place.kind));
  readonly ranked = $derived(
    asksForWords(this.words) === true ||
      this.place.kind === "label" ||
      ["similar", "likeBox", "review", "changed", "compared", "boxes"].includes(this.place.kind),
  );
  /** Predictions decide which photos are shown. */
  readonly #byLabels = $derived(
    this.words !== "" ||
      this.place.kind === "label" ||
      (this.place.kind === "state" && this.place.state === "unlabelled"),
  );
  readonly sort: Sort = $derived(this.ranked ? this.#rankedSort : this.#plainSort);
  readonly index = $derived(new Map(this.result.photos.map((photo, i) => [photo, i])));

  /** Resolves when the last place that was opened shows its photos. */
  arrived: Promise<void> = Promise.resolve();

  /** A library has been opened: before that there are no photos to ask for. */
  #opened = false;
  #asked = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #reorder = false;
  /** Retraining runs: labels change, but photos neither come nor go. */
  #learning = false;

  constructor(private readonly connection: Connection) {
    connection.transport.on("photos", ({ changed }) => this.#changed(changed));
    connection.transport.on("job", ({ kind, state }) => {
      if (kind === "learn") this.#learning = state === "running";
    });
    connection.transport.on("learned", () => {
      if (this.#byLabels) void this.refresh(false);
      void this.refreshSidebar();
    });
    connection.onRestored(() => {
      if (this.#opened) this.reload();
    });
  }

  get descending() {
    return this.sort === "relevance" || this.#descending;
  }
  get group(): Group {
    return this.sort === "relevance" ? "none" : this.#group;
  }

  sortBy(sort: Sort, descending = this.#descending) {
    if (this.ranked) this.#rankedSort = sort;
    if (sort !== "relevance") {
      this.#plainSort = sort;
      this.#descending = descending;
      keepPreference("sort", sort);
      keepPreference("descending", descending);
    }
    void this.refresh(true);
  }

  groupBy(group: Group) {
    this.#group = group;
    keepPreference("group", group);
    void this.refresh(true);
  }

  go(place: ViewPlace) {
    this.place = place;
    this.words = "";
    this.#rankedSort = "relevance";
    this.arrived = this.refresh(true);
  }

  /** The same place with more photos: those on screen stay where they are. */
  extend(place: ViewPlace): Promise<void> {
    this.place = place;
    return this.refresh(false);
  }

  search(words: string) {
    if (words === this.words) return;
    if (!this.ofPhotos || LISTS.includes(this.place.kind)) this.place = { kind: "all" };
    this.words = words;
    this.#rankedSort = "relevance";
    void this.refresh(true);
  }

  /** All photos that a saved search finds, sorted and grouped as it was saved. */
  show(query: string, { sort, descending, group }: Pick<View, "sort" | "descending" | "group">) {
    this.place = { kind: "all" };
    this.words = query;
    this.#rankedSort = sort;
    if (sort !== "relevance") {
      this.#plainSort = sort;
      this.#descending = descending;
      this.#group = group;
    }
    void this.refresh(true);
  }

  /** Another library was opened: back to all photos. */
  reset() {
    this.place = { kind: "all" };
    this.words = "";
    this.fault = null;
    this.#opened = true;
    this.#answer = NOTHING;
    this.counts = null;
    this.reload();
  }

  reload() {
    void this.refresh(true);
    void this.refreshSidebar();
  }

  /** @param fresh the view itself has changed: shows that it is loading */
  async refresh(fresh: boolean) {
    const asked = ++this.#asked;
    if (fresh) this.status = "loading";
    try {
      const result = await this.connection.api.browse(this.#view());
      if (asked !== this.#asked) return;
      this.fault = result.fault;
      if (!result.fault) {
        this.#answer = result;
        if (fresh) {
          this.unfolded = false;
          this.turn++;
        }
      }
      this.status = "ready";
    } catch (error) {
      if (asked !== this.#asked) return;
      if (fresh) this.status = "failed";
      this.connection.report(error);
    }
  }

  /** The minimum confidence has changed: shows its effect at once. */
  async relabelled() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#reorder = false;
    await Promise.all([this.refresh(false), this.refreshSidebar()]);
  }

  async refreshSidebar() {
    const { api } = this.connection;
    const [labels, folders, failures, counts] = await Promise.all([
      this.connection.attempt(api.labels()),
      this.connection.attempt(api.folders()),
      this.connection.attempt(api.failures()),
      this.connection.attempt(api.viewCounts()),
    ]);
    if (labels) this.labels = labels;
    if (folders) this.folders = folders;
    if (failures) this.failures = failures;
    if (counts) this.counts = counts;
  }

  #view(): View {
    const { place } = this;
    const view: View = { sort: this.sort, descending: this.descending, group: this.group };
    if (this.words.trim()) view.words = this.words.trim();
    if (place.kind === "label") view.label = place.label;
    if (place.kind === "folder") view.folder = place.folder;
    if (place.kind === "state") view.state = place.state;
    if (place.kind === "similar") view.similar = { like: place.like, unlike: place.unlike };
    if (place.kind === "likeBox") view.likeBox = place.box;
    if ("photos" in place) view.photos = place.photos;
    return view;
  }

  #changed(changed: PhotoId[] | null) {
    // A verdict on photos in view does not reload the view: a photo must not vanish from "Unreviewed" while it is being
    // reviewed. Nor does retraining; if labels decide what is shown, the view reloads when retraining ends.
    if (changed === null || (!this.#learning && changed.some((photo) => !this.index.has(photo)))) this.#reorder = true;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      if (this.#reorder) void this.refresh(false);
      this.#reorder = false;
      void this.refreshSidebar();
    }, pauseFor(this.result.photos.length));
  }
}

function cut(answer: BrowseResult, unfolded: boolean): BrowseResult {
  const { photos, confident, scores } = answer;
  const shown = confident === 0 ? CLOSEST : unfolded ? photos.length : confident;
  if (photos.length <= shown) return answer;
  return { ...answer, photos: photos.slice(0, shown), scores: scores && scores.slice(0, shown) };
}
