import type { Migration } from "../migration";

/**
 * What a person decided about events, by photo: that it begins an event or continues the one before, and the label that
 * names the event which it is the first of. `event_edit` records each change for undo and redo. The events themselves
 * are found in the photos' times and places whenever they are shown.
 */
export const events: Migration = {
  name: "events",
  sql: `
    CREATE TABLE event_mark (
      photo INTEGER PRIMARY KEY REFERENCES photo (id),
      decided TEXT CHECK (decided IN ('begins', 'continues')),
      label INTEGER REFERENCES label (id)
    );
    CREATE TABLE event_edit (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      action INTEGER NOT NULL REFERENCES action (id),
      photo INTEGER NOT NULL REFERENCES photo (id),
      decided_before TEXT,
      label_before INTEGER,
      decided_after TEXT,
      label_after INTEGER
    );
    CREATE INDEX event_edit_action ON event_edit (action);
  `,
};
