import type { LabelId, PhotoId, Verdict } from "../../src-shared/contract";
import { counted } from "../../src-shared/counted";
import { type ActionSource, beginAction, IMPORTED } from "./actions";
import { inTransaction, labelNumbers, type Library, prepared } from "./database";

/** One verdict on one photo and label; `clear` takes an earlier one back. */
export interface Judgement {
  photo: PhotoId;
  label: LabelId;
  verdict: Verdict;
  /** Whether nobody had predicted the label; by default that is looked up. */
  added?: boolean;
}

interface Standing {
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
 * Records one verdict on photos as one action that undo takes back. What changes nothing is not recorded.
 * @param name the label as people read it, for the action's description
 * @returns how many photos changed
 */
export function judge(
  library: Library,
  {
    photos,
    label,
    verdict,
    name,
    source = "person",
  }: { photos: readonly PhotoId[]; label: LabelId; verdict: Verdict; name: string; source?: ActionSource },
): { photos: number } {
  const judgements = photos.map((photo) => ({ photo, label, verdict }));
  return { photos: judgeAll(library, judgements, { source, describe: (n) => describe(verdict, name, n) }) };
}

/**
 * Records many verdicts as one action, in one transaction: all of them are on disk when it returns, or none.
 * @param describe what the action did, in words, told the number of verdicts that changed something
 * @returns how many verdicts changed something
 * @throws Error when a photo does not exist; then nothing is recorded
 */
export function judgeAll(
  library: Library,
  judgements: readonly Judgement[],
  { source, describe }: { source: ActionSource; describe: (changed: number) => string },
): number {
  const numbers = labelNumbers(
    library,
    judgements.map(({ label }) => label),
  );
  return inTransaction(library, () => {
    const events = changesOf(library, judgements, numbers);
    if (events.length > 0) append(library, beginAction(library, source, describe(events.length)), events);
    return events.length;
  });
}

/** Records verdicts as a part of an action that has begun. @returns how many verdicts changed something */
export function recordVerdicts(
  library: Library,
  action: number,
  judgements: readonly Judgement[],
  numbers: ReadonlyMap<LabelId, number>,
): number {
  const events = changesOf(library, judgements, numbers);
  append(library, action, events);
  return events.length;
}

function append(library: Library, action: number, events: readonly Event[]): void {
  const before = lastVerdictEvent(library);
  prepared(
    library,
    `
    INSERT INTO verdict_event (at, action, kind, photo, label, verdict, added, previous, previous_added)
    SELECT ?, ?, 'judge', value ->> 'photo', value ->> 'label', value ->> 'verdict', value ->> 'added', value ->> 'previous', value ->> 'previousAdded'
    FROM json_each(?) ORDER BY key`,
  ).run(Date.now(), action, JSON.stringify(events));
  letStand(library, before);
}

/** Appends what takes an action's verdicts back. */
export function undoVerdicts(library: Library, action: number): void {
  again(
    library,
    action,
    `
    INSERT INTO verdict_event (at, action, kind, photo, label, verdict, added, previous, previous_added)
    SELECT ?, action, 'undo', photo, label, previous, previous_added, verdict, added
    FROM verdict_event WHERE action = ? AND kind = 'judge' ORDER BY id DESC`,
  );
}

/** Appends an action's verdicts again. */
export function redoVerdicts(library: Library, action: number): void {
  again(
    library,
    action,
    `
    INSERT INTO verdict_event (at, action, kind, photo, label, verdict, added, previous, previous_added)
    SELECT ?, action, 'redo', photo, label, verdict, added, previous, previous_added
    FROM verdict_event WHERE action = ? AND kind = 'judge' ORDER BY id`,
  );
}

function again(library: Library, action: number, sql: string): void {
  const before = lastVerdictEvent(library);
  prepared(library, sql).run(Date.now(), action);
  letStand(library, before);
}

/** Every verdict that stands, in the order it was given; those on vanished photos too. */
export function standingVerdicts(
  library: Library,
): { photo: PhotoId; label: LabelId; verdict: "accept" | "reject"; added: boolean }[] {
  return prepared<Standing & { photo: number; label: number }>(
    library,
    "SELECT photo, label, verdict, added FROM standing ORDER BY event",
  )
    .all()
    .map(({ photo, label, verdict, added }) => ({
      photo,
      label: library.labels.ids.get(label)!,
      verdict,
      added: added === 1,
    }));
}

/** The labels that a verdict stands on. */
export function judgedLabels(library: Library): Set<LabelId> {
  return new Set(
    prepared<{ label: number }>(library, "SELECT DISTINCT label FROM standing")
      .all()
      .map(({ label }) => library.labels.ids.get(label)!),
  );
}

/**
 * What an import that gave a photo the verdict that stands on a label was from, and when; null where a person gave it
 * at the window.
 */
export function importedFrom(library: Library, photo: PhotoId, label: LabelId): { source: string; at: number } | null {
  const row = prepared<{ source: string; at: number }>(
    library,
    `
    SELECT a.source, a.at FROM standing s JOIN verdict_event e ON e.id = s.event JOIN action a ON a.id = e.action WHERE s.photo = ? AND s.label = ?`,
  ).get(photo, library.labels.numbers.get(label) ?? 0);
  return row?.source.startsWith(IMPORTED) ? { source: row.source.slice(IMPORTED.length), at: row.at } : null;
}

export function countVerdicts(library: Library): number {
  return prepared<{ n: number }>(library, "SELECT count(*) AS n FROM standing").get()!.n;
}

/** The last event of the log of verdicts; 0 before the first. */
export function lastVerdictEvent(library: Library): number {
  return prepared<{ last: number | null }>(library, "SELECT max(id) AS last FROM verdict_event").get()!.last ?? 0;
}

/** Gives a photo the verdicts that stand on another one, where it has none of its own on the label. */
export function copyVerdicts(library: Library, from: PhotoId, to: PhotoId): number {
  const judgements = prepared<Standing & { label: number }>(
    library,
    `
    SELECT label, verdict, added FROM standing WHERE photo = ? AND label NOT IN (SELECT label FROM standing WHERE photo = ?) ORDER BY event`,
  )
    .all(from, to)
    .map(({ label, verdict, added }) => ({
      photo: to,
      label: library.labels.ids.get(label)!,
      verdict,
      added: added === 1,
    }));
  return judgeAll(library, judgements, {
    source: "copy",
    describe: (n) => `Keep ${counted(n, "verdict")} of an edited copy`,
  });
}

/**
 * Gives a photo what was decided later on another one that is the same picture in another file. What was taken back
 * there later is taken
 * back here.
 */
export function handOverVerdicts(library: Library, from: PhotoId, to: PhotoId): number {
  const lastOn = `SELECT label, verdict, added, max(id) AS event FROM verdict_event WHERE photo = ? GROUP BY label`; // the columns are those of the event with the greatest id
  const judgements = prepared<{ label: number; verdict: Verdict; added: number }>(
    library,
    `
    SELECT f.label, f.verdict, f.added FROM (${lastOn}) f LEFT JOIN (${lastOn}) t ON t.label = f.label WHERE f.event > coalesce(t.event, 0) ORDER BY f.event`,
  )
    .all(from, to)
    .map(({ label, verdict, added }) => ({
      photo: to,
      label: library.labels.ids.get(label)!,
      verdict,
      added: added === 1,
    }));
  return judgeAll(library, judgements, {
    source: "copy",
    describe: (n) => `Keep ${counted(n, "verdict")} of another file of the photo`,
  });
}

function describe(verdict: Verdict, name: string, photos: number): string {
  const does = { accept: "Accept", reject: "Reject", clear: "Clear verdict on" }[verdict];
  return `${does} “${name}” on ${counted(photos, "photo")}`;
}

/**
 * The judgements that differ from what stands, each with what stood before; of several on one photo and label the last
 * counts.
 */
function changesOf(library: Library, judgements: readonly Judgement[], numbers: ReadonlyMap<LabelId, number>): Event[] {
  const last = new Map<string, Judgement>();
  for (const judgement of judgements) last.set(`${judgement.photo} ${judgement.label}`, judgement);
  const latest = [...last.values()];
  const stood = standingOn(
    library,
    latest.map(({ photo, label }) => [photo, numbers.get(label)!]),
  );

  const events: Event[] = [];
  const unknown: Event[] = [];
  latest.forEach(({ photo, label, verdict, added: known }, i) => {
    const previous: Verdict = stood[i].verdict ?? "clear";
    if (previous === verdict) return;
    const event: Event = {
      photo,
      label: numbers.get(label)!,
      verdict,
      added: verdict === "accept" && known ? 1 : 0,
      previous,
      previousAdded: stood[i].added ?? 0,
    };
    events.push(event);
    if (verdict === "accept" && known === undefined) unknown.push(event);
  });
  const predicted = arePredicted(
    library,
    unknown.map(({ photo, label }) => [photo, label]),
  );
  unknown.forEach((event, i) => {
    event.added = predicted.has(i) ? 0 : 1;
  });
  return events;
}

/**
 * What stands on each of many photos and labels, asked for at once: a hundred thousand questions would keep everybody
 * else waiting.
 */
function standingOn(
  library: Library,
  pairs: [photo: number, label: number][],
): { verdict: Standing["verdict"] | null; added: number | null }[] {
  return prepared<{ verdict: Standing["verdict"] | null; added: number | null }>(
    library,
    `
    SELECT s.verdict, s.added FROM json_each(?) j LEFT JOIN standing s ON s.photo = j.value ->> 0 AND s.label = j.value ->> 1 ORDER BY j.key`,
  ).all(JSON.stringify(pairs));
}

/** Which of many photos are shown with a label that was predicted, as places in the list. */
function arePredicted(library: Library, pairs: [photo: number, label: number][]): ReadonlySet<number> {
  return new Set(
    prepared<{ place: number }>(
      library,
      `
    SELECT j.key AS place FROM json_each(?) j WHERE EXISTS (SELECT 1 FROM shown p WHERE p.photo = j.value ->> 0 AND p.label = j.value ->> 1)`,
    )
      .all(JSON.stringify(pairs))
      .map(({ place }) => place),
  );
}

/** Brings what stands up to date with the events after `event`. */
function letStand(library: Library, event: number): void {
  prepared(
    library,
    `
    DELETE FROM standing WHERE (photo, label) IN (SELECT photo, label FROM verdict_event WHERE id > ? AND verdict = 'clear')`,
  ).run(event);
  prepared(
    library,
    `
    INSERT OR REPLACE INTO standing (photo, label, verdict, added, event)
    SELECT photo, label, verdict, added, id FROM verdict_event WHERE id > ? AND verdict <> 'clear' ORDER BY id`,
  ).run(event);
}
