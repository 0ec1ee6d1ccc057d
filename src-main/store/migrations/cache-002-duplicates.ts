import type { Migration } from "../migration";

/**
 * `glance` holds image quality. A photo that an earlier version embedded gets its row when duplicates are searched for.
 */
export const duplicates: Migration = {
  name: "near-duplicates",
  sql: `
    CREATE TABLE glance (
      photo INTEGER PRIMARY KEY,
      grey BLOB NOT NULL,
      sharpness REAL NOT NULL,
      brightness REAL NOT NULL,
      clipped REAL NOT NULL
    );
    CREATE TABLE duplicate (
      photo INTEGER PRIMARY KEY, -- in one group at most
      "group" INTEGER NOT NULL,  -- groups are numbered from 0, largest first
      place INTEGER NOT NULL,    -- 0 for the best shot
      kind TEXT NOT NULL CHECK (kind IN ('duplicate', 'burst')),
      why TEXT NOT NULL
    );
    CREATE INDEX duplicate_group ON duplicate ("group", place);
  `,
};
