import type { Migration } from "../migration";

/**
 * What the user changed about a label (name, parent, synonyms, colour, key), as JSON. `hidden` if it was deleted or
 * merged into another one. `label_event` is the log of changes, which undo and redo read; like the log of verdicts, it
 * only grows.
 */
export const labelCards: Migration = {
  name: "label cards",
  sql: `
    CREATE TABLE label_card (
      label INTEGER PRIMARY KEY REFERENCES label (id),
      card TEXT NOT NULL,
      hidden INTEGER NOT NULL
    );
    CREATE INDEX label_card_hidden ON label_card (label) WHERE hidden = 1;
    CREATE TABLE label_event (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      action INTEGER NOT NULL REFERENCES action (id),
      label INTEGER NOT NULL REFERENCES label (id),
      before TEXT, -- NULL where it had no card
      after TEXT
    );
    CREATE INDEX label_event_action ON label_event (action);
  `,
};
