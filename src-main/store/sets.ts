import type { SavedSet, SetId, SetToSave } from "../../src-shared/contract";
import { Refusal } from "../../src-shared/refusal";
import { type Library, prepared } from "./database";

/** Queries that were given a name, by name. */
export function savedSets(library: Library): SavedSet[] {
  return prepared<Omit<SavedSet, "descending"> & { descending: number }>(
    library,
    `
    SELECT id AS "set", name, query, sort, descending, grouping AS "group" FROM saved_set ORDER BY name COLLATE NOCASE`,
  )
    .all()
    .map((row) => ({ ...row, descending: row.descending === 1 }));
}

/** @throws Refusal `set-exists` */
export function saveSet(library: Library, { name, query, sort, descending, group }: SetToSave): SavedSet {
  refuseTaken(library, name, 0);
  const { lastInsertRowid } = prepared(
    library,
    "INSERT INTO saved_set (name, query, sort, descending, grouping, saved_at) VALUES (?, ?, ?, ?, ?, ?)",
  ).run(name, query, sort, descending ? 1 : 0, group, Date.now());
  return setOf(library, Number(lastInsertRowid));
}

/** @throws Refusal `no-set`, `set-exists` */
export function renameSet(library: Library, set: SetId, name: string): SavedSet {
  setOf(library, set);
  refuseTaken(library, name, set);
  prepared(library, "UPDATE saved_set SET name = ? WHERE id = ?").run(name, set);
  return setOf(library, set);
}

/** @returns what was deleted, so that it can be saved again @throws Refusal `no-set` */
export function deleteSet(library: Library, set: SetId): SavedSet {
  const gone = setOf(library, set);
  prepared(library, "DELETE FROM saved_set WHERE id = ?").run(set);
  return gone;
}

function setOf(library: Library, set: SetId): SavedSet {
  const found = savedSets(library).find((one) => one.set === set);
  if (!found) throw new Refusal("no-set", `there is no set ${set}`);
  return found;
}

function refuseTaken(library: Library, name: string, except: SetId): void {
  if (prepared(library, "SELECT 1 FROM saved_set WHERE name = ? AND id <> ?").get(name, except) !== undefined)
    throw new Refusal("set-exists", `there is a set “${name}” already`);
}
