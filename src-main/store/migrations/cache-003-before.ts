import type { Migration } from "../migration";

/**
 * Predictions are kept below what is shown: `ranked.best` is the surest, so that photos with a shown label are counted
 * along an index, and
 * `stale` says that the rules are others now. `former` is what a photo carried before its model was changed: `[[label,
 * score], …]`.
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
