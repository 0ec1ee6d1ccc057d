import type { PhotoId } from "../../src-shared/contract";
import type { ImageQuality } from "../images/image-quality";
import { inTransaction, prepared, type Store } from "./database";

/** What photos are compared by, apart from their features. */
export interface PhotoQuality extends Omit<ImageQuality, "colours"> {
  photo: PhotoId;
  width: number;
  height: number;
  bytes: number;
  /** ISO 8601, as the camera wrote it. */
  takenAt: string | null;
  /** The folder of its first present file, relative to the root. */
  folder: string;
}

/**
 * Stores the image quality of photos, in one transaction. If a photo has changed since, its row is skipped.
 * @param rows each with the version that `photosToEmbed` returned
 */
export function storeQualities(
  store: Store,
  rows: readonly { photo: PhotoId; version: string; imageQuality: ImageQuality }[],
): void {
  inTransaction(store, () => {
    const insert = prepared(
      store,
      `
      INSERT OR REPLACE INTO cache.glance (photo, grey, sharpness, brightness, clipped, colours)
      SELECT id, ?, ?, ?, ?, ? FROM photo WHERE id = ? AND hash = unhex(?)`,
    );
    for (const {
      photo,
      version,
      imageQuality: { grey, sharpness, brightness, clipped, colours },
    } of rows)
      insert.run(grey, sharpness, brightness, clipped, colours, photo, version);
  });
}

/**
 * Present photos with features of this visual model but without image quality, or without the colours in it: an earlier
 * version of the program embedded them.
 */
export function photosWithoutQuality(store: Store, visualId: string): { photo: PhotoId; version: string }[] {
  return prepared<{ photo: number; version: string }>(
    store,
    `
    SELECT p.id AS photo, lower(hex(p.hash)) AS version FROM cache.feature f JOIN photo p ON p.id = f.photo
    WHERE f.visual = (SELECT id FROM cache.visual WHERE key = ?) AND p.files > 0
      AND NOT EXISTS (SELECT 1 FROM cache.glance g WHERE g.photo = p.id AND g.colours IS NOT NULL)
    ORDER BY p.id`,
  ).all(visualId);
}

/** The image quality of these photos, in their order. Missing photos and those without it are left out. */
export function qualitiesOf(store: Store, photos: Iterable<PhotoId>): PhotoQuality[] {
  const one = prepared<PhotoQuality & { grey: Buffer }>(
    store,
    `
    SELECT p.id AS photo, g.grey, g.sharpness, g.brightness, g.clipped, p.width, p.height, p.bytes, p.taken_at AS takenAt,
      (SELECT f.folder FROM file f WHERE f.photo = p.id AND f.missing = 0 ORDER BY f.path LIMIT 1) AS folder
    FROM cache.glance g JOIN photo p ON p.id = g.photo WHERE g.photo = ? AND p.files > 0`,
  );
  return Array.from(photos, (photo) => one.get(photo)).filter((row) => row !== undefined);
}

/** Mean sRGB of each cell of a 4×4 grid over these photos, `[4, 4, 3]`. Photos without it are left out. */
export function coloursOf(store: Store, photos: Iterable<PhotoId>): Map<PhotoId, Uint8Array> {
  const one = prepared<{ colours: Buffer }>(
    store,
    "SELECT colours FROM cache.glance WHERE photo = ? AND colours IS NOT NULL",
  );
  const found = new Map<PhotoId, Uint8Array>();
  for (const photo of photos) {
    const row = one.get(photo);
    if (row) found.set(photo, new Uint8Array(row.colours));
  }
  return found;
}
