import type { PhotoId } from "../../src-preload/contract";
import { inTransaction, type Library, prepared } from "./database";

/** A photo whose camera nobody asked for yet: it was looked at before cameras were kept. */
export interface PhotoToAsk { photo: PhotoId; path: string; version: string }

/** Make and model of the cameras that took the present photos, with their number, most frequent first. */
export function camerasOf(library: Library): { camera: string; photos: number }[] {
  return prepared<{ camera: string; photos: number }>(library, `
    SELECT camera, count(*) AS photos FROM photo WHERE camera > '' AND files > 0 GROUP BY camera ORDER BY 2 DESC, 1`).all();
}

/** Photos that were decoded before cameras were kept, by id, after photo `after`. Paths are relative to the library's root. */
export function photosToAsk(library: Library, limit: number, after: PhotoId = 0): PhotoToAsk[] {
  return prepared<PhotoToAsk>(library, `
    SELECT p.id AS photo, (SELECT min(f.path) FROM file f WHERE f.photo = p.id AND f.missing = 0) AS path, lower(hex(p.hash)) AS version
    FROM photo p WHERE p.camera IS NULL AND p.id > ? AND p.files > 0 AND p.width > 0 ORDER BY p.id LIMIT ?`).all(after, limit);
}

export function countToAsk(library: Library): number {
  return prepared<{ n: number }>(library, "SELECT count(*) AS n FROM photo WHERE camera IS NULL AND files > 0 AND width > 0").get()!.n;
}

/** @param camera "" where the photo says none; photos whose content changed meanwhile are left out */
export function storeCameras(library: Library, rows: readonly { photo: PhotoId; version: string; camera: string }[]): void {
  inTransaction(library, () => {
    const store = prepared(library, "UPDATE photo SET camera = ? WHERE id = ? AND hash = unhex(?)");
    for (const { photo, version, camera } of rows) store.run(camera, photo, version);
  });
}
