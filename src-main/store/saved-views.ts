import type { SavedSet, SetId, SetToSave } from "../../src-shared/contract";
import { Refusal } from "../../src-shared/refusal";
import { prepared, type Store } from "./database";

/** Queries that were given a name, by name. */
export function listSavedViews(store: Store): SavedSet[] {
  return prepared<Omit<SavedSet, "descending"> & { descending: number }>(
    store,
    `
    SELECT id AS "set", name, query, sort, descending, grouping AS "group" FROM saved_set ORDER BY name COLLATE NOCASE`,
  )
    .all()
    .map((row) => ({ ...row, descending: row.descending === 1 }));
}

/** @throws Refusal `set-exists` */
export function saveSet(store: Store, { name, query, sort, descending, group }: SetToSave): SavedSet {
  refuseDuplicateName(store, name, 0);
  const { lastInsertRowid } = prepared(
    store,
    "INSERT INTO saved_set (name, query, sort, descending, grouping, saved_at) VALUES (?, ?, ?, ?, ?, ?)",
  ).run(name, query, sort, descending ? 1 : 0, group, Date.now());
  return setOf(store, Number(lastInsertRowid));
}

/** @throws Refusal `no-set`, `set-exists` */
export function renameSet(store: Store, set: SetId, name: string): SavedSet {
  setOf(store, set);
  refuseDuplicateName(store, name, set);
  prepared(store, "UPDATE saved_set SET name = ? WHERE id = ?").run(name, set);
  return setOf(store, set);
}

/** @returns what was deleted, so that it can be saved again @throws Refusal `no-set` */
export function deleteSet(store: Store, set: SetId): SavedSet {
  const gone = setOf(store, set);
  prepared(store, "DELETE FROM saved_set WHERE id = ?").run(set);
  return gone;
}

function setOf(store: Store, set: SetId): SavedSet {
  const found = listSavedViews(store).find((one) => one.set === set);
  if (!found) throw new Refusal("no-set", `there is no set ${set}`);
  return found;
}

function refuseDuplicateName(store: Store, name: string, except: SetId): void {
  if (prepared(store, "SELECT 1 FROM saved_set WHERE name = ? AND id <> ?").get(name, except) !== undefined)
    throw new Refusal("set-exists", `there is a set “${name}” already`);
}
