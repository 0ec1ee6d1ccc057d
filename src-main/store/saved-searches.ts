import type { SavedSearch, SavedSearchId, SearchToSave } from "../../src-shared/contract";
import { Refusal } from "../../src-shared/refusal";
import { prepared, type Store } from "./database";

/** The saved searches, sorted by name. */
export function listSavedSearches(store: Store): SavedSearch[] {
  return prepared<Omit<SavedSearch, "descending"> & { descending: number }>(
    store,
    `
    SELECT id AS "set", name, query, sort, descending, grouping AS "group" FROM saved_set ORDER BY name COLLATE NOCASE`,
  )
    .all()
    .map((row) => ({ ...row, descending: row.descending === 1 }));
}

/** @throws Refusal `set-exists` */
export function saveSearch(store: Store, { name, query, sort, descending, group }: SearchToSave): SavedSearch {
  refuseDuplicateName(store, name, 0);
  const { lastInsertRowid } = prepared(
    store,
    "INSERT INTO saved_set (name, query, sort, descending, grouping, saved_at) VALUES (?, ?, ?, ?, ?, ?)",
  ).run(name, query, sort, descending ? 1 : 0, group, Date.now());
  return setOf(store, Number(lastInsertRowid));
}

/** @throws Refusal `no-set`, `set-exists` */
export function renameSearch(store: Store, set: SavedSearchId, name: string): SavedSearch {
  setOf(store, set);
  refuseDuplicateName(store, name, set);
  prepared(store, "UPDATE saved_set SET name = ? WHERE id = ?").run(name, set);
  return setOf(store, set);
}

/**
 * @returns the deleted search, so that it can be saved again
 * @throws Refusal `no-set`
 */
export function deleteSearch(store: Store, set: SavedSearchId): SavedSearch {
  const gone = setOf(store, set);
  prepared(store, "DELETE FROM saved_set WHERE id = ?").run(set);
  return gone;
}

function setOf(store: Store, set: SavedSearchId): SavedSearch {
  const found = listSavedSearches(store).find((one) => one.set === set);
  if (!found) throw new Refusal("no-set", `There is no saved search ${set}.`);
  return found;
}

function refuseDuplicateName(store: Store, name: string, except: SavedSearchId): void {
  if (prepared(store, "SELECT 1 FROM saved_set WHERE name = ? AND id <> ?").get(name, except) !== undefined)
    throw new Refusal("set-exists", `There is already a saved search called “${name}”. Choose another name.`);
}
