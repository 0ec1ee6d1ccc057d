import type {
  BoxCounts,
  BoxLabel,
  BoxOrder,
  BoxRectangle,
  BoxRef,
  BoxState,
  BoxTiles,
  LabelId,
  PhotoId,
} from "../../src-shared/contract";
import { text } from "../messages/text";
import type { Annotating } from "./annotating.svelte";
import type { Browse } from "./browse.svelte";
import type { Connection } from "./connection.svelte";
import { keepPreference, readPreference } from "./preference";
import { Selection } from "./selection.svelte";
import type { Toasts } from "./toasts.svelte";

type Verdict = BoxTiles["verdicts"][number];
interface Named {
  label: LabelId;
  name: string;
}
/** A box as a tile shows it. */
export interface BoxTile {
  photo: PhotoId;
  box: BoxRectangle;
  /** Null if nobody says how likely it is. */
  confidence: number | null;
  verdict: Verdict;
}

/** Milliseconds until the list follows changes from elsewhere. */
const RELOAD_PAUSE = 500;
/** Most boxes judged by one call, and photos before and after the one that Loupe view opens. */
const PER_CALL = 100_000;
const BESIDE = 500;
const VERDICTS = { unjudged: null, proposed: null, accepted: "accept", rejected: "reject" } as const;
const NONE: BoxCounts = { unjudged: 0, accepted: 0, rejected: 0 };

/**
 * All boxes of one label, and verdicts on them. Tiles are numbered as the engine listed them; judged ones leave the list
 * at once, before the engine has answered.
 */
export class LabelBoxes {
  label = $state.raw<Named | null>(null);
  show = $state.raw<BoxState | "proposed">("unjudged");
  order = $state.raw<BoxOrder>(readPreference<BoxOrder>("boxOrder", "doubt"));
  /** Labels that have boxes; null until they are known. */
  labels = $state.raw<BoxLabel[] | null>(null);
  hasDetectors = $state(true);
  status = $state.raw<"loading" | "ready" | "failed">("loading");
  counts = $state.raw<BoxCounts>(NONE);
  /** Counts the lists shown, so that each starts scrolled to its top. */
  turn = $state(0);
  /** A box that gets the focus as soon as Loupe view shows it. */
  wanted = $state.raw<{ photo: PhotoId; label: LabelId; box: BoxRectangle } | null>(null);
  /** The view was just opened: the list takes the focus once it is there. */
  isNew = false;
  /** The dialog that asks for another label is open. */
  relabelling = $state(false);

  #answer = $state.raw<BoxTiles | null>(null);
  #verdicts = $state.raw<Verdict[]>([]);
  /** The tiles in the list, by number, in order. */
  result = $state.raw<{ photos: number[] }>({ photos: [] });
  readonly index = $derived(new Map(this.result.photos.map((tile, i) => [tile, i])));
  readonly selection = new Selection(this);
  readonly countOf = $derived(new Map(this.labels?.map((one) => [one.label, totalOf(one)])));

