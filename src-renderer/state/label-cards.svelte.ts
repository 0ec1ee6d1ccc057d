import type { LabelCard, LabelChange, LabelColour, LabelId } from "../../src-shared/contract";
import { text } from "../messages/text";
import type { Annotating } from "./annotating.svelte";
import type { Connection } from "./connection.svelte";
import type { Toasts } from "./toasts.svelte";

export const COLOURS: LabelColour[] = ["red", "orange", "yellow", "green", "teal", "blue", "violet", "pink"];
export type CardOrder = "photos" | "name";

/** The labels of the library as their owner manages them. */
export class LabelCards {
  all = $state.raw<LabelCard[]>([]);
  filter = $state("");
  order = $state<CardOrder>("photos");
  /** Deleted and merged ones too. */
  withHidden = $state(false);
  chosen = $state.raw<ReadonlySet<LabelId>>(new Set());
  focus = $state<LabelId | null>(null);

  readonly colours = $derived(new Map(this.all.map(({ label, colour }) => [label, colour])));
  readonly keys = $derived(
    new Map(this.all.filter(({ key, hidden }) => key && !hidden).map((card) => [card.key!, card])),
  );
  readonly shown = $derived.by(() => {
    const wanted = this.filter.trim().toLowerCase();
    const cards = this.all.filter(
      ({ name, synonyms, hidden }) =>
        (this.withHidden || !hidden) &&
        (wanted === "" || [name, ...synonyms].some((each) => each.toLowerCase().includes(wanted))),
    );
    return this.order === "name"
      ? cards.toSorted((a, b) => a.name.localeCompare(b.name))
      : cards.toSorted((a, b) => photosOf(b) - photosOf(a));
  });
  readonly card = $derived(this.all.find(({ label }) => label === this.focus) ?? null);
  /** The labels that a command goes to. */
  readonly meant = $derived(
    this.chosen.size > 0 ? this.all.filter(({ label }) => this.chosen.has(label)) : this.card ? [this.card] : [],
  );

  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly connection: Connection,
    private readonly judging: Annotating,
    private readonly toasts: Toasts,
  ) {
    connection.transport.on("photos", ({ changed }) => {
      if (changed === null) this.#soon();
    });
  }

  async load() {
    const cards = await this.connection.attempt(this.connection.api.labelCards());
    if (cards) this.all = cards;
  }

  reset() {
    this.all = [];
    this.filter = "";
    this.chosen = new Set();
    this.focus = null;
    void this.load();
  }

  toggle(label: LabelId) {
    const chosen = new Set(this.chosen);
    if (!chosen.delete(label)) chosen.add(label);
    this.chosen = chosen;
  }

  /** True when it was taken; a name or key that is taken is refused. */
  async change(label: LabelId, change: LabelChange): Promise<boolean> {
    const done = await this.connection.attempt(this.connection.api.changeLabel({ label, change }).then(() => true));
    await this.load();
    return done ?? false;
  }

  async merge(from: LabelCard[], into: { label: LabelId; name: string }) {
    const merged = await this.connection.attempt(
      this.connection.api.mergeLabels({ from: from.map(({ label }) => label), into: into.label }),
    );
    if (merged)
      this.#say(
        from.length === 1
          ? text("merge.mergedOne", { label: from[0]!.name, into: into.name })
          : text("merge.mergedSeveral", { count: from.length, into: into.name }),
      );
    this.chosen = new Set();
    this.focus = into.label;
    await this.load();
  }

  async remove(cards: LabelCard[]) {
    if (cards.length === 0) return;
    const deleted = await this.connection.attempt(
      this.connection.api.deleteLabels({ labels: cards.map(({ label }) => label) }),
    );
    if (deleted)
      this.#say(
        cards.length === 1
          ? text("labels.deletedOne", { label: cards[0]!.name })
          : text("labels.deletedSeveral", { count: cards.length }),
      );
    this.chosen = new Set();
    await this.load();
  }

  async restore(card: LabelCard) {
    await this.connection.attempt(this.connection.api.restoreLabel({ label: card.label }));
    this.#say(text("labels.restored", { label: card.name }));
    await this.load();
  }

  #say(what: string) {
    this.toasts.say(what, { text: text("action.undo"), run: () => void this.judging.undo() });
  }

  /** Counts change with every portion of newly labelled photos. */
  #soon() {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.load();
    }, 1000);
  }
}

export const photosOf = ({ predicted, accepted }: LabelCard): number => predicted + accepted;
