import type { Migration } from "../migration";

/**
 * From here on, predictions below the threshold are stored too. `ranked.best` is the highest confidence, so that photos
 * with a shown label can be counted along an index. `stale` marks predictions made by other rules. `former` has a
 * photo's predictions from before its model was changed: `[[label, score], …]`.
 */
export const before: Migration = {
  name: "predictions below the threshold, and those before the last change of model",
  sql: `
    ALTER TABLE ranked ADD COLUMN best REAL NOT NULL DEFAULT 0;
    ALTER TABLE ranked ADD COLUMN stale INTEGER NOT NULL DEFAULT 1;
    UPDATE ranked SET best = coalesce((SELECT max(q.score) FROM prediction q WHERE q.photo = ranked.photo), 0);
    CREATE INDEX ranked_best ON ranked (best, photo);
    CREATE TABLE former (
      photo INTEGER PRIMARY KEY,
      before INTEGER NOT NULL,
      after INTEGER NOT NULL,
      labels TEXT NOT NULL,
      change REAL NOT NULL
    );
    CREATE INDEX former_change ON former (after, change);
  `,
};
