import type { PhotoId } from "../../src-shared/contract";
import { kindOfFile } from "../images/photo-files";
import { prepared, type Store } from "./database";

/** A file's content as the scan met it. */
export interface Content {
  hash: Buffer;
  size: number;
  mtimeMs: number;
}

export interface FileRow {
  path: string;
  photo: PhotoId | null;
  size: number;
  mtime_ms: number;
  missing: number;
  error_code: string | null;
  /** 1 for a file that belongs to the photo of the still beside it, see companions. */
  companion: number;
}

export function photoWithHash(store: Store, hash: Buffer): PhotoId | undefined {
  return prepared<{ id: number }>(store, "SELECT id FROM photo WHERE hash = ?").get(hash)?.id;
}

export function addPhoto(store: Store, { hash, size, mtimeMs }: Content): PhotoId {
  return Number(
    prepared(store, "INSERT INTO photo (hash, bytes, dated, added_at) VALUES (?, ?, ?, ?)").run(
      hash,
      size,
      localTime(mtimeMs),
      Date.now(),
    ).lastInsertRowid,
  );
}

/**
 * The photo was edited where it lies: it keeps its id and its verdicts. What was made from its pixels is to be
 * forgotten before.
 */
export function changeContent(store: Store, photo: PhotoId, { hash, size, mtimeMs }: Content): void {
  prepared(
    store,
    `
    UPDATE photo SET hash = ?, bytes = ?, dated = ?, taken_at = NULL, camera = NULL, head_read = 0, error_code = NULL, error_message = NULL WHERE id = ?`,
  ).run(hash, size, localTime(mtimeMs), photo);
  prepared(store, "DELETE FROM photo_keyword WHERE photo = ?").run(photo);
}

/**
 * Forgets what was made from a photo's pixels. Not to be called in the transaction that changes its content: the two
 * lie in different
 * files, and where the process dies between them the photo is to have nothing, rather than what was made from another
 * picture.
 */
export function deleteDerivedData(store: Store, photo: PhotoId): void {
  for (const made of ["feature", "ranked", "prediction", "thumbnail", "glance", "duplicate", "detection", "people"])
    prepared(store, `DELETE FROM cache.${made} WHERE photo = ?`).run(photo);
}

export function putFile(store: Store, path: string, photo: PhotoId, { size, mtimeMs }: Content): void {
  prepared(
    store,
    `
    INSERT INTO file (path, folder, photo, size, mtime_ms, kind) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (path) DO UPDATE SET photo = excluded.photo, size = excluded.size, mtime_ms = excluded.mtime_ms, kind = excluded.kind,
      companion = 0, missing = 0, error_code = NULL, error_message = NULL`,
  ).run(path, folderOf(path), photo, size, mtimeMs, kindOfFile(path));
}

/** A file that can't be looked into. It stays tied to the photo it was, for when it can be read again. */
export function putFailure(
  store: Store,
  path: string,
  { code, message, size, mtimeMs }: { code: string; message: string; size: number; mtimeMs: number },
): void {
  prepared(
    store,
    `
    INSERT INTO file (path, folder, size, mtime_ms, error_code, error_message) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (path) DO UPDATE SET size = excluded.size, mtime_ms = excluded.mtime_ms, missing = (photo IS NOT NULL),
      error_code = excluded.error_code, error_message = excluded.error_message`,
  ).run(path, folderOf(path), size, mtimeMs, code, message);
}

/** A file that is gone. What was known of its photo stays. */
export function putMissing(store: Store, path: string): void {
  prepared(store, "DELETE FROM file WHERE path = ? AND photo IS NULL").run(path);
  prepared(store, "UPDATE file SET missing = 1, error_code = NULL, error_message = NULL WHERE path = ?").run(path);
}

/** Present files of a photo. */
export function presentFiles(store: Store, photo: PhotoId): number {
  return prepared<{ files: number }>(store, "SELECT files FROM photo WHERE id = ?").get(photo)?.files ?? 0;
}

export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

/** ISO 8601 by the clock on the wall, as cameras write it. */
function localTime(ms: number): string {
  const time = new Date(ms);
  return new Date(ms - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}
