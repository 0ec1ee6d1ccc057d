import type { Migration } from "../migration";

/** Every fitted projection is kept, so that any of them can be used again. */
export const models: Migration = {
  name: "models",
  sql: `
    CREATE TABLE model (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      created_at INTEGER NOT NULL,
      kind TEXT NOT NULL CHECK (kind IN ('bundled', 'retrained')),
      visual_id TEXT NOT NULL,
      words_id TEXT NOT NULL,
      projection BLOB NOT NULL,
      projection_rows INTEGER NOT NULL,
      projection_columns INTEGER NOT NULL,
      settings TEXT NOT NULL,
      verdicts INTEGER NOT NULL,
      last_event INTEGER NOT NULL,
      loss_before REAL,
      loss_after REAL,
      seconds REAL NOT NULL,
      current INTEGER NOT NULL DEFAULT 0
    );
    CREATE UNIQUE INDEX model_current ON model (current) WHERE current = 1;
  `,
};
