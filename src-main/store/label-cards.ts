import type { LabelColour, LabelId } from "../../src-shared/contract";
import { type ActionSource, beginAction } from "./actions";
import { inTransaction, labelNumbers, type Library, prepared } from "./database";
import { type Judgement, recordVerdicts } from "./verdicts";

/** What a person made of a label; everything has a default. */
export interface LabelCard {
  /** In place of the dictionary's. */
  name?: string;
  /** What a label of the user's own is a kind of. */
  parent?: LabelId;
  /** Further names that it is found by. */
  synonyms?: string[];
  colour?: LabelColour;
  /** A capital letter: with Shift it gives the label to the selected photos. */
  key?: string;
  /** Deleted, or merged into another one: no photo shows it. */
  hidden?: true;
}

/** Read once for each state: names are asked for with every tile. */
const kept = new WeakMap<Library, Map<LabelId, LabelCard>>();

/** The cards of all labels that have one; another map whenever one changes. */
export function labelCards(library: Library): ReadonlyMap<LabelId, LabelCard> {
  let cards = kept.get(library);
  if (!cards) kept.set(library, (cards = readCards(library)));
  return cards;
}

function readCards(library: Library): Map<LabelId, LabelCard> {
  const rows = prepared<{ label: number; card: string }>(library, "SELECT label, card FROM label_card").all();
  return new Map(rows.map(({ label, card }) => [library.labels.ids.get(label)!, JSON.parse(card) as LabelCard]));
}

/**
 * Changes cards, and verdicts with them, as one action that undo takes back.
 * @param cards the cards as they shall be; an empty one takes a card away
 * @param describe what the action did, told the number of verdicts that changed
 * @returns how many verdicts changed
 */
export function changeCards(
  library: Library,
  cards: ReadonlyMap<LabelId, LabelCard>,
  judgements: readonly Judgement[],
  describe: (verdicts: number) => string,
  source: ActionSource = "person",
): number {
  const numbers = labelNumbers(library, [...cards.keys(), ...judgements.map(({ label }) => label)]);
  const before = labelCards(library);
  return inTransaction(library, () => {
    const action = beginAction(library, source, "");
    const verdicts = recordVerdicts(library, action, judgements, numbers);
    prepared(library, "UPDATE action SET description = ? WHERE id = ?").run(describe(verdicts), action);
    const log = prepared(library, "INSERT INTO label_event (action, label, before, after) VALUES (?, ?, ?, ?)");
    for (const [label, card] of cards) {
      const number = numbers.get(label)!;
      const after = Object.keys(card).length === 0 ? null : JSON.stringify(card);
      const stood = before.get(label);
      log.run(action, number, stood ? JSON.stringify(stood) : null, after);
      putCard(library, number, after);
    }
    return verdicts;
  });
}

/**
 * Shows a deleted or merged label again. Verdicts that deleting it took away come back only by undo.
 * @param name as people know it, for the undo menu
 */
export function restoreLabel(library: Library, label: LabelId, name: string): void {
  const { hidden: _, ...card } = labelCards(library).get(label) ?? {};
  changeCards(library, new Map([[label, card]]), [], () => `Restore the label “${name}”`);
}

interface CardEvent {
  label: number;
  before: string | null;
  after: string | null;
}
const eventsOf = (library: Library, action: number): CardEvent[] =>
  prepared<CardEvent>(library, "SELECT label, before, after FROM label_event WHERE action = ? ORDER BY id").all(action);

export function undoCards(library: Library, action: number): void {
  for (const { label, before } of eventsOf(library, action).reverse()) putCard(library, label, before);
}

export function redoCards(library: Library, action: number): void {
  for (const { label, after } of eventsOf(library, action)) putCard(library, label, after);
}

function putCard(library: Library, label: number, card: string | null): void {
  kept.delete(library);
  if (card === null) prepared(library, "DELETE FROM label_card WHERE label = ?").run(label);
  else
    prepared(library, "INSERT OR REPLACE INTO label_card (label, card, hidden) VALUES (?, ?, ?)").run(
      label,
      card,
      "hidden" in JSON.parse(card) ? 1 : 0,
    );
}
