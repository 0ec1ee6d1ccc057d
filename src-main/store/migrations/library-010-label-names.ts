import type Database from "better-sqlite3";
import { mendLabels } from "../mend-labels";
import { mendStoredLabels } from "../mend-stored-labels";
import type { Migration } from "../migration";

/**
 * Earlier versions took labels with line breaks, control characters or more than 200 characters from corrections. Such
 * a label could not be shown or cleared, and a copy of its library was refused. Each gets the nearest valid name; its
 * number, its verdicts and the log of verdicts stay. If another label has that name, the two are merged as one action
 * that undo takes back.
 */
export const labelNames: Migration = {
  name: "labels with names that can't be shown",
  sql: "",
  mend(db: Database.Database) {
    const mended = mendLabels(db);
    mendStoredLabels(db, mended);
  },
};