  /** Verdicts that the engine hasn't answered. */
  #pending = 0;
  #isOutdated = false;
  #asked = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly connection: Connection,
    private readonly judging: Annotating,
    private readonly browse: Browse,
    private readonly toasts: Toasts,
  ) {
    connection.transport.on("photos", () => this.#reloadSoon());
    connection.onRestored(() => this.#reloadSoon());
  }

  /** Opens the view; without a label, with the last one, else that with the most boxes to judge. */
  open(label: Named | null = this.label) {
    this.browse.go({ kind: "boxes", photos: [] });
    this.isNew = true;
    this.show = "unjudged";
    if (label) return void Promise.all([this.choose(label), this.loadLabels()]);
    this.status = "loading";
    void this.loadLabels().then(() => {
      const next = this.next;
      if (next) return this.choose(next);
      this.status = this.labels ? "ready" : "failed";
    });
  }

  choose({ label, name }: Named): Promise<void> {
    this.label = { label, name };
    return this.#load(true);
  }

  filter(show: BoxState | "proposed") {
    this.show = show;
    void this.#load(true);
  }

  sortBy(order: BoxOrder) {
    this.order = order;
    keepPreference("boxOrder", order);
    void this.#load(true);
  }

  /** Tries again after a failure. */
  retry() {
    if (this.label) void this.choose(this.label);
    else this.open();
  }

  reset() {
    clearTimeout(this.#timer);
    this.#asked++;
    this.label = null;
    this.labels = null;
    this.relabelling = false;
    this.#take(null);
  }

  async loadLabels() {
    const found = await this.connection.attempt(this.connection.api.boxLabels());
    if (!found) return;
    this.labels = found.labels;
    this.hasDetectors = found.hasDetectors;
  }

  /** The label with the most boxes to judge, apart from this one; null if there is none. */
  get next(): BoxLabel | null {
    const others = this.labels?.filter(({ label, unjudged }) => unjudged > 0 && label !== this.label?.label) ?? [];
    return others.toSorted((a, b) => b.unjudged - a.unjudged)[0] ?? null;
  }

  tile(tile: number): BoxTile {
    const { photos, boxes, confidences } = this.#answer!;
    return {
      photo: photos[tile]!,
      box: boxes.slice(4 * tile, 4 * tile + 4) as BoxRectangle,
      confidence: confidences[tile]!,
      verdict: this.#verdicts[tile]!,
    };
  }

  /** What a verdict goes to: the selected tiles in their order, else the focused one. */
  get meant(): number[] {
    const { chosen, focus } = this.selection;
    if (chosen.size > 0) return this.result.photos.filter((tile) => chosen.has(tile));
    return focus === null ? [] : [focus];
  }

  /** Gives the meant tiles a verdict; if all have it, takes it back. */
  judge(verdict: "accept" | "reject", tiles = this.meant) {
    const others = tiles.filter((tile) => this.#verdicts[tile] !== verdict);
    if (others.length > 0) this.#record(others, verdict);
    else if (tiles.length > 0) this.#record(tiles, null);
  }

  relabel({ label, name }: Named) {
    this.relabelling = false;
    const tiles = this.meant;
    if (tiles.length === 0 || label === this.label?.label) return;
    this.#send(tiles, "reject", (boxes) => this.connection.api.relabelBoxes({ boxes, label }), "relabelled", name);
  }

  /** Shows the focused box in Loupe view, among the photos of the boxes around it. True if there is one. */
  async enlarge(select: (photo: PhotoId) => void): Promise<boolean> {
    const { focus, focusIndex } = this.selection;
    if (focus === null || !this.label) return false;
    const around = this.result.photos.slice(Math.max(0, focusIndex - BESIDE), focusIndex + BESIDE);
    const photos = [...new Set(around.map((tile) => this.tile(tile).photo))];
    const { photo, box } = this.tile(focus);
    await this.browse.extend({ kind: "boxes", photos });
    if (this.browse.place.kind !== "boxes") return false;
    this.wanted = { photo, label: this.label.label, box };
    select(photo);
    return true;
  }

  #record(tiles: number[], verdict: Verdict) {
    const said = verdict === null ? "cleared" : verdict === "accept" ? "accepted" : "rejected";
    const { api } = this.connection;
    this.#send(tiles, verdict, (boxes) => api.judgeBoxes({ boxes, verdict: verdict ?? "clear" }), said);
  }

  #send(
    tiles: number[],
    verdict: Verdict,
    call: (boxes: BoxRef[]) => Promise<void>,
    said: "accepted" | "rejected" | "cleared" | "relabelled",
    name = this.label?.name ?? "",
  ) {
    const boxes = this.#refs(tiles);
    this.#lay(tiles, verdict);
    const count = boxes.length;
    this.#pending++;
    void this.judging.inTurn(async () => {
      try {
        for (let from = 0; from < count; from += PER_CALL) await call(boxes.slice(from, from + PER_CALL));
        const message = count === 1 ? text(`boxTiles.${said}One`, { name }) : text(`boxTiles.${said}`, { name, count });
        this.toasts.say(message, { text: text("action.undo"), run: () => void this.judging.undo() });
      } catch (error) {
        this.#isOutdated = true;
        throw error;
      } finally {
        this.#pending--;
        if (this.#isOutdated) this.#reloadSoon();
      }
    });
  }

  #refs(tiles: number[]): BoxRef[] {
    const { label, detectors, detectorIds } = this.#answer!;
    return tiles.map((tile) => {
      const { photo, box } = this.tile(tile);
      return { photo, label, detector: detectorIds[detectors[tile]!]!, box };
    });
  }

  /** Shows what a verdict changes: counts, and which tiles stay. The next tile gets the focus. */
  #lay(tiles: number[], verdict: Verdict) {
    const verdicts = [...this.#verdicts];
    const counts = { ...this.counts };
    for (const tile of tiles) {
      // A proposal is none of the label's boxes until it is judged.
      const isProposal = this.show === "proposed";
      if (!isProposal || verdicts[tile] !== null) counts[stateOf(verdicts[tile]!)]--;
      if (!isProposal || verdict !== null) counts[stateOf(verdict)]++;
      verdicts[tile] = verdict;
    }
    this.#verdicts = verdicts;
    this.counts = counts;
    if (this.show === "all" || VERDICTS[this.show] === verdict) return;
    const gone = new Set(tiles);
    const at = Math.min(...tiles.slice(0, 1).map((tile) => this.index.get(tile) ?? 0));
    const left = this.result.photos.filter((tile) => !gone.has(tile));
    this.result = { photos: left };
    const next = left[Math.min(at, left.length - 1)];
    if (next === undefined) this.selection.reset();
    else this.selection.only(next);
  }

  #reloadSoon() {
    this.#isOutdated = true;
    if (this.browse.place.kind !== "boxes") return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.#pending > 0 || this.browse.place.kind !== "boxes") return; // then the last verdict's answer asks again
      void this.loadLabels();
      if (this.label) void this.#load(false);
      else this.open();
    }, RELOAD_PAUSE);
  }

  /** @param fresh another list: it begins at its top */
  async #load(fresh: boolean) {
    const { label, show, order } = this;
    if (!label) return;
    const asked = ++this.#asked;
    if (fresh) {
      this.status = "loading";
      this.#take(null);
    }
    this.#isOutdated = false;
    try {
      const answer = await this.connection.api.boxTiles({ label: label.label, state: show, order });
      if (asked !== this.#asked) return;
      if (this.#pending > 0) this.#isOutdated = true;
      else this.#take(answer, fresh);
      this.status = "ready";
    } catch (error) {
      if (asked !== this.#asked) return;
      if (fresh) this.status = "failed";
      this.connection.report(error);
    }
  }

  #take(answer: BoxTiles | null, fresh = true) {
    const before = this.#answer;
    const { chosen, focus, focusIndex } = this.selection;
    const found =
      before && answer && !fresh ? sameTiles(before, answer, [...chosen, ...(focus === null ? [] : [focus])]) : null;
    this.#answer = answer;
    this.#verdicts = answer ? [...answer.verdicts] : [];
    this.result = { photos: answer ? answer.photos.map((_, tile) => tile) : [] };
    if (answer) this.counts = answer.counts;
    else if (fresh) this.counts = NONE;
    if (fresh) this.turn++;
    if (found) {
      const there = this.result.photos[Math.min(focusIndex, this.result.photos.length - 1)];
      this.selection.restore(
        [...chosen].flatMap((tile) => found.get(tile) ?? []),
        found.get(focus ?? -1) ?? there ?? null,
      );
    } else if (this.result.photos.length > 0) this.selection.only(0);
    else this.selection.reset();
  }
}

const stateOf = (verdict: Verdict): keyof BoxCounts =>
  verdict === null ? "unjudged" : verdict === "accept" ? "accepted" : "rejected";

export const totalOf = ({ unjudged, accepted, rejected }: BoxCounts): number => unjudged + accepted + rejected;

/** Where tiles of one list are in another. */
function sameTiles(before: BoxTiles, after: BoxTiles, tiles: number[]): Map<number, number> {
  const place = ({ photos, boxes }: BoxTiles, tile: number) =>
    `${photos[tile]} ${boxes.slice(4 * tile, 4 * tile + 4).join(" ")}`;
  const wanted = new Map(tiles.map((tile) => [place(before, tile), tile]));
  const photos = new Set(tiles.map((tile) => before.photos[tile]));
  const found = new Map<number, number>();
  after.photos.forEach((photo, tile) => {
    const same = photos.has(photo) ? wanted.get(place(after, tile)) : undefined;
    if (same !== undefined) found.set(same, tile);
  });
  return found;
}

/** Whether two places are the same, apart from rounding. */
export const isPlace = (a: BoxRectangle, b: BoxRectangle): boolean =>
  a.every((side, i) => Math.abs(side - b[i]!) < 0.001);
