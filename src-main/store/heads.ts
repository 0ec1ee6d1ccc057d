import type { PhotoId } from "../../src-shared/contract";
import type { PhotoHead } from "../images/photo-head";
import { inTransaction, type Library, prepared } from "./database";

/** A photo whose head nobody read yet: it was looked at before all of it was kept. */
export interface UnreadHead {
  photo: PhotoId;
  path: string;
  version: string;
}

/** Make and model of the cameras that took the present photos, with their number, most frequent first. */
export function camerasOf(library: Library): { camera: string; photos: number }[] {
  return prepared<{ camera: string; photos: number }>(
    library,
    `
    SELECT camera, count(*) AS photos FROM photo WHERE camera > '' AND files > 0 GROUP BY camera ORDER BY 2 DESC, 1`,
  ).all();
}

/** The lenses, as `camerasOf`. */
export function lensesOf(library: Library): { lens: string; photos: number }[] {
  return prepared<{ lens: string; photos: number }>(
    library,
    `
    SELECT lens, count(*) AS photos FROM photo WHERE lens > '' AND files > 0 GROUP BY lens ORDER BY 2 DESC, 1`,
  ).all();
}

/** The keywords inside the present photos, as `camerasOf`; `stored` is how the library writes the steps. */
export function keywordsOf(library: Library): { stored: string; steps: string[]; photos: number }[] {
  return prepared<{ stored: string; photos: number }>(
    library,
    `
    SELECT k.keyword AS stored, count(*) AS photos FROM photo_keyword k JOIN photo p ON p.id = k.photo WHERE p.files > 0 GROUP BY k.keyword ORDER BY 2 DESC, 1`,
  )
    .all()
    .map((row) => ({ ...row, steps: JSON.parse(row.stored) as string[] }));
}

/** The keywords inside one photo, by name. */
export function keywordsOfPhoto(library: Library, photo: PhotoId): string[][] {
  return prepared<{ keyword: string }>(library, "SELECT keyword FROM photo_keyword WHERE photo = ? ORDER BY keyword")
    .all(photo)
    .map(({ keyword }) => JSON.parse(keyword) as string[]);
}

/** Photos with unread heads, by id, after photo `after`. Paths are relative to the library's root. */
export function unreadHeads(library: Library, limit: number, after: PhotoId = 0): UnreadHead[] {
  return prepared<UnreadHead>(
    library,
    `
    SELECT p.id AS photo, (SELECT min(f.path) FROM file f WHERE f.photo = p.id AND f.missing = 0 AND f.companion = 0) AS path, lower(hex(p.hash)) AS version
    FROM photo p WHERE p.head_read = 0 AND p.id > ? AND p.files > 0 AND p.width > 0 ORDER BY p.id LIMIT ?`,
  ).all(after, limit);
}

export function countUnreadHeads(library: Library): number {
  return prepared<{ n: number }>(
    library,
    "SELECT count(*) AS n FROM photo WHERE head_read = 0 AND files > 0 AND width > 0",
  ).get()!.n;
}

/** Photos whose content changed meanwhile are left out. @returns whether it was stored */
export function storeHead(
  library: Library,
  photo: PhotoId,
  version: string,
  { takenAt, camera, lens, place, rating, keywords, motion }: PhotoHead,
): boolean {
  return inTransaction(library, () => {
    const { changes } = prepared(
      library,
      `
      UPDATE photo SET taken_at = ?, dated = coalesce(?, dated), camera = ?, lens = ?, latitude = ?, longitude = ?, rating = ?, motion = ?, head_read = 1
      WHERE id = ? AND hash = unhex(?)`,
    ).run(
      takenAt,
      takenAt?.slice(0, 19) ?? null,
      camera,
      lens,
      place?.latitude ?? null,
      place?.longitude ?? null,
      rating,
      motion ? 1 : 0,
      photo,
      version,
    );
    if (changes === 0) return false;
    prepared(library, "DELETE FROM photo_keyword WHERE photo = ?").run(photo);
    for (const steps of keywords)
      prepared(library, "INSERT OR IGNORE INTO photo_keyword (photo, keyword) VALUES (?, ?)").run(
        photo,
        JSON.stringify(steps),
      );
    return true;
  });
}
