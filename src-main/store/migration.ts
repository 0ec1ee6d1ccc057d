/** One step from a schema to the next. The step's place in its list, from 1, is the schema's number. */
export interface Migration {
  name: string;
  sql: string;
}
