import type { Migration } from "../migration";

/**
 * The log of verdicts only grows: undo and redo append to it too, and triggers enforce it. `standing` has the current
 * verdicts: the last event of each photo and label, unless that is a `clear`. `added` tells labels added by hand from
 * predictions that were confirmed. An action is `done` (undo applies to it), `undone` (redo does) or `closed`
 * (neither).
 */
export const verdicts: Migration = {
  name: "verdicts",
  sql: `
    CREATE TABLE label (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE);

    CREATE TABLE action (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      at INTEGER NOT NULL,
      source TEXT NOT NULL,
      description TEXT NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('done', 'undone', 'closed'))
    );
    CREATE INDEX action_state ON action (state, id);

    CREATE TABLE verdict_event (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      at INTEGER NOT NULL,
      action INTEGER NOT NULL REFERENCES action (id),
      kind TEXT NOT NULL CHECK (kind IN ('judge', 'undo', 'redo')),
      photo INTEGER NOT NULL REFERENCES photo (id),
      label INTEGER NOT NULL REFERENCES label (id),
      verdict TEXT NOT NULL CHECK (verdict IN ('accept', 'reject', 'clear')),
      added INTEGER NOT NULL,
      previous TEXT NOT NULL CHECK (previous IN ('accept', 'reject', 'clear')),
      previous_added INTEGER NOT NULL
    );
    CREATE INDEX verdict_event_action ON verdict_event (action, kind);
    CREATE TRIGGER verdict_event_stays BEFORE DELETE ON verdict_event BEGIN
      SELECT RAISE(ABORT, 'the log of verdicts only grows');
    END;
    CREATE TRIGGER verdict_event_as_it_was BEFORE UPDATE ON verdict_event BEGIN
      SELECT RAISE(ABORT, 'the log of verdicts only grows');
    END;

    CREATE TABLE standing (
      photo INTEGER NOT NULL REFERENCES photo (id),
      label INTEGER NOT NULL REFERENCES label (id),
      verdict TEXT NOT NULL CHECK (verdict IN ('accept', 'reject')),
      added INTEGER NOT NULL,
      event INTEGER NOT NULL REFERENCES verdict_event (id),
      PRIMARY KEY (photo, label)
    ) WITHOUT ROWID;
    CREATE INDEX standing_label ON standing (label, verdict);
    CREATE INDEX standing_event ON standing (event);
  `,
};
