import type { Migration } from "../migration";

/**
 * Boxes can also be accepted: detected ones, and those that a person drew or an import brought. `previous` is the
 * verdict before, so that undo can bring it back; until now, that was always none.
 */
export const acceptedBoxes: Migration = {
  name: "accepted and drawn boxes",
  sql: `
    CREATE TABLE box_verdict_12 (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      at INTEGER NOT NULL,
      action INTEGER NOT NULL REFERENCES action (id),
      kind TEXT NOT NULL CHECK (kind IN ('judge', 'undo', 'redo')),
      photo INTEGER NOT NULL REFERENCES photo (id),
      detector TEXT NOT NULL, -- which one had found it; 'drawn' or 'imported' if none
      label INTEGER NOT NULL REFERENCES label (id),
      x0 INTEGER NOT NULL,
      y0 INTEGER NOT NULL,
      x1 INTEGER NOT NULL,
      y1 INTEGER NOT NULL,
      verdict TEXT NOT NULL CHECK (verdict IN ('accept', 'reject', 'clear')),
      previous TEXT NOT NULL CHECK (previous IN ('accept', 'reject', 'clear'))
    );
    INSERT INTO box_verdict_12 (id, at, action, kind, photo, detector, label, x0, y0, x1, y1, verdict, previous)
      SELECT id, at, action, kind, photo, detector, label, x0, y0, x1, y1, verdict,
        CASE verdict WHEN 'clear' THEN 'reject' ELSE 'clear' END FROM box_verdict ORDER BY id;
    DROP TABLE box_verdict;
    ALTER TABLE box_verdict_12 RENAME TO box_verdict;
    CREATE INDEX box_verdict_photo ON box_verdict (photo, label, x0, y0, x1, y1, id);
    CREATE INDEX box_verdict_label ON box_verdict (label, photo, x0, y0, x1, y1, id);
    CREATE INDEX box_verdict_action ON box_verdict (action, kind);
    CREATE TRIGGER box_verdict_stays BEFORE DELETE ON box_verdict BEGIN
      SELECT RAISE(ABORT, 'the log of verdicts only grows');
    END;
    CREATE TRIGGER box_verdict_as_it_was BEFORE UPDATE ON box_verdict BEGIN
      SELECT RAISE(ABORT, 'the log of verdicts only grows');
    END;
  `,
};
