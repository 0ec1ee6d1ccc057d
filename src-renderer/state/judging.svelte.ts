import { CallError } from "../../src-preload/client";
import type { LabelId, PhotoId, Verdict } from "../../src-preload/contract";
import type { Connection } from "./connection.svelte";
import type { Given } from "./details.svelte";
import type { Inspected, Listed, Visit } from "./inspected.svelte";
import type { Toasts } from "./toasts.svelte";

interface Named { label: LabelId; name: string; parent?: string | null }
/** What a key means, told the labels that it was pressed at; null where it means no verdict. */
type Choice = (listed: Listed[], visit: Visit) => { label: Named; verdict: Verdict } | null;

/** Verdicts that go together at most. */
const TOGETHER = 100;

const DONE: Record<Verdict, string> = { accept: "Accepted", reject: "Rejected", clear: "Cleared" };

/**
 * A person's verdicts on the selected photos, and taking them back. Whatever is pressed belongs to the photos that were selected
 * then and is carried out in the order it was pressed in, as if each key had been pressed when all before it was done: at once
 * where the labels of the photo are known, else when its turn has come and they are.
 */
export class Judging {
  /** The label that was given last, for giving it again. */
  last = $state.raw<Named | null>(null);
  /** Settles when all that was asked for is done. */
  #done: Promise<void> = Promise.resolve();
  /** How many of the keys that wait do not know yet what they mean. */
  #open = 0;
  /** Verdicts that wait one behind the other, for going together when the first one's turn has come. */
  #row: Given[] = [];
  /** Counts the libraries opened: what was meant for the one before is not done to the next. */
  #library = 0;

  constructor(private readonly connection: Connection, private readonly inspected: Inspected, private readonly toasts: Toasts) {}

  /** The photos a verdict now goes to. */
  get photos(): PhotoId[] {
    return [...this.inspected.follow().photos];
  }

  judge(label: Named, verdict: Verdict): Promise<void> {
    return this.#act(() => ({ label, verdict }), () => []);
  }

  /** Gives a label to the selected photos, or takes it back where all of them have it by a person's verdict. */
  toggle(label: Named): Promise<void> {
    return this.#act((listed) => ({ label, verdict: listed.some((one) => one.label === label.label && one.had) ? "clear" : "accept" }));
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
    return this.#act((listed, { highlight }) => (listed[highlight] ? { label: listed[highlight], verdict: "reject" } : null));
  }

  moveHighlight(by: number): Promise<void> {
    return this.#act((listed, visit) => {
      visit.highlight = Math.max(0, Math.min(listed.length - 1, visit.highlight + by));
      return null;
    });
  }

  /** Gives the selected photos the label that was given last. */
  again(): Promise<void> {
    return this.#act(() => {
      if (!this.last) this.toasts.say("No label was given yet");
      return this.last && { label: this.last, verdict: "accept" };
    }, () => []);
  }

  undo(): Promise<void> {
    return this.#turnBack(async () => {
      const { undone } = await this.connection.api.undo();
      if (undone === null) this.toasts.say("Nothing to undo");
      else this.toasts.say(`Undone: ${undone}`, { text: "Redo", run: () => void this.redo() });
    });
  }

  redo(): Promise<void> {
    return this.#turnBack(async () => {
      const { redone } = await this.connection.api.redo();
      if (redone === null) this.toasts.say("Nothing to redo");
      else this.toasts.say(`Redone: ${redone}`, { text: "Undo", run: () => void this.undo() });
    });
  }

  reset() {
    this.last = null;
    this.#row = [];
    this.#library++;
  }

  /** @param listed what the labels of the stay are, or null while they are not known; by default those that are shown */
  #act(choice: Choice, listed: (visit: Visit) => Listed[] | null = (visit) => this.inspected.listed(visit)): Promise<void> {
    const visit = this.inspected.follow();
    if (visit.photos.size === 0) return this.#done;
    const known = this.#open === 0 ? listed(visit) : null;
    if (known) {
      const given = this.#bind(visit, choice(known, visit));
      if (!given) return this.#done;
      const row = this.#row;
      row.push(given);
      return this.#inTurn(() => this.#send(row.includes(given) ? row.splice(0, TOGETHER) : []));
    }
    return this.#openInTurn(async () => {
      const given = this.#bind(visit, choice(listed(visit) ?? (await this.inspected.look(visit)), visit));
      if (given) await this.#send([given]);
    });
  }

  #bind({ photos }: Visit, choice: ReturnType<Choice>): Given | null {
    if (!choice) return null;
    const { label: { label, name, parent = null }, verdict } = choice;
    const given: Given = { photos, label, name, parent, verdict };
    if (verdict === "accept") this.last = { label, name, parent };
    this.inspected.lay(given);
    return given;
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
    for (const given of row) await this.#send([given]).catch((error: unknown) => { this.connection.report(error); });
  }

  /** Of verdicts that come fast only the last one is told. */
  #say({ photos: { size }, name, verdict }: Given) {
    if (this.#row.length > 0 || this.#open > 1) return;
    const on = size > 1 ? ` on ${size.toLocaleString()} photos` : "";
    this.toasts.say(`${DONE[verdict]} “${name}”${on}`, { text: "Undo", run: () => void this.undo() });
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

  #turnBack(call: () => Promise<void>): Promise<void> {
    return this.#openInTurn(async () => {
      try {
        await call();
      } finally {
        this.inspected.doubt();
      }
    });
  }

  /** In turn, and what is pressed meanwhile waits until this is done: what it will find is not known before. */
  #openInTurn(work: () => Promise<void>): Promise<void> {
    this.#open++;
    this.#row = []; // what is pressed after it goes after it
    return this.#inTurn(work, () => { this.#open--; });
  }

  #inTurn(work: () => Promise<void>, ended: () => void = () => undefined): Promise<void> {
    const library = this.#library;
    this.#done = this.#done.then(async () => {
      try {
        if (library === this.#library) await work();
      } catch (error) {
        this.connection.report(error);
      } finally {
        ended();
      }
    });
    return this.#done;
  }
}
