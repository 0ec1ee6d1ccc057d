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
/** The verdict that a key means for the labels it was pressed at; null for none. */
type Choice = (listed: Listed[], visit: Visit) => { label: Named; verdict: Verdict } | null;

/** A requested action: a verdict on a label, or another call, such as undo. */
interface Act {
  /** What the verdict is about and what it means there. Absent for other calls. */
  verdict?: { visit: Visit; choice: Choice; listed: (visit: Visit) => Listed[] | null };
  /** The resulting verdict, null for none; undefined until the labels it is about are known. */
  given?: Given | null;
  call?: () => Promise<void>;
}

/** Most verdicts sent in one call. */
const TOGETHER = 100;

/**
 * A person's verdicts on the selected photos, with undo and redo. Every key applies to the photos that were selected
 * when it was pressed. Keys are carried out in order, as if each had been pressed after the previous one was done: at
 * once if the labels of the photo are known, otherwise when they are.
 */
export class Annotating {
  /** The last label that was accepted, to apply it again. */
  last = $state.raw<Named | null>(null);
  /** Actions that have not begun, in the order they were requested. */
  #acts: Act[] = [];
  /** Settles when every requested action is done. */
  #working: Promise<void> | null = null;
  #busy = false;

  constructor(
    private readonly connection: Connection,
    private readonly inspected: Inspected,
    private readonly toasts: Toasts,
  ) {}

  /** The photos that a verdict goes to now. */
  get photos(): PhotoId[] {
    return [...this.inspected.follow().photos];
  }

  annotate(label: Named, verdict: Verdict): Promise<void> {
    return this.#act(
      () => ({ label, verdict }),
      () => [],
    );
  }

  /** Accepts a label on the selected photos, or clears it if a person accepted it on all of them. */
  toggle(label: Named): Promise<void> {
    return this.#act((listed) => ({
      label,
      verdict: listed.some((one) => one.label === label.label && one.had) ? "clear" : "accept",
    }));
  }

  /** Accepts the nth label shown, counted from 0; a second time clears the verdict. */
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

  /** Accepts the last label again, on the selected photos. */
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
    return this.inTurn(async () => {
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
    return this.inTurn(async () => {
      const { redone } = await this.connection.api.redo();
      if (redone === null) this.toasts.say(text("verdict.nothingToRedo"));
      else
        this.toasts.say(text("verdict.redone", { action: redone }), {
          text: text("action.undo"),
          run: () => void this.undo(),
        });
    });
  }

  /** Actions requested in one library are not carried out in another. */
  reset() {
    this.last = null;
    this.#acts = [];
  }

  /** @param listed gives the labels of the stay, or null until they are known; by default those that are shown */
  #act(
    choice: Choice,
    listed: (visit: Visit) => Listed[] | null = (visit) => this.inspected.listed(visit),
  ): Promise<void> {
    const visit = this.inspected.follow();
    if (visit.photos.size === 0) return Promise.resolve();
    const act: Act = { verdict: { visit, choice, listed } };
    // An earlier key may change what this one means: then it waits for its turn.
    if (!this.#busy && this.#acts.every(({ given }) => given !== undefined)) this.#bind(act);
    return this.#add(act);
  }

  /** Makes a call after all actions requested before; labels of photos may change by it. */
  inTurn(call: () => Promise<void>): Promise<void> {
    return this.#add({ call });
  }

  #add(act: Act): Promise<void> {
    this.#acts.push(act);
    return (this.#working ??= this.#work().finally(() => {
      this.#working = null;
    }));
  }

  /** Resolves what a key means, and shows the result. False until the labels it is about are known. */
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
    await Promise.resolve(); // actions requested in the same turn go together
    while (this.#acts.length > 0) {
      try {
        const row: Given[] = [];
        for (let act = this.#acts[0]; act && row.length < TOGETHER && this.#bind(act); act = this.#acts[0]) {
          this.#acts.shift();
          if (act.given) row.push(act.given);
        }
        if (row.length > 0) await this.#send(row);
        else if (this.#acts.length > 0) await this.#first();
      } catch (error) {
        this.connection.report(error);
      }
    }
  }

  /** Carries out the first action alone: a call such as undo, or fetching the labels that a key is about. */
  async #first() {
    const [act] = this.#acts;
    if (!act) return;
    this.#busy = true;
    try {
      if (act.verdict) await this.inspected.look(act.verdict.visit);
      else {
        this.#acts.shift();
        await act.call!().finally(() => {
          this.inspected.invalidate();
        });
      }
    } catch (error) {
      if (this.#acts[0] === act) this.#acts.shift(); // its labels can't be fetched
      throw error;
    } finally {
      this.#busy = false;
    }
  }

  async #send(row: Given[]) {
    if (row.length === 0) return;
    const verdicts = row.map(({ photos, label, verdict }) => ({ photos: [...photos], label, verdict }));
    const { api } = this.connection;
    let taken = false;
    try {
      await this.#untilAnswered(() => (row.length === 1 ? api.annotate(verdicts[0]!) : api.annotateEach({ verdicts })));
      taken = true;
    } catch (error) {
      if (row.length === 1) throw error;
    } finally {
      if (taken || row.length === 1) for (const given of row) this.inspected.settle(given, taken);
    }
    if (taken) return this.#say(row.at(-1)!);
    // A verdict that is refused must not fail the others.
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

  /** A verdict whose answer was lost is sent again when the engine is back; giving a verdict twice changes nothing. */
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
