import type { Migration } from "../migration";

/**
 * Flags, ratings and colour labels, kept as verdicts are: `mark_event` only grows, `standing_mark` has what a person
 * set last. A value is text: 'pick', '3', 'red'; NULL if a person set none, so that what other programs wrote counts.
 *
 * `photo.flag`, `stars` and `colour` are what holds: a person's mark, else the sidecar's, else the file's
 * (`rating`, `file_flag`, `file_colour`). They are columns of `photo` because filters and sorting read them for every
 * photo. `sidecar_mark` is what a sidecar said when it was last read or written. The metadata of all photos is read
 * again, because flags and colour labels were not read before.
 */
export const marks: Migration = {
  name: "flags, ratings and colour labels",
  sql: `
    CREATE TABLE mark_event (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      at INTEGER NOT NULL,
      action INTEGER NOT NULL REFERENCES action (id),
      kind TEXT NOT NULL CHECK (kind IN ('judge', 'undo', 'redo')),
      photo INTEGER NOT NULL REFERENCES photo (id),
      mark TEXT NOT NULL CHECK (mark IN ('flag', 'rating', 'colour')),
      value TEXT,
      previous TEXT
    );
    CREATE INDEX mark_event_photo ON mark_event (photo, mark, id);
    CREATE INDEX mark_event_action ON mark_event (action, kind);
    CREATE TRIGGER mark_event_stays BEFORE DELETE ON mark_event BEGIN
      SELECT RAISE(ABORT, 'the log of marks only grows');
    END;
    CREATE TRIGGER mark_event_as_it_was BEFORE UPDATE ON mark_event BEGIN
      SELECT RAISE(ABORT, 'the log of marks only grows');
    END;

    CREATE TABLE standing_mark (
      photo INTEGER NOT NULL REFERENCES photo (id),
      mark TEXT NOT NULL CHECK (mark IN ('flag', 'rating', 'colour')),
      value TEXT NOT NULL,
      event INTEGER NOT NULL REFERENCES mark_event (id),
      PRIMARY KEY (photo, mark)
    ) WITHOUT ROWID;

    CREATE TABLE sidecar_mark (
      photo INTEGER PRIMARY KEY REFERENCES photo (id),
      path TEXT NOT NULL,
      size INTEGER NOT NULL,
      mtime_ms REAL NOT NULL,
      flag TEXT,
      rating INTEGER,
      colour TEXT
    );
    CREATE INDEX sidecar_mark_path ON sidecar_mark (path);

    CREATE TABLE mark_conflict (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      photo INTEGER NOT NULL REFERENCES photo (id),
      mark TEXT NOT NULL CHECK (mark IN ('flag', 'rating', 'colour')),
      path TEXT NOT NULL,
      ours TEXT NOT NULL,
      ours_at INTEGER NOT NULL,
      theirs TEXT NOT NULL,
      theirs_at INTEGER NOT NULL,
      dismissed INTEGER NOT NULL DEFAULT 0
    );
    CREATE INDEX mark_conflict_open ON mark_conflict (id) WHERE dismissed = 0;

    ALTER TABLE photo ADD COLUMN file_flag TEXT;
    ALTER TABLE photo ADD COLUMN file_colour TEXT;
    ALTER TABLE photo ADD COLUMN flag TEXT NOT NULL DEFAULT 'none';
    ALTER TABLE photo ADD COLUMN stars INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE photo ADD COLUMN colour TEXT NOT NULL DEFAULT '';
    UPDATE photo SET stars = max(rating, 0), flag = iif(rating < 0, 'reject', 'none') WHERE rating IS NOT NULL;
    UPDATE photo SET head_read = 0 WHERE head_read = 1;
  `,
};
