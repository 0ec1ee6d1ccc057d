import type { Migration } from "../migration";

/** All of this can be computed again from the photos. Rows refer to photos, labels and models of library.db by id. */
export const features: Migration = {
  name: "features, predictions and thumbnails",
  sql: `
    CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

    CREATE TABLE visual (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE);
    CREATE TABLE feature (
      id INTEGER PRIMARY KEY,
      visual INTEGER NOT NULL REFERENCES visual (id),
      photo INTEGER NOT NULL,
      feature BLOB NOT NULL,
      classes BLOB NOT NULL,
      probabilities BLOB NOT NULL
    );
    CREATE UNIQUE INDEX feature_photo ON feature (visual, photo);

    CREATE TABLE ranked (photo INTEGER PRIMARY KEY, model INTEGER NOT NULL, labels INTEGER NOT NULL);
    CREATE TABLE prediction (
      photo INTEGER NOT NULL,
      label INTEGER NOT NULL,
      score REAL NOT NULL,
      place INTEGER NOT NULL, -- 0 for the best; a surer label may say less, so the score alone is no order
      PRIMARY KEY (photo, label)
    ) WITHOUT ROWID;
    CREATE INDEX prediction_label ON prediction (label, score);

    CREATE TABLE thumbnail (photo INTEGER PRIMARY KEY, size INTEGER NOT NULL, used_at INTEGER NOT NULL, jpeg BLOB NOT NULL);
    CREATE INDEX thumbnail_used ON thumbnail (used_at, photo, size);
  `,
};
