import type { Migration } from "../migration";

/**
 * Boxes that a person rejected, as a log that only grows like `verdict_event`: undo appends a `clear`. A box is known
 * by its photo, label and place, because detections are in the cache and may be made again, by another detector too.
 * Places are rounded to ten-thousandths of the upright photo. The last row of a box counts.
 */
export const boxVerdicts: Migration = {
  name: "verdicts on boxes",
  sql: `
    CREATE TABLE box_verdict (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      at INTEGER NOT NULL,
      action INTEGER NOT NULL REFERENCES action (id),
      kind TEXT NOT NULL CHECK (kind IN ('judge', 'undo', 'redo')),
      photo INTEGER NOT NULL REFERENCES photo (id),
      detector TEXT NOT NULL, -- which one had found it
      label INTEGER NOT NULL REFERENCES label (id),
      x0 INTEGER NOT NULL,
      y0 INTEGER NOT NULL,
      x1 INTEGER NOT NULL,
      y1 INTEGER NOT NULL,
      verdict TEXT NOT NULL CHECK (verdict IN ('reject', 'clear'))
    );
    CREATE INDEX box_verdict_photo ON box_verdict (photo, label, x0, y0, x1, y1, id);
    CREATE INDEX box_verdict_action ON box_verdict (action, kind);
    CREATE TRIGGER box_verdict_stays BEFORE DELETE ON box_verdict BEGIN
      SELECT RAISE(ABORT, 'the log of verdicts only grows');
    END;
    CREATE TRIGGER box_verdict_as_it_was BEFORE UPDATE ON box_verdict BEGIN
      SELECT RAISE(ABORT, 'the log of verdicts only grows');
    END;
  `,
};
