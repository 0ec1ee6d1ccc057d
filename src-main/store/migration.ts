/** One step from a schema version to the next. Its position in its list, counted from 1, is the version it leads to. */
export interface Migration {
  name: string;
  sql: string;
}
