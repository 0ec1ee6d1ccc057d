import type { LabelId } from "../../src-shared/contract";
import { type ActionSource, beginAction } from "./actions";
import { appendBoxes, type BoxChange } from "./box-verdicts";
import { inTransaction, labelNumbers, prepared, type Store } from "./database";
import type { LabelCard } from "./label-card";
import { recordVerdicts, type VerdictChange } from "./verdicts";

/** The cards of all labels that have one. Returns a new map whenever a card changes. */
export function labelCards(store: Store): ReadonlyMap<LabelId, LabelCard> {
  return (store.labelCards ??= readCards(store));
}

function readCards(store: Store): Map<LabelId, LabelCard> {
  const rows = prepared<{ label: number; card: string }>(store, "SELECT label, card FROM label_card").all();
  return new Map(rows.map(({ label, card }) => [store.labels.ids.get(label)!, JSON.parse(card) as LabelCard]));
}

/**
 * Changes cards, and verdicts on photos and boxes along with them, as one action that undo takes back.
 * @param cards the new cards; an empty one deletes the card
 * @param describe names the action, given the number of verdicts that changed
 * @returns how many verdicts changed
 */
export function changeCards(
  store: Store,
  cards: ReadonlyMap<LabelId, LabelCard>,
  changes: readonly VerdictChange[],
  describe: (verdicts: number) => string,
  { source = "person", boxes = [] }: { source?: ActionSource; boxes?: readonly BoxChange[] } = {},
): number {
  const numbers = labelNumbers(store, [...cards.keys(), ...[...changes, ...boxes].map(({ label }) => label)]);
  const before = labelCards(store);
  return inTransaction(store, () => {
    const action = beginAction(store, source, "");
    const verdicts = recordVerdicts(store, action, changes, numbers);
    appendBoxes(store, action, boxes, numbers);
    prepared(store, "UPDATE action SET description = ? WHERE id = ?").run(describe(verdicts), action);
    const log = prepared(store, "INSERT INTO label_event (action, label, before, after) VALUES (?, ?, ?, ?)");
    for (const [label, card] of cards) {
      const number = numbers.get(label)!;
      const after = Object.keys(card).length === 0 ? null : JSON.stringify(card);
      const previous = before.get(label);
      log.run(action, number, previous ? JSON.stringify(previous) : null, after);
      putCard(store, number, after);
    }
    return verdicts;
  });
}

/**
 * Shows a deleted or merged label again. Verdicts that were removed with it come back only by undo.
 * @param name the label's display name, for the undo menu
 */
export function restoreLabel(store: Store, label: LabelId, name: string): void {
  const { hidden: _, ...card } = labelCards(store).get(label) ?? {};
  changeCards(store, new Map([[label, card]]), [], () => `Restore label “${name}”`);
}

interface CardEvent {
  label: number;
  before: string | null;
  after: string | null;
}
const eventsOf = (store: Store, action: number): CardEvent[] =>
  prepared<CardEvent>(store, "SELECT label, before, after FROM label_event WHERE action = ? ORDER BY id").all(action);

export function undoCards(store: Store, action: number): void {
  for (const { label, before } of eventsOf(store, action).reverse()) putCard(store, label, before);
}

export function redoCards(store: Store, action: number): void {
  for (const { label, after } of eventsOf(store, action)) putCard(store, label, after);
}

function putCard(store: Store, label: number, card: string | null): void {
  store.labelCards = null;
  if (card === null) prepared(store, "DELETE FROM label_card WHERE label = ?").run(label);
  else
    prepared(store, "INSERT OR REPLACE INTO label_card (label, card, hidden) VALUES (?, ?, ?)").run(
      label,
      card,
      "hidden" in JSON.parse(card) ? 1 : 0,
    );
}
