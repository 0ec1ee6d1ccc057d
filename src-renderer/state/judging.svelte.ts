import { CallError } from "../../src-preload/client";
import type { LabelId, PhotoId, Verdict } from "../../src-shared/contract";
import { text } from "../messages/text";
import type { Connection } from "./connection.svelte";
import type { Given } from "./details.svelte";
import type { Inspected, Listed, Visit } from "./inspected.svelte";
import type { Toasts } from "./toasts.svelte";

interface Named {
  label: LabelId;
  name: string;
  parent?: string | null;
}
/** What a key means, told the labels that it was pressed at; null where it means no verdict. */
type Choice = (listed: Listed[], visit: Visit) => { label: Named; verdict: Verdict } | null;

/** Something that was asked for: a verdict as a key means it, or that the last one be taken back. */
interface Act {
  /** What it is about, and what it means there. Absent where it takes something back. */
  verdict?: { visit: Visit; choice: Choice; listed: (visit: Visit) => Listed[] | null };
  /** The verdict it came to, null for none; not known before the labels it is about are. */
  given?: Given | null;
  turnBack?: () => Promise<void>;
}

/** Verdicts that go together at most. */
const TOGETHER = 100;

/**
 * A person's verdicts on the selected photos, and taking them back. Whatever is pressed belongs to the photos that were
 * selected
 * then and is carried out in the order it was pressed in, as if each key had been pressed when all before it was done:
 * at once
 * where the labels of the photo are known, else when its turn has come and they are.
 */
export class Judging {
  /** The label that was given last, for giving it again. */
  last = $state.raw<Named | null>(null);
  /** What is not begun yet, in the order in which it was asked for. */
  #acts: Act[] = [];
  /** Settles when all that was asked for is done. */
  #working: Promise<void> | null = null;
  #busy = false;

  constructor(
    private readonly connection: Connection,
    private readonly inspected: Inspected,
    private readonly toasts: Toasts,
  ) {}

  /** The photos a verdict now goes to. */
  get photos(): PhotoId[] {
    return [...this.inspected.follow().photos];
  }

