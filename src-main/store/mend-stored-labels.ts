import type Database from "better-sqlite3";
import type { LabelId } from "../../src-shared/contract";
import { isLabelId, isLabelName, isLikeLabelId, mendedName, nameInAnyId } from "../../src-shared/label-id";
import { fieldNamed } from "../../src-shared/query/fields";
import { parseQuery, type Query, QueryFault } from "../../src-shared/query/syntax";
import { quoteValue, quoteWord } from "../../src-shared/query/tokens";
import { foldPhrase } from "../words/phrases";
import type { MendedLabel } from "./mend-labels";

/**
 * Mends the labels that a library stores as text: in label cards and their log, thresholds, training examples, saved
 * searches, and the names of actions. Stored JSON that isn't what Semblance writes stays as it is.
 */
export function mendStoredLabels(db: Database.Database, mended: readonly MendedLabel[]): void {
  // A parent that was merged stays the parent, as after any merge; undoing the merge shows it again.
  mendCards(db, idReader(mended.map((label) => ({ ...label, into: null }))));
  if (mended.length === 0) return;
  mendThresholds(db, idReader(mended));
  mendExamples(db, idReader(mended));
  mendSearches(db, mended);
  const rename = db.prepare("UPDATE action SET description = replace(description, ?, ?)");
  for (const { was, id } of mended) rename.run(`“${nameInAnyId(was)}”`, `“${nameInAnyId(id)}”`);
}

/** What a stored id means now; null if it never was one. */
type IdReader = (id: unknown) => LabelId | null;
type Json = Record<string, unknown>;

function idReader(mended: readonly MendedLabel[]): IdReader {
  const now = new Map<unknown, LabelId>(mended.map(({ was, id, into }) => [was, into ?? id]));
  return (id) => now.get(id) ?? (isLabelId(id) ? id : null);
}

function mendCards(db: Database.Database, idNow: IdReader): void {
  rewrite(db, "label_card", "card", (text) => mendCard(text, idNow));
  for (const column of ["before", "after"] as const)
    rewrite(db, "label_event", column, (text) => mendCard(text, idNow));
}

/** Rewrites a column of texts, where `change` returns another text. */
function rewrite(db: Database.Database, table: string, column: string, change: (text: string) => string): void {
  const rows = db
    .prepare<[], { row: number; text: string }>(
      `SELECT rowid AS row, "${column}" AS text FROM ${table} WHERE "${column}" IS NOT NULL`,
    )
    .all();
  const put = db.prepare(`UPDATE ${table} SET "${column}" = ? WHERE rowid = ?`);
  for (const { row, text } of rows) {
    const changed = change(text);
    if (changed !== text) put.run(changed, row);
  }
}

function mendCard(text: string, idNow: IdReader): string {
  const card = objectIn(text);
  if (card === null) return text;
  const { name, parent, synonyms } = card;
  if (typeof name === "string") replace(card, "name", nameNow(name));
  if (parent !== undefined) replace(card, "parent", idNow(parent));
  if (Array.isArray(synonyms)) {
    const now = [...new Set(synonyms.map(nameNow).filter((synonym) => synonym !== null))];
    replace(card, "synonyms", now.length > 0 ? now : null);
  }
  return JSON.stringify(card);
}

function nameNow(name: unknown): string | null {
  if (typeof name !== "string") return null;
  return isLabelName(name) ? name : mendedName(name) || null;
}

function replace(card: Json, field: string, value: unknown): void {
  if (value === null) delete card[field];
  else card[field] = value;
}

function mendThresholds(db: Database.Database, idNow: IdReader): void {
  const stored = db.prepare("SELECT value FROM setting WHERE key = 'labelThresholds'").pluck().get();
  const thresholds = typeof stored === "string" ? objectIn(stored) : null;
  if (thresholds === null) return;
  const now = new Map<string, unknown>();
  const entries = Object.entries(thresholds);
  // a label's own threshold first, then those of labels that were merged into it
  for (const [label, threshold] of [
    ...entries.filter(([label]) => idNow(label) === label),
    ...entries.filter(([label]) => idNow(label) !== label),
  ]) {
    const id = idNow(label);
    if (id !== null && !now.has(id)) now.set(id, threshold);
  }
  db.prepare("UPDATE setting SET value = ? WHERE key = 'labelThresholds'").run(JSON.stringify(Object.fromEntries(now)));
}

