import type { PhotoId } from "../../src-shared/contract";
import { kindOfFile } from "../images/photo-files";
import { prepared, type Store } from "./database";

/** A file's content, as the scan found it. */
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
  /** 1 for a companion: a file that belongs to the photo of the still beside it (see folder/companions.ts). */
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

/** The photo was edited in place: it keeps its id and its verdicts. Call `deleteDerivedData` first. */
export function changeContent(store: Store, photo: PhotoId, { hash, size, mtimeMs }: Content): void {
  prepared(
    store,
    `
    UPDATE photo SET hash = ?, bytes = ?, dated = ?, taken_at = NULL, camera = NULL, head_read = 0,
      error_code = NULL, error_message = NULL WHERE id = ?`,
  ).run(hash, size, localTime(mtimeMs), photo);
  prepared(store, "DELETE FROM photo_keyword WHERE photo = ?").run(photo);
}

/**
 * Deletes what was computed from a photo's pixels. Don't call this in the transaction that changes the content: the
 * data is in another file, and if the process dies between the two commits, the photo must be left with nothing rather
 * than with another picture's data.
 */
export function deleteDerivedData(store: Store, photo: PhotoId): void {
  for (const made of [
    "feature",
    "ranked",
    "prediction",
    "thumbnail",
    "glance",
    "duplicate",
    "detection",
    "people",
    "crop",
  ])
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

/** Records a file that can't be read. It keeps its photo, for when it can be read again. */
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

/** Records that a file is missing. Its photo and all that is known of it stay. */
export function putMissing(store: Store, path: string): void {
  prepared(store, "DELETE FROM file WHERE path = ? AND photo IS NULL").run(path);
  prepared(store, "UPDATE file SET missing = 1, error_code = NULL, error_message = NULL WHERE path = ?").run(path);
}

/** The number of a photo's present files. */
export function presentFiles(store: Store, photo: PhotoId): number {
  return prepared<{ files: number }>(store, "SELECT files FROM photo WHERE id = ?").get(photo)?.files ?? 0;
}

export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

/** Local time as ISO 8601 without an offset, as cameras write it. */
function localTime(ms: number): string {
  const time = new Date(ms);
  return new Date(ms - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}
