import type { PhotoId } from "../../src-shared/contract";
import type { PhotoMetadata } from "../images/photo-metadata";
import { inTransaction, prepared, type Store } from "./database";
import { updateMarks } from "./marks";
import { storeWrittenPlace } from "./places";

/** A photo whose metadata was never read in full: it was decoded by an earlier version of the program. */
export interface PhotoWithoutMetadata {
  photo: PhotoId;
  path: string;
  version: string;
}

/** The cameras (make and model) that took the present photos, with the number of photos, most frequent first. */
export function camerasOf(store: Store): { camera: string; photos: number }[] {
  return prepared<{ camera: string; photos: number }>(
    store,
    `
    SELECT camera, count(*) AS photos FROM photo WHERE camera > '' AND files > 0 GROUP BY camera ORDER BY 2 DESC, 1`,
  ).all();
}

/** The lenses, as `camerasOf`. */
export function lensesOf(store: Store): { lens: string; photos: number }[] {
  return prepared<{ lens: string; photos: number }>(
    store,
    `
    SELECT lens, count(*) AS photos FROM photo WHERE lens > '' AND files > 0 GROUP BY lens ORDER BY 2 DESC, 1`,
  ).all();
}

/** The keywords in the present photos, as `camerasOf`; `stored` is the path as the library writes it. */
export function keywordsOf(store: Store): { stored: string; steps: string[]; photos: number }[] {
  return prepared<{ stored: string; photos: number }>(
    store,
    `
    SELECT k.keyword AS stored, count(*) AS photos FROM photo_keyword k JOIN photo p ON p.id = k.photo
      WHERE p.files > 0 GROUP BY k.keyword ORDER BY 2 DESC, 1`,
  )
    .all()
    .map((row) => ({ ...row, steps: JSON.parse(row.stored) as string[] }));
}

/** How many present photos have keywords, and how many different ones there are. */
export function countPhotosWithKeywords(store: Store): { photos: number; keywords: number } {
  return prepared<{ photos: number; keywords: number }>(
    store,
    `
    SELECT count(DISTINCT k.photo) AS photos, count(DISTINCT k.keyword) AS keywords
      FROM photo_keyword k JOIN photo p ON p.id = k.photo WHERE p.files > 0`,
  ).get()!;
}

/** The keywords in one photo, sorted. */
export function keywordsOfPhoto(store: Store, photo: PhotoId): string[][] {
  return prepared<{ keyword: string }>(store, "SELECT keyword FROM photo_keyword WHERE photo = ? ORDER BY keyword")
    .all(photo)
    .map(({ keyword }) => JSON.parse(keyword) as string[]);
}

/** Photos whose metadata wasn't read, by id, after photo `after`. Paths are relative to the library's root. */
export function photosWithoutMetadata(store: Store, limit: number, after: PhotoId = 0): PhotoWithoutMetadata[] {
  return prepared<PhotoWithoutMetadata>(
    store,
    `
    SELECT p.id AS photo, (SELECT min(f.path) FROM file f WHERE f.photo = p.id AND f.missing = 0
      AND f.companion = 0) AS path, lower(hex(p.hash)) AS version
    FROM photo p WHERE p.head_read = 0 AND p.id > ? AND p.files > 0 AND p.width > 0 ORDER BY p.id LIMIT ?`,
  ).all(after, limit);
}

export function countWithoutMetadata(store: Store): number {
  return prepared<{ n: number }>(
    store,
    "SELECT count(*) AS n FROM photo WHERE head_read = 0 AND files > 0 AND width > 0",
  ).get()!.n;
}

/**
 * Stores a photo's metadata, unless its content has changed since.
 * @returns whether it was stored
 */
export function storeMetadata(
  store: Store,
  photo: PhotoId,
  version: string,
  { takenAt, camera, lens, location, place, rating, flag, colour, keywords, motion }: PhotoMetadata,
): boolean {
  return inTransaction(store, () => {
    const { changes } = prepared(
      store,
      `
      UPDATE photo SET taken_at = ?, dated = coalesce(?, dated), camera = ?, lens = ?, latitude = ?,
        longitude = ?, rating = ?, file_flag = ?, file_colour = ?, motion = ?, head_read = 1
      WHERE id = ? AND hash = unhex(?)`,
    ).run(
      takenAt,
      takenAt?.slice(0, 19) ?? null,
      camera,
      lens,
      location?.latitude ?? null,
      location?.longitude ?? null,
      rating,
      flag,
      colour,
      motion ? 1 : 0,
      photo,
      version,
    );
    if (changes === 0) return false;
    storeWrittenPlace(store, photo, place);
    updateMarks(store, photo);
    prepared(store, "DELETE FROM photo_keyword WHERE photo = ?").run(photo);
    for (const steps of keywords)
      prepared(store, "INSERT OR IGNORE INTO photo_keyword (photo, keyword) VALUES (?, ?)").run(
        photo,
        JSON.stringify(steps),
      );
    return true;
  });
}
