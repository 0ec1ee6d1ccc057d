import type Database from "better-sqlite3";
import type { LabelId } from "../../src-shared/contract";
import {
  isLabelId,
  isLabelName,
  isOwnLabel,
  MAX_LABEL_NAME_CHARS,
  mendedName,
  nameInAnyId,
  nameOfOwnLabel,
  ownLabel,
  shortenedName,
} from "../../src-shared/label-id";
import { mergeLabelInto } from "./merge-label-into";

/** A label whose id was invalid. */
export interface MendedLabel {
  /** Number in the table of labels; it stays the same. */
  number: number;
  /** The invalid id. */
  was: string;
  id: LabelId;
  /** The label that it was merged into; null if it stands alone. */
  into: LabelId | null;
}

/** Gives each label with an invalid id a valid one, and merges it with a label that has that name already. */
export function mendLabels(db: Database.Database): MendedLabel[] {
  const labels = db
    .prepare<[], { number: number; key: string }>("SELECT id AS number, key FROM label ORDER BY id")
    .all();
  const invalid = labels.filter(({ key }) => !isLabelId(key));
  if (invalid.length === 0) return [];
  const cards = cardsOf(db);
  const taken = new Set(labels.map(({ key }) => key));
  const byName = labelsByName(labels, cards);
  const rename = db.prepare("UPDATE label SET key = ? WHERE id = ?");
  return invalid.map(({ number, key }) => {
    const name = mendedName(nameInAnyId(key)).normalize("NFC");
    const card = cards.get(number);
    // A label that the user renamed or deleted is a label of its own, whatever its id says.
    const standsAlone = card?.name !== undefined || card?.hidden !== undefined;
    const target = name === "" || standsAlone ? undefined : byName.get(name);
    const id = freeLabel(name, taken);
    taken.add(id);
    rename.run(id, number);
    if (target)
      mergeLabelInto(db, { from: number, fromName: nameInAnyId(id), into: target.number, intoName: target.name });
    else if (!standsAlone && name !== "") byName.set(name, { number, id, name: nameInAnyId(id) });
    return { number, was: key, id, into: target?.id ?? null };
  });
}

interface NamedLabel {
  number: number;
  id: LabelId;
  name: string;
}
interface CardFields {
  name?: string;
  hidden?: unknown;
}

function cardsOf(db: Database.Database): Map<number, CardFields> {
  const rows = db.prepare<[], { label: number; card: string }>("SELECT label, card FROM label_card").all();
  return new Map(
    rows.map(({ label, card }) => {
      const { name, hidden } = JSON.parse(card) as Record<string, unknown>;
      return [label, { ...(typeof name === "string" ? { name } : {}), ...(hidden === undefined ? {} : { hidden }) }];
    }),
  );
}

/** The valid labels by the name that the user sees: that of their card, or else that in their id. */
function labelsByName(
  labels: readonly { number: number; key: string }[],
  cards: ReadonlyMap<number, CardFields>,
): Map<string, NamedLabel> {
  const found = new Map<string, NamedLabel>();
  for (const { number, key } of labels) {
    if (!isLabelId(key)) continue;
    const name = cards.get(number)?.name ?? (isOwnLabel(key) ? nameOfOwnLabel(key) : undefined);
    if (name === undefined || !isLabelName(name)) continue; // WordNet's names are not in the library
    const composed = name.normalize("NFC");
    if (!found.has(composed)) found.set(composed, { number, id: key, name });
  }
  return found;
}

/** An id that no label has: with the name itself, or with a number behind it. */
function freeLabel(name: string, taken: ReadonlySet<string>): LabelId {
  const plain = name === "" ? null : ownLabel(name);
  if (plain !== null && !taken.has(plain)) return plain;
  for (let n = name === "" ? 1 : 2; ; n++) {
    const end = name === "" ? `label ${n}` : ` (${n})`;
    const numbered = ownLabel(shortenedName(name, MAX_LABEL_NAME_CHARS - end.length) + end);
    if (!taken.has(numbered)) return numbered;
  }
}
