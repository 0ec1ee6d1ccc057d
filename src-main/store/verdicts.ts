import type { LabelId, PhotoId, Verdict } from "../../src-shared/contract";
import { formatCount } from "../../src-shared/format-count";
import { type ActionSource, beginAction, IMPORTED } from "./actions";
import { inTransaction, labelNumbers, prepared, type Store } from "./database";

/** A verdict to record for a photo and a label; `clear` takes an earlier one back. */
export interface VerdictChange {
  photo: PhotoId;
  label: LabelId;
  verdict: Verdict;
  /** Whether the label was added by hand, that is, not predicted. Default: looked up. */
  added?: boolean;
}

interface CurrentVerdict {
  verdict: "accept" | "reject";
  added: number;
}
interface Event {
  photo: number;
  label: number;
  verdict: Verdict;
  added: number;
  previous: Verdict;
  previousAdded: number;
}

/**
 * Records one verdict on several photos as one action that undo takes back. Verdicts that change nothing are skipped.
 * @param name the label's display name, for the action's description
 * @returns how many photos changed
 */
export function annotate(
  store: Store,
  {
    photos,
    label,
    verdict,
    name,
    source = "person",
  }: { photos: readonly PhotoId[]; label: LabelId; verdict: Verdict; name: string; source?: ActionSource },
): { photos: number } {
  const changes = photos.map((photo) => ({ photo, label, verdict }));
  return { photos: recordAll(store, changes, { source, describe: (n) => describe(verdict, name, n) }) };
}

/**
 * Records verdicts as one action, in one transaction: when it returns, all of them are on disk.
 * @param describe names the action, given the number of verdicts that changed something
 * @returns how many verdicts changed something
 * @throws Error if a photo doesn't exist; then nothing is recorded
 */
export function recordAll(
  store: Store,
  changes: readonly VerdictChange[],
  { source, describe }: { source: ActionSource; describe: (changed: number) => string },
): number {
  const numbers = labelNumbers(
    store,
    changes.map(({ label }) => label),
  );
  return inTransaction(store, () => {
    const events = changesOf(store, changes, numbers);
    if (events.length > 0) append(store, beginAction(store, source, describe(events.length)), events);
    return events.length;
  });
}

/**
 * Records verdicts as part of an action that has been started.
 * @returns how many verdicts changed something
 */
export function recordVerdicts(
  store: Store,
  action: number,
  changes: readonly VerdictChange[],
  numbers: ReadonlyMap<LabelId, number>,
): number {
  const events = changesOf(store, changes, numbers);
  append(store, action, events);
  return events.length;
}

function append(store: Store, action: number, events: readonly Event[]): void {
  const before = lastVerdictEvent(store);
  prepared(
    store,
    `
    INSERT INTO verdict_event (at, action, kind, photo, label, verdict, added, previous, previous_added)
    SELECT ?, ?, 'judge', value ->> 'photo', value ->> 'label', value ->> 'verdict', value ->> 'added',
      value ->> 'previous', value ->> 'previousAdded'
    FROM json_each(?) ORDER BY key`,
  ).run(Date.now(), action, JSON.stringify(events));
  keepCurrent(store, before);
}

/** Appends the events that take an action's verdicts back. */
export function undoVerdicts(store: Store, action: number): void {
  replay(
    store,
    action,
    `
    INSERT INTO verdict_event (at, action, kind, photo, label, verdict, added, previous, previous_added)
    SELECT ?, action, 'undo', photo, label, previous, previous_added, verdict, added
    FROM verdict_event WHERE action = ? AND kind = 'judge' ORDER BY id DESC`,
  );
}

/** Appends an action's verdicts again. */
export function redoVerdicts(store: Store, action: number): void {
  replay(
    store,
    action,
    `
    INSERT INTO verdict_event (at, action, kind, photo, label, verdict, added, previous, previous_added)
    SELECT ?, action, 'redo', photo, label, verdict, added, previous, previous_added
    FROM verdict_event WHERE action = ? AND kind = 'judge' ORDER BY id`,
  );
}

function replay(store: Store, action: number, sql: string): void {
  const before = lastVerdictEvent(store);
  prepared(store, sql).run(Date.now(), action);
  keepCurrent(store, before);
}

/** All current annotations in the order they were given, those on missing photos included. */
export function currentAnnotations(
  store: Store,
): { photo: PhotoId; label: LabelId; verdict: "accept" | "reject"; added: boolean }[] {
  return prepared<CurrentVerdict & { photo: number; label: number }>(
    store,
    "SELECT photo, label, verdict, added FROM standing ORDER BY event",
  )
    .all()
    .map(({ photo, label, verdict, added }) => ({
      photo,
      label: store.labels.ids.get(label)!,
      verdict,
      added: added === 1,
    }));
}