  judge(label: Named, verdict: Verdict): Promise<void> {
    return this.#act(
      () => ({ label, verdict }),
      () => [],
    );
  }

  /** Gives a label to the selected photos, or takes it back where all of them have it by a person's verdict. */
  toggle(label: Named): Promise<void> {
    return this.#act((listed) => ({
      label,
      verdict: listed.some((one) => one.label === label.label && one.had) ? "clear" : "accept",
    }));
  }

  /** Accepts the n-th label shown, counted from 0; a second time takes the accept back. */
  acceptNth(n: number): Promise<void> {
    return this.#act((listed, visit) => {
      if (!listed[n]) return null;
      visit.highlight = n;
      return { label: listed[n], verdict: listed[n].had ? "clear" : "accept" };
    });
  }

  rejectHighlighted(): Promise<void> {
    return this.#act((listed, { highlight }) =>
      listed[highlight] ? { label: listed[highlight], verdict: "reject" } : null,
    );
  }

  moveHighlight(by: number): Promise<void> {
    return this.#act((listed, visit) => {
      visit.highlight = Math.max(0, Math.min(listed.length - 1, visit.highlight + by));
      return null;
    });
  }

  /** Gives the selected photos the label that was given last. */
  again(): Promise<void> {
    return this.#act(
      () => {
        if (!this.last) this.toasts.say(text("verdict.nothingToRepeat"));
        return this.last && { label: this.last, verdict: "accept" };
      },
      () => [],
    );
  }

  undo(): Promise<void> {
    return this.#turnBack(async () => {
      const { undone } = await this.connection.api.undo();
      if (undone === null) this.toasts.say(text("verdict.nothingToUndo"));
      else
        this.toasts.say(text("verdict.undone", { action: undone }), {
          text: text("action.redo"),
          run: () => void this.redo(),
        });
    });
  }

  redo(): Promise<void> {
    return this.#turnBack(async () => {
      const { redone } = await this.connection.api.redo();
      if (redone === null) this.toasts.say(text("verdict.nothingToRedo"));
      else
        this.toasts.say(text("verdict.redone", { action: redone }), {
          text: text("action.undo"),
          run: () => void this.undo(),
        });
    });
  }

  /** What was asked for in one library is not done to another. */
  reset() {
    this.last = null;
    this.#acts = [];
  }

  /**
   * @param listed what the labels of the stay are, or null while they are not known; by default those that are shown
   */
  #act(
    choice: Choice,
    listed: (visit: Visit) => Listed[] | null = (visit) => this.inspected.listed(visit),
  ): Promise<void> {
    const visit = this.inspected.follow();
    if (visit.photos.size === 0) return Promise.resolve();
    const act: Act = { verdict: { visit, choice, listed } };
    // What an earlier key means may change what this one does: then it waits for its turn.
    if (!this.#busy && this.#acts.every(({ given }) => given !== undefined)) this.#bind(act);
    return this.#add(act);
  }

  #turnBack(call: () => Promise<void>): Promise<void> {
    return this.#add({ turnBack: call });
  }

  #add(act: Act): Promise<void> {
    this.#acts.push(act);
    return (this.#working ??= this.#work().finally(() => {
      this.#working = null;
    }));
  }

  /** Finds out what a key means, and shows it. False while the labels it is about are not known. */
  #bind(act: Act): boolean {
    if (act.given !== undefined) return true;
    if (!act.verdict) return false;
    const { visit, choice, listed } = act.verdict;
    const known = listed(visit);
    if (!known) return false;
    const chosen = choice(known, visit);
    act.given = chosen && {
      photos: visit.photos,
      label: chosen.label.label,
      name: chosen.label.name,
      parent: chosen.label.parent ?? null,
      verdict: chosen.verdict,
    };
    if (act.given?.verdict === "accept") this.last = chosen!.label;
    if (act.given) this.inspected.lay(act.given);
    return true;
  }

  async #work() {
    await Promise.resolve(); // what is asked for in one breath goes together
    while (this.#acts.length > 0) {
      try {
        const row: Given[] = [];
        while (row.length < TOGETHER && this.#acts.length > 0 && this.#bind(this.#acts[0])) {
          const { given } = this.#acts.shift()!;
          if (given) row.push(given);
        }
        if (row.length > 0) await this.#send(row);
        else if (this.#acts.length > 0) await this.#first();
      } catch (error) {
        this.connection.report(error);
      }
    }
  }

  /** Does what can't be done with others: takes something back, or looks up what the first key is about. */
  async #first() {
    const [act] = this.#acts;
    this.#busy = true;
    try {
      if (act.verdict) await this.inspected.look(act.verdict.visit);
      else {
        this.#acts.shift();
        await act.turnBack!().finally(() => {
          this.inspected.doubt();
        });
      }
    } catch (error) {
      if (this.#acts[0] === act) this.#acts.shift(); // what its labels are can't be told
      throw error;
    } finally {
      this.#busy = false;
    }
  }

  async #send(row: Given[]) {
    if (row.length === 0) return; // it went with one before it
    const verdicts = row.map(({ photos, label, verdict }) => ({ photos: [...photos], label, verdict }));
    const { api } = this.connection;
    let taken = false;
    try {
      await this.#untilAnswered(() => (row.length === 1 ? api.judge(verdicts[0]) : api.judgeEach({ verdicts })));
      taken = true;
    } catch (error) {
      if (row.length === 1) throw error;
    } finally {
      if (taken || row.length === 1) for (const given of row) this.inspected.settle(given, taken);
    }
    if (taken) return this.#say(row.at(-1)!);
    // One that is refused takes none of the others with it.
    for (const given of row)
      await this.#send([given]).catch((error: unknown) => {
        this.connection.report(error);
      });
  }

  /** Of verdicts that come fast only the last one is announced. */
  #say({ photos: { size }, name, verdict }: Given) {
    if (this.#acts.length > 0) return;
    const said =
      size > 1 ? text(`verdict.${verdict}Many`, { name, count: size }) : text(`verdict.${verdict}`, { name });
    this.toasts.say(said, { text: text("action.undo"), run: () => void this.undo() });
  }

  /** A verdict whose answer was lost is given again once the engine is back: given twice it is one. */
  async #untilAnswered(call: () => Promise<unknown>) {
    for (;;) {
      try {
        return void (await call());
      } catch (error) {
        if (!(error instanceof CallError) || error.code !== "connection-lost") throw error;
        const back = this.connection.back();
        this.connection.report(error);
        await back;
      }
    }
  }
}
