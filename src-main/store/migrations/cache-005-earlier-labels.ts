import type { Migration } from "../migration";

/**
 * The predictions from before the library was relabelled with another model pack, in the form of `ranked` and
 * `prediction`, for going back.
 */
export const earlierLabels: Migration = {
  name: "predictions of an earlier model pack",
  sql: `
    CREATE TABLE earlier_ranked (photo INTEGER PRIMARY KEY, model INTEGER NOT NULL, labels INTEGER NOT NULL, best REAL NOT NULL, stale INTEGER NOT NULL);
    CREATE TABLE earlier_prediction (
      photo INTEGER NOT NULL,
      label INTEGER NOT NULL,
      score REAL NOT NULL,
      place INTEGER NOT NULL,
      PRIMARY KEY (photo, label)
    ) WITHOUT ROWID;
  `,
};
