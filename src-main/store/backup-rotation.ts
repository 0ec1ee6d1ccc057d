import Database from "better-sqlite3";
import { isCorruption } from "./disk-fault";

/** A backup file, and when it was made. */
export interface DatedBackup {
  file: string;
  at: Date;
}

/** Backups kept of each kind, whatever their age. */
const LATEST = 3;
const DAY_MS = 86_400_000;
/** Days in which one backup a day is kept, and in which one a week is. */
const DAILY_DAYS = 7;
const WEEKLY_DAYS = 31;

/**
 * The backups of one kind that need not be kept.
 * @param backups oldest first
 * @param now null keeps none for their age: only the latest three
 */
export function expiredBackups(backups: readonly DatedBackup[], now: Date | null): DatedBackup[] {
  const kept = new Set(backups.slice(-LATEST));
  if (now !== null) {
    const ageOf = ({ at }: DatedBackup) => (now.getTime() - at.getTime()) / DAY_MS;
    const keepLatestOfEach = (days: number, periodOf: (day: number) => number) => {
      const latest = new Map<number, DatedBackup>();
      for (const backup of backups)
        if (ageOf(backup) >= 0 && ageOf(backup) < days)
          latest.set(periodOf(Math.floor(backup.at.getTime() / DAY_MS)), backup);
      for (const backup of latest.values()) kept.add(backup);
    };
    keepLatestOfEach(DAILY_DAYS, (day) => day);
    keepLatestOfEach(WEEKLY_DAYS, (day) => Math.floor((day + 3) / 7)); // weeks begin on Monday; day 0 was a Thursday
  }
  return backups.filter((backup) => !kept.has(backup));
}

/**
 * Finds the latest backup with a verdict that a library has never had: it was emptied, or replaced, and only the backup
 * can bring that verdict back.
 * @param files backups, latest first
 * @returns undefined if the library has all
 */
export const latestWithLackingVerdict = (db: Database.Database, files: readonly string[]): string | undefined =>
  files.find((file) => holdsLackingVerdict(db, file));

interface Event {
  id: number;
  at: number;
  photo: number;
  label: number;
  verdict: string;
}

function holdsLackingVerdict(db: Database.Database, file: string): boolean {
  const backup = new Database(file, { readonly: true });
  try {
    if (!hasVerdicts(backup)) return false;
    if (!hasVerdicts(db)) return backup.prepare("SELECT 1 FROM standing LIMIT 1").get() !== undefined;
    const last = backup
      .prepare<[], Event>("SELECT id, at, photo, label, verdict FROM verdict_event ORDER BY id DESC LIMIT 1")
      .get();
    if (last === undefined) return false;
    // The log only grows, so one that has this event has all before it.
    const same = db
      .prepare("SELECT 1 FROM verdict_event WHERE id = ? AND at = ? AND photo = ? AND label = ? AND verdict = ?")
      .get(last.id, last.at, last.photo, last.label, last.verdict);
    return same === undefined && standsUnknown(db, backup);
  } catch (error) {
    if (!isCorruption(error)) throw error;
    return false; // it can't be restored either
  } finally {
    backup.close();
  }
}

/** Whether a backup has a verdict on a photo and label that the library has none on in its whole log. */
function standsUnknown(db: Database.Database, backup: Database.Database): boolean {
  const known = new Set(
    db
      .prepare(
        `SELECT DISTINCT hex(p.hash) || ' ' || l.key FROM verdict_event e
        JOIN photo p ON p.id = e.photo JOIN label l ON l.id = e.label`,
      )
      .pluck()
      .all() as string[],
  );
  const standing = backup
    .prepare(
      `SELECT hex(p.hash) || ' ' || l.key FROM standing s JOIN photo p ON p.id = s.photo JOIN label l ON l.id = s.label`,
    )
    .pluck()
    .iterate() as IterableIterator<string>;
  for (const one of standing) if (!known.has(one)) return true;
  return false;
}

const hasVerdicts = (db: Database.Database): boolean =>
  db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'standing'").get() !== undefined;
