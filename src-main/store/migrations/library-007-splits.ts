import type { Migration } from "../migration";

/**
 * A split into training, validation and test. At most one is `current`; earlier ones are kept for undo. `split_event`
 * records which split was current before and after an action, for undo and redo.
 */
export const splits: Migration = {
  name: "splits into train, validation and test",
  sql: `
    CREATE TABLE split (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      made_at INTEGER NOT NULL,
      train REAL NOT NULL,
      validation REAL NOT NULL,
      test REAL NOT NULL,
      seed INTEGER NOT NULL,
      current INTEGER NOT NULL DEFAULT 0
    );
    CREATE UNIQUE INDEX split_current ON split (current) WHERE current = 1;
    CREATE TABLE split_part (
      split INTEGER NOT NULL REFERENCES split (id),
      photo INTEGER NOT NULL REFERENCES photo (id),
      part TEXT NOT NULL CHECK (part IN ('train', 'validation', 'test')),
      PRIMARY KEY (split, photo)
    ) WITHOUT ROWID;
    CREATE INDEX split_part_photos ON split_part (split, part, photo);
    CREATE TABLE split_event (
      action INTEGER PRIMARY KEY REFERENCES action (id),
      before INTEGER REFERENCES split (id), -- NULL for none
      after INTEGER REFERENCES split (id)
    );
  `,
};
