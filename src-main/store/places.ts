import type { PhotoId } from "../../src-shared/contract";
import type { Place } from "../places/gazetteer";
import { inTransaction, prepared, type Store } from "./database";

export type PlaceColumn = "town" | "region" | "country";

/** A photo's place; `written` if it stands in the file. Null if it has none. */
export function placeOf(store: Store, photo: PhotoId): (Place & { written: boolean }) | null {
  const row = prepared<Place & { written: number }>(
    store,
    "SELECT town, region, country, written FROM place WHERE photo = ?",
  ).get(photo);
  return row && (row.town ?? row.region ?? row.country) !== null ? { ...row, written: row.written === 1 } : null;
}

/** Stores what a photo's file says; without that, its place is found by its position. */
export function storeWrittenPlace(store: Store, photo: PhotoId, place: Place | null): void {
  if (place === null) prepared(store, "DELETE FROM place WHERE photo = ? AND written = 1").run(photo);
  else putPlace(store, photo, place, true);
}

/** Present photos with a position whose place was not looked up, by id. */
export const photosWithoutPlace = (
  store: Store,
  limit: number,
): { photo: PhotoId; latitude: number; longitude: number }[] =>
  prepared<{ photo: PhotoId; latitude: number; longitude: number }>(
    store,
    `
    SELECT p.id AS photo, p.latitude, p.longitude FROM photo p
      WHERE p.latitude IS NOT NULL AND p.longitude IS NOT NULL AND p.files > 0
        AND NOT EXISTS (SELECT 1 FROM place WHERE photo = p.id)
      ORDER BY p.id LIMIT ?`,
  ).all(limit);

export function storeFoundPlaces(store: Store, places: readonly { photo: PhotoId; place: Place }[]): void {
  inTransaction(store, () => {
    for (const { photo, place } of places) putPlace(store, photo, place, false);
  });
}

/** The towns, regions or countries of the present photos, with the number of photos, most frequent first. */
export function placeNames(store: Store, column: PlaceColumn): { name: string; photos: number }[] {
  return prepared<{ name: string; photos: number }>(
    store,
    `
    SELECT l.${column} AS name, count(*) AS photos FROM place l JOIN photo p ON p.id = l.photo
      WHERE p.files > 0 AND l.${column} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1`,
  ).all();
}

/** The town of most of some photos, or their region or country if none has a town; null if nothing is known. */
export function commonPlace(store: Store, photos: readonly PhotoId[]): Place | null {
  const row = prepared<Place>(
    store,
    `
    SELECT town, region, country FROM place WHERE photo IN (SELECT value FROM json_each(?))
      AND coalesce(town, region, country) IS NOT NULL
      GROUP BY 1, 2, 3 ORDER BY town IS NULL, count(*) DESC, 1 LIMIT 1`,
  ).get(JSON.stringify(photos));
  return row ?? null;
}

function putPlace(store: Store, photo: PhotoId, { town, region, country }: Place, written: boolean): void {
  prepared(store, "INSERT OR REPLACE INTO place (photo, town, region, country, written) VALUES (?, ?, ?, ?, ?)").run(
    photo,
    town,
    region,
    country,
    written ? 1 : 0,
  );
}