/** The labels that have an annotation on any photo. */
export function annotatedLabels(store: Store): Set<LabelId> {
  return new Set(
    prepared<{ label: number }>(store, "SELECT DISTINCT label FROM standing")
      .all()
      .map(({ label }) => store.labels.ids.get(label)!),
  );
}

/** The import that an annotation came from, and when; null if a person made it in the window. */
export function importedFrom(store: Store, photo: PhotoId, label: LabelId): { source: string; at: number } | null {
  const row = prepared<{ source: string; at: number }>(
    store,
    `
    SELECT a.source, a.at FROM standing s JOIN verdict_event e ON e.id = s.event
      JOIN action a ON a.id = e.action WHERE s.photo = ? AND s.label = ?`,
  ).get(photo, store.labels.numbers.get(label) ?? 0);
  return row?.source.startsWith(IMPORTED) ? { source: row.source.slice(IMPORTED.length), at: row.at } : null;
}

export function countVerdicts(store: Store): number {
  return prepared<{ n: number }>(store, "SELECT count(*) AS n FROM standing").get()!.n;
}

/** The id of the last event in the log; 0 if the log is empty. */
export function lastVerdictEvent(store: Store): number {
  return prepared<{ last: number | null }>(store, "SELECT max(id) AS last FROM verdict_event").get()!.last ?? 0;
}

function describe(verdict: Verdict, name: string, photos: number): string {
  const does = { accept: "Accept", reject: "Reject", clear: "Clear verdict on" }[verdict];
  return `${does} “${name}” on ${formatCount(photos, "photo")}`;
}

/**
 * The verdicts that differ from the current ones, each with the current one. If a photo and label occur repeatedly, the
 * last counts.
 */
function changesOf(store: Store, changes: readonly VerdictChange[], numbers: ReadonlyMap<LabelId, number>): Event[] {
  const last = new Map<string, VerdictChange>();
  for (const change of changes) last.set(`${change.photo} ${change.label}`, change);
  const latest = [...last.values()];
  const current = currentVerdictsOn(
    store,
    latest.map(({ photo, label }) => [photo, numbers.get(label)!]),
  );

  const events: Event[] = [];
  const unknown: Event[] = [];
  latest.forEach(({ photo, label, verdict, added: known }, i) => {
    const previous: Verdict = current[i]?.verdict ?? "clear";
    if (previous === verdict) return;
    const event: Event = {
      photo,
      label: numbers.get(label)!,
      verdict,
      added: verdict === "accept" && known ? 1 : 0,
      previous,
      previousAdded: current[i]?.added ?? 0,
    };
    events.push(event);
    if (verdict === "accept" && known === undefined) unknown.push(event);
  });
  const predicted = arePredicted(
    store,
    unknown.map(({ photo, label }) => [photo, label]),
  );
  unknown.forEach((event, i) => {
    event.added = predicted.has(i) ? 0 : 1;
  });
  return events;
}

/** The current verdict for each photo and label, in one query: 100,000 queries would block everyone else. */
function currentVerdictsOn(
  store: Store,
  pairs: [photo: number, label: number][],
): { verdict: CurrentVerdict["verdict"] | null; added: number | null }[] {
  return prepared<{ verdict: CurrentVerdict["verdict"] | null; added: number | null }>(
    store,
    `
    SELECT s.verdict, s.added FROM json_each(?) j LEFT JOIN standing s ON s.photo = j.value ->> 0
      AND s.label = j.value ->> 1 ORDER BY j.key`,
  ).all(JSON.stringify(pairs));
}

/** The indexes of the pairs where the label is shown on the photo by prediction. */
function arePredicted(store: Store, pairs: [photo: number, label: number][]): ReadonlySet<number> {
  return new Set(
    prepared<{ place: number }>(
      store,
      `
    SELECT j.key AS place FROM json_each(?) j
      WHERE EXISTS (SELECT 1 FROM shown p WHERE p.photo = j.value ->> 0 AND p.label = j.value ->> 1)`,
    )
      .all(JSON.stringify(pairs))
      .map(({ place }) => place),
  );
}

/** Updates the current verdicts by the events after `event`. */
function keepCurrent(store: Store, event: number): void {
  prepared(
    store,
    `
    DELETE FROM standing WHERE (photo, label) IN (SELECT photo, label FROM verdict_event WHERE id > ? AND verdict = 'clear')`,
  ).run(event);
  prepared(
    store,
    `
    INSERT OR REPLACE INTO standing (photo, label, verdict, added, event)
    SELECT photo, label, verdict, added, id FROM verdict_event WHERE id > ? AND verdict <> 'clear' ORDER BY id`,
  ).run(event);
}
