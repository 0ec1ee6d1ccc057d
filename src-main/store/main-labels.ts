import type { PhotoId } from "../../src-shared/contract";
import { prepared, type Store } from "./database";

/**
 * The main label of each photo that has one, by its number in the tables: the one accepted first, otherwise the best
 * prediction that was not rejected.
 */
export function mainLabels(store: Store): Map<PhotoId, number> {
  const predicted = prepared<[number, number]>(
    store,
    `
    SELECT q.photo, q.label FROM shown q WHERE NOT EXISTS (SELECT 1 FROM standing s WHERE s.photo = q.photo AND s.label = q.label)
    ORDER BY q.place DESC`,
  )
    .raw()
    .all() as [number, number][];
  const accepted = prepared<[number, number]>(
    store,
    "SELECT photo, label FROM standing WHERE verdict = 'accept' ORDER BY event DESC",
  )
    .raw()
    .all() as [number, number][];
  return new Map([...predicted, ...accepted]); // for each photo the last entry wins
}
