import type { Migration } from "../migration";

/**
 * A `live` version was made by live learning, and the next one replaces it. `scores` are those on held-out verdicts, as
 * JSON.
 */
export const versions: Migration = {
  name: "live versions and their scores",
  sql: `
    ALTER TABLE model ADD COLUMN live INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE model ADD COLUMN scores TEXT;
  `,
};
