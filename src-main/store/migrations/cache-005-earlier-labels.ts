import type { Migration } from "../migration";

/**
 * What photos carried by prediction before they were labelled again with another model pack, as `ranked` and
 * `prediction` have it: for going back.
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
