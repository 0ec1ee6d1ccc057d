import type {
  DuplicateGroup,
  Job,
  JobId,
  LabelIssue,
  PhotoId,
  ReviewItem,
  SpreadResult,
} from "../../src-shared/contract";
import { text } from "../messages/text";
import type { Annotating } from "./annotating.svelte";
import type { Browse } from "./browse.svelte";
import type { Connection } from "./connection.svelte";
import type { Selection } from "./selection.svelte";
import type { Toasts } from "./toasts.svelte";
import type { ReviewOf } from "./types";

/** Photos of the queue shown at a time; most label errors shown. */
const QUEUE = 100;
const MISLABELS = 500;
/** Most photos of the queue requested at once. */
const MOST_QUEUED = 10_000;

/** Review: the queue of uncertain photos, label errors and near-duplicates, and why each photo is there. */
export class Reviewing {
  items = $state.raw<ReadonlyMap<PhotoId, ReviewItem>>(new Map());
  labelIssues = $state.raw<ReadonlyMap<PhotoId, LabelIssue>>(new Map());
  groups = $state.raw<DuplicateGroup[]>([]);
  /** Photos were added, removed or changed since near-duplicates were found, or they never were. */
  stale = $state(false);
  /** Set while the queue loads: keys pressed meanwhile are meant for its first photo. */
  turning: Promise<void> | null = null;
  /** Photos of the queue passed since it was opened, reviewed or not. */
  #passed = new Set<PhotoId>();
  looking = $state<JobId | null>(null);

  readonly groupOf = $derived(
    new Map(this.groups.flatMap((group) => group.photos.map((photo) => [photo, group] as const))),
  );

  constructor(
    private readonly connection: Connection,
    private readonly browse: Browse,
    private readonly selection: Selection,
    private readonly judging: Annotating,
    private readonly toasts: Toasts,
  ) {
    connection.transport.on("job", (job) => this.#ended(job));
  }

  show(of: ReviewOf) {
    this.#passed.clear();
    return this.#open(of);
  }

  async #open(of: ReviewOf) {
    const photos = await this.#load(of);
    if (!photos) return;
    this.selection.reset();
    this.browse.go({ kind: "review", of, photos });
    await this.browse.arrived; // photos can be selected only once they are in the view
  }

  /** The next photo of the queue; after the last one shown, the next batch, and after all, those still unreviewed. */
  next() {
    const { place } = this.browse;
    const shown = place.kind === "review" && place.of === "queue" ? place.photos : [];
    const following = shown[shown.indexOf(this.selection.focus ?? -1) + 1];
    if (following !== undefined) this.selection.only(following);
    else
      this.turning ??= this.#goOn(shown).finally(() => {
        this.turning = null;
      });
  }

  async #goOn(shown: PhotoId[]) {
    for (const photo of shown) this.#passed.add(photo);
    if (shown.length === 0) this.#passed.clear();
    await this.#open("queue");
    const { place } = this.browse;
    if (place.kind !== "review" || place.of !== "queue") return;
    const [first] = place.photos;
    if (first !== undefined) this.selection.only(first);
    else this.toasts.say(text("review.queueEmpty"));
  }

  async findDuplicates() {
    const begun = await this.connection.attempt(this.connection.api.findDuplicates());
    if (begun) this.looking = begun.job;
  }

  /** Accepts the suggested label and rejects the given one. */
  async takeSuggested() {
    const wrong = this.labelIssues.get(this.selection.focus ?? -1);
    if (!wrong) return;
    const accepted = this.judging.annotate(wrong.suggested, "accept");
    // both requested now, while this photo is selected
    await Promise.all([accepted, this.judging.annotate(wrong.given, "reject")]);
  }

  selectOthers() {
    const group = this.groupOf.get(this.selection.focus ?? -1);
    if (group) this.selection.these(group.photos.filter((photo) => photo !== group.best));
  }

  selectGroup() {
    const group = this.groupOf.get(this.selection.focus ?? -1);
    if (group) this.selection.these(group.photos);
  }

  /** What applying a photo's verdicts to its group would change; for null, those of all photos to their groups. */
  async countSpread(photo: PhotoId | null): Promise<SpreadResult | undefined> {
    return this.connection.attempt(this.connection.api.countSpread({ photo }));
  }

  /** Applies them. True if that worked. */
  async spread(photo: PhotoId | null): Promise<boolean> {
    const done = await this.connection.attempt(this.connection.api.spreadVerdicts({ photo }));
    if (!done) return false;
    if (done.verdicts === 0) this.toasts.say(text("review.alreadyApplied"));
    else
      this.toasts.say(text("review.applied", { verdicts: done.verdicts, photos: done.photos }), {
        text: text("action.undo"),
        run: () => void this.judging.undo(),
      });
    return true;
  }

  /** Applies the focused photo's verdicts to its group. */
  async spreadFromFocused() {
    const { focus } = this.selection;
    if (focus !== null && this.groupOf.has(focus)) await this.spread(focus);
  }

  reset() {
    this.items = new Map();
    this.#passed.clear();
    this.labelIssues = new Map();
    this.groups = [];
    this.looking = null;
  }

  async #load(of: ReviewOf): Promise<PhotoId[] | null> {
    const { api } = this.connection;
    if (of === "queue") {
      const all = await this.connection.attempt(
        api.reviewQueue({ limit: Math.min(MOST_QUEUED, QUEUE + this.#passed.size) }),
      );
      if (!all) return null;
      const ahead = all.filter(({ photo }) => !this.#passed.has(photo));
      if (ahead.length === 0) this.#passed.clear();
      const items = (ahead.length > 0 ? ahead : all).slice(0, QUEUE);
      this.items = new Map(items.map((item) => [item.photo, item]));
      return items.map(({ photo }) => photo);
    }
    if (of === "labelIssues") {
      const wrong = await this.connection.attempt(api.labelIssues({ limit: MISLABELS }));
      if (!wrong) return null;
      this.labelIssues = new Map(wrong.toReversed().map((each) => [each.photo, each]));
      return [...new Set(wrong.map(({ photo }) => photo))];
    }
    const found = await this.connection.attempt(api.duplicates());
    if (!found) return null;
    this.groups = found.groups ?? [];
    this.stale = found.groups === null || found.stale;
    return this.groups.flatMap(({ photos }) => photos);
  }

  #ended({ job, kind, state, message }: Job) {
    if (kind !== "duplicates" || state === "running" || state === "paused") return;
    if (job === this.looking) this.looking = null;
    if (state !== "done") return;
    if (message) this.toasts.say(message);
    const { place } = this.browse;
    if (place.kind === "review" && place.of === "duplicates") void this.show("duplicates");
  }
}
