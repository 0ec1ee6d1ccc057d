import { join } from "node:path";
import type { PhotoId } from "../../src-shared/contract";
import type { Decoded } from "../images/decode";
import type { PhotoMetadata } from "../images/photo-metadata";
import { inTransaction, prepared, type Store } from "./database";
import { hasFreeSpace } from "./free-space";
import { storeMetadata } from "./metadata";
import { FIRST_PATH_SQL } from "./photos";

/** A photo to be run through the visual model. */
export interface PhotoToEmbed {
  photo: PhotoId;
  /** Absolute path of its first present file. */
  path: string;
  /**
   * Identifies its content. It is passed back with the results, so that those of an outdated content are not stored.
   */
  version: string;
}

/** The result of decoding a photo. */
export interface DecodedPhoto extends Pick<Decoded, "width" | "height" | "format" | "thumbnail" | keyof PhotoMetadata> {
  photo: PhotoId;
  version: string;
}

/**
 * Readable photos without features of this visual model, by id, after photo `after`.
 * @param only of these photos; null for all
 */
export function photosToEmbed(
  store: Store,
  visualId: string,
  limit: number,
  after: PhotoId = 0,
  only: readonly PhotoId[] | null = null,
): PhotoToEmbed[] {
  return prepared<PhotoToEmbed>(
    store,
    `
    SELECT p.id AS photo, ${FIRST_PATH_SQL} AS path, lower(hex(p.hash)) AS version FROM photo p
    WHERE p.id > ? AND p.files > 0 AND p.error_code IS NULL AND NOT EXISTS
      (SELECT 1 FROM cache.feature f WHERE f.photo = p.id AND f.visual = (SELECT id FROM cache.visual WHERE key = ?))
      ${only ? "AND p.id IN (SELECT value FROM json_each(?))" : ""}
    ORDER BY p.id LIMIT ?`,
  )
    .all(after, visualId, ...(only ? [JSON.stringify(only)] : []), limit)
    .map((row) => ({ ...row, path: join(store.folder, row.path) }));
}

/** How many photos `photosToEmbed` would return in all. */
export function countToEmbed(store: Store, visualId: string, only: readonly PhotoId[] | null = null): number {
  return prepared<{ n: number }>(
    store,
    `
    SELECT count(*) AS n FROM photo p WHERE p.files > 0 AND p.error_code IS NULL AND NOT EXISTS
      (SELECT 1 FROM cache.feature f WHERE f.photo = p.id AND f.visual = (SELECT id FROM cache.visual WHERE key = ?))
      ${only ? "AND p.id IN (SELECT value FROM json_each(?))" : ""}`,
  ).get(visualId, ...(only ? [JSON.stringify(only)] : []))!.n;
}

/**
 * Stores the results of decoding a batch, in one transaction; thumbnails only while there is enough space. Photos whose
 * content has changed since are skipped.
 */
export function storeDecoded(store: Store, rows: readonly DecodedPhoto[]): void {
  inTransaction(store, () => {
    const describe = prepared(
      store,
      `
      UPDATE photo SET width = ?, height = ?, format = ?, error_code = NULL, error_message = NULL WHERE id = ?`,
    );
    const room = hasFreeSpace(store);
    const keep = prepared(
      store,
      "INSERT OR REPLACE INTO cache.thumbnail (photo, size, used_at, jpeg) VALUES (?, ?, ?, ?)",
    );
    for (const { photo, version, width, height, format, thumbnail, ...photoMetadata } of rows) {
      if (!storeMetadata(store, photo, version, photoMetadata)) continue;
      describe.run(width, height, format, photo);
      if (room) keep.run(photo, thumbnail.length, Date.now(), thumbnail);
    }
  });
}

/**
 * Stores why a photo can't be decoded. The photo stays in the library; the error is cleared when its content changes.
 */
export function storeFailure(
  store: Store,
  photo: PhotoId,
  version: string,
  { code, message }: { code: string; message: string },
): void {
  prepared(store, "UPDATE photo SET error_code = ?, error_message = ? WHERE id = ? AND hash = unhex(?)").run(
    code,
    message,
    photo,
    version,
  );
}
