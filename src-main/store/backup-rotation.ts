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

/** A log of verdicts, and how to compare it between two files. */
interface Log {
  table: string;
  /** What a row is about, in words that mean the same in both files. */
  about: string;
  /** The rows that hold now, as `v`. */
  current: string;
  /** The columns that tell its last row from that of another log. */
  columns: string[];
  /** Whether rows are about a label of the photo. */
  ofLabels: boolean;
}
const VERDICT_COLUMNS = ["at", "photo", "label", "verdict"];
const LOGS: Log[] = [
  {
    table: "verdict_event",
    about: "hex(p.hash) || ' ' || l.key",
    current: "SELECT * FROM standing",
    columns: VERDICT_COLUMNS,
    ofLabels: true,
  },
  {
    table: "box_verdict",
    about: "hex(p.hash) || ' ' || l.key || ' ' || v.x0 || ' ' || v.y0 || ' ' || v.x1 || ' ' || v.y1",
    current: `SELECT * FROM (SELECT photo, label, x0, y0, x1, y1, verdict, max(id) FROM box_verdict
      GROUP BY photo, label, x0, y0, x1, y1) WHERE verdict <> 'clear'`,
    columns: VERDICT_COLUMNS,
    ofLabels: true,
  },
  {
    table: "mark_event",
    about: "hex(p.hash) || ' ' || v.mark",
    current: "SELECT * FROM standing_mark",
    columns: ["at", "photo", "mark", "value"],
    ofLabels: false,
  },
];

function holdsLackingVerdict(db: Database.Database, file: string): boolean {
  const backup = new Database(file, { readonly: true });
  try {
    return LOGS.some((log) => {
      if (!hasTable(backup, log)) return false;
      if (!hasTable(db, log)) return [...currentIn(backup, log)].length > 0;
      return !isContinued(db, backup, log) && holdsUnknown(db, backup, log);
    });
  } catch (error) {
    if (!isCorruption(error)) throw error;
    return false; // it can't be restored either
  } finally {
    backup.close();
  }
}

/** Whether a library has the last event of a backup's log, and so all before it: the log only grows. */
function isContinued(db: Database.Database, backup: Database.Database, { table, columns }: Log): boolean {
  const last = backup
    .prepare<[], Record<string, unknown>>(`SELECT id, ${columns.join(", ")} FROM ${table} ORDER BY id DESC LIMIT 1`)
    .get();
  if (last === undefined) return true;
  const same = db
    .prepare(`SELECT 1 FROM ${table} WHERE id = ? AND ${columns.map((column) => `${column} IS ?`).join(" AND ")}`)
    .get(last.id, ...columns.map((column) => last[column]));
  return same !== undefined;
}

/** Whether a backup has a verdict on something that the library has none on in its whole log. */
function holdsUnknown(db: Database.Database, backup: Database.Database, log: Log): boolean {
  const known = new Set(aboutIn(db, log, log.table));
  for (const one of currentIn(backup, log)) if (!known.has(one)) return true;
  return false;
}

const currentIn = (db: Database.Database, log: Log) => aboutIn(db, log, `(${log.current})`);

const aboutIn = (db: Database.Database, { about, ofLabels }: Log, rows: string) =>
  db
    .prepare(
      `SELECT ${about} FROM ${rows} v JOIN photo p ON p.id = v.photo${ofLabels ? " JOIN label l ON l.id = v.label" : ""}`,
    )
    .pluck()
    .iterate() as IterableIterator<string>;

const hasTable = (db: Database.Database, { table }: Log): boolean =>
  db.prepare("SELECT 1 FROM sqlite_schema WHERE name = ?").get(table) !== undefined;
