import type Database from "better-sqlite3";

interface Verdict {
  photo: number;
  verdict: "accept" | "reject";
  added: number;
  event: number;
}
interface Card {
  synonyms?: unknown;
  hidden?: unknown;
  [field: string]: unknown;
}

/**
 * Merges one label into another during a migration, as one action that undo takes back. Where a photo has a verdict on
 * both, the newer one stays. The merged label is hidden; the other gets its synonyms, and is shown again if the user
 * had deleted it.
 */
export function mergeLabelInto(
  db: Database.Database,
  { from, fromName, into, intoName }: { from: number; fromName: string; into: number; intoName: string },
): void {
  const verdictsOn = db.prepare<[number], Verdict>("SELECT photo, verdict, added, event FROM standing WHERE label = ?");
  const stands = new Map(verdictsOn.all(into).map((verdict) => [verdict.photo, verdict]));
  db.exec("UPDATE action SET state = 'closed' WHERE state = 'undone'"); // as every new action does
  const action = db
    .prepare("INSERT INTO action (at, source, description, state) VALUES (?, 'person', ?, 'done')")
    .run(Date.now(), `Merge “${fromName}” into “${intoName}”`).lastInsertRowid;
  const log = db.prepare(`
    INSERT INTO verdict_event (at, action, kind, photo, label, verdict, added, previous, previous_added)
    VALUES (?, ?, 'judge', ?, ?, ?, ?, ?, ?)`);
  const keep = db.prepare(
    "INSERT OR REPLACE INTO standing (photo, label, verdict, added, event) VALUES (?, ?, ?, ?, ?)",
  );
  for (const { photo, verdict, added, event } of verdictsOn.all(from).sort((a, b) => a.event - b.event)) {
    log.run(Date.now(), action, photo, from, "clear", 0, verdict, added);
    const other = stands.get(photo);
    if (other !== undefined && (other.verdict === verdict || other.event > event)) continue;
    const { lastInsertRowid } = log.run(
      Date.now(),
      action,
      photo,
      into,
      verdict,
      added,
      other?.verdict ?? "clear",
      other?.added ?? 0,
    );
    keep.run(photo, into, verdict, added, lastInsertRowid);
  }
  db.prepare("DELETE FROM standing WHERE label = ?").run(from);

  const before = cardOf(db, into);
  const { hidden: _, ...shown } = before ?? {};
  const synonyms = [...new Set([...listOf(before?.synonyms), ...listOf(cardOf(db, from)?.synonyms)])];
  putCard(db, action, into, synonyms.length > 0 ? { ...shown, synonyms } : shown);
  putCard(db, action, from, { hidden: true });
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

function cardOf(db: Database.Database, label: number): Card | null {
  const row = db.prepare<[number], { card: string }>("SELECT card FROM label_card WHERE label = ?").get(label);
  return row ? (JSON.parse(row.card) as Card) : null;
}

/** Changes a card and logs it, if it changes. */
function putCard(db: Database.Database, action: number | bigint, label: number, card: Card): void {
  const previous = cardOf(db, label);
  const before = previous === null ? null : JSON.stringify(previous);
  const after = Object.keys(card).length === 0 ? null : JSON.stringify(card);
  if (before === after) return;
  db.prepare("INSERT INTO label_event (action, label, before, after) VALUES (?, ?, ?, ?)").run(
    action,
    label,
    before,
    after,
  );
  if (after === null) db.prepare("DELETE FROM label_card WHERE label = ?").run(label);
  else
    db.prepare("INSERT OR REPLACE INTO label_card (label, card, hidden) VALUES (?, ?, ?)").run(
      label,
      after,
      "hidden" in card ? 1 : 0,
    );
}
