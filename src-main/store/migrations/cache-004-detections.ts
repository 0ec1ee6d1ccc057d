import type { Migration } from "../migration";

/**
 * A photo that a detector has seen has a row even if nothing was found. `people` has the counts that queries ask for; a
 * count is null if its detector hasn't seen the photo. Rows of `glance` from earlier versions have no colours.
 */
export const detections: Migration = {
  name: "objects and faces, and the colours of photos",
  sql: `
    CREATE TABLE detector (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE);
    CREATE TABLE detection (
      photo INTEGER NOT NULL,
      detector INTEGER NOT NULL REFERENCES detector (id),
      boxes BLOB NOT NULL,   -- float32 [k, 4]: x0, y0, x1, y1 in 0..1 of the photo
      scores BLOB NOT NULL,  -- float32 [k], surest first
      classes BLOB NOT NULL, -- uint16 [k]
      PRIMARY KEY (photo, detector)
    ) WITHOUT ROWID;
    CREATE INDEX detection_detector ON detection (detector, photo);
    CREATE TABLE people (
      photo INTEGER PRIMARY KEY,
      persons INTEGER,
      faces INTEGER,
      people INTEGER GENERATED ALWAYS AS (coalesce(max(persons, faces), persons, faces)) VIRTUAL
    );
    CREATE INDEX people_people ON people (people);
    CREATE INDEX people_faces ON people (faces);
    ALTER TABLE glance ADD COLUMN colours BLOB; -- uint8 [4, 4, 3]: mean sRGB
  `,
};
