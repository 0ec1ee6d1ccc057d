import type Database from "better-sqlite3";

/** One step from a schema version to the next. Its position in its list, counted from 1, is the version it leads to. */
export interface Migration {
  name: string;
  sql: string;
  /** Changes rows that SQL alone can't, after the SQL and in the same transaction. */
  mend?(db: Database.Database): void;
}
