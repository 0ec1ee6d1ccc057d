import type { PhotoId } from "../../src-shared/contract";
import type { ImageQuality } from "../images/image-quality";
import { inTransaction, prepared, type Store } from "./database";

/** What a photo is compared by with others, beside its features. */
export interface PhotoQuality extends Omit<ImageQuality, "colours"> {
  photo: PhotoId;
  width: number;
  height: number;
  bytes: number;
  /** ISO 8601, as the camera wrote it. */
  takenAt: string | null;
  /** Of its first present file, relative to the root. */
  folder: string;
}

/**
 * Stores what was seen at a glance, in one transaction. A row whose photo changed meanwhile is left out. @param rows
 * with the version that `photosToEmbed` gave
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
 * Present photos with features of this visual model that were never glanced at, or not for their colours: those
 * embedded by an earlier program.
 */
export function photosWithoutQuality(store: Store, visualId: string): { photo: PhotoId; version: string }[] {
  return prepared<{ photo: number; version: string }>(
    store,
    `
    SELECT p.id AS photo, lower(hex(p.hash)) AS version FROM cache.feature f JOIN photo p ON p.id = f.photo
    WHERE f.visual = (SELECT id FROM cache.visual WHERE key = ?) AND p.files > 0 AND NOT EXISTS (SELECT 1 FROM cache.glance g WHERE g.photo = p.id AND g.colours IS NOT NULL)
    ORDER BY p.id`,
  ).all(visualId);
}

/** Those of these photos that were glanced at and are present, in their order. */
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

/**
 * Mean sRGB of the cells of a 4×4 grid over each of these photos, `[4, 4, 3]`; those glanced at by an earlier program,
 * or not at all, are left out.
 */
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