/** Model settings keep the examples that the model was fitted to, by label, as `lessons`. */
function mendExamples(db: Database.Database, idNow: IdReader): void {
  rewrite(db, "model", "settings", (text) => {
    const settings = objectIn(text);
    if (settings === null || !Array.isArray(settings.lessons)) return text;
    const examples = settings.lessons as Json[];
    if (examples.every(({ label }) => idNow(label) === label)) return text;
    const own = examples.filter(({ label }) => idNow(label) === label);
    const now = new Map<unknown, Json>(own.map((each) => [each.label, each]));
    for (const each of examples) {
      const label = idNow(each.label);
      if (label === null || label === each.label) continue;
      now.set(label, joinExamples({ ...each, label }, now.get(label)));
    }
    return JSON.stringify({ ...settings, lessons: [...now.values()] });
  });
}

/** Joins the examples of a merged label to those of the label that it was merged into, which decide where both differ. */
function joinExamples(merged: Json, kept: Json | undefined): Json {
  if (kept === undefined) return merged;
  const listOf = (each: Json, field: string) => (Array.isArray(each[field]) ? (each[field] as unknown[]) : []);
  const decided = new Set([...listOf(kept, "accepted"), ...listOf(kept, "rejected")]);
  const joined = (field: string) => [
    ...listOf(kept, field),
    ...listOf(merged, field).filter((photo) => !decided.has(photo)),
  ];
  return { ...kept, accepted: joined("accepted"), rejected: joined("rejected") };
}

/** Replaces the labels that a saved search names. A search that can't be parsed never found anything and stays. */
function mendSearches(db: Database.Database, mended: readonly MendedLabel[]): void {
  const ids = new Map<string, LabelId>(mended.map(({ was, id, into }) => [was, into ?? id]));
  const names = new Map([...ids].map(([was, id]) => [foldPhrase(nameInAnyId(was)), nameInAnyId(id)]));
  const nowIn = (text: string): string | undefined => {
    if (isLikeLabelId(text)) return ids.get(text);
    const name = names.get(foldPhrase(text));
    // names that differ in white space or case alone mean the same in a search
    return name === undefined || foldPhrase(name) === foldPhrase(text) ? undefined : name;
  };
  rewrite(db, "saved_set", "query", (text) => {
    let changed = text;
    // from the end, so that the positions before it stay right
    for (const { from, to, by } of replacements(text, nowIn).sort((a, b) => b.from - a.from))
      changed = changed.slice(0, from) + by + changed.slice(to);
    return changed;
  });
}

function replacements(
  text: string,
  nowIn: (text: string) => string | undefined,
): { from: number; to: number; by: string }[] {
  const found: { from: number; to: number; by: string }[] = [];
  const visit = (query: Query): void => {
    switch (query.is) {
      case "and":
      case "or":
        return query.parts.forEach(visit);
      case "not":
        return visit(query.part);
      case "word": {
        const now = nowIn(query.text);
        if (now !== undefined) found.push({ from: query.from, to: query.to, by: quoteWord(now) });
        return;
      }
      case "field": {
        const { value } = query;
        if (value.is !== "text" || fieldNamed(query.name)?.kind !== "label") return;
        const now = nowIn(value.text);
        if (now !== undefined) found.push({ from: value.from, to: value.to, by: quoteValue(now) });
      }
    }
  };
  try {
    visit(parseQuery(text));
  } catch (error) {
    if (!(error instanceof QueryFault)) throw error;
    return [];
  }
  return found;
}

function objectIn(text: string): Json | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null; // not written by Semblance
    throw error;
  }
}
