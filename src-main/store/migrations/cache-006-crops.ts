import type { Migration } from "../migration";

/** What visual models see in boxes. A box is known by its place, in ten-thousandths of the upright photo. */
export const crops: Migration = {
  name: "features of what is in boxes",
  sql: `
    CREATE TABLE crop (
      visual INTEGER NOT NULL REFERENCES visual (id),
      photo INTEGER NOT NULL,
      x0 INTEGER NOT NULL,
      y0 INTEGER NOT NULL,
      x1 INTEGER NOT NULL,
      y1 INTEGER NOT NULL,
      feature BLOB NOT NULL,       -- float32 [D]
      classes BLOB NOT NULL,       -- uint16 [K], most probable first
      probabilities BLOB NOT NULL, -- float32 [K]
      PRIMARY KEY (visual, photo, x0, y0, x1, y1)
    ) WITHOUT ROWID;
    CREATE INDEX crop_photo ON crop (photo);
  `,
};
