import { join } from "node:path";
import type { Failure, PhotoId } from "../../src-shared/contract";
import type { Mark, PhotoMarks } from "../../src-shared/photo-marks";
import type { PhotoMetadata } from "../images/photo-metadata";
import { prepared, type Store } from "./database";
import { keywordsOfPhoto } from "./metadata";
import { placeOf } from "./places";

export interface PhotoRow extends PhotoMarks {
  photo: PhotoId;
  version: string;
  width: number;
  height: number;
  bytes: number;
  format: string;
  takenAt: string | null;
  camera: string;
  lens: string;
  location: PhotoMetadata["location"];
  place: ReturnType<typeof placeOf>;
  keywords: string[][];
  live: boolean;
  /** Files of the photo that are not shown: its RAW file or its film. */
  companions: string[];
  /** ISO 8601, UTC */
  modifiedAt: string;
  error: { code: string; message: string } | null;
  /** Relative to the library's root, sorted: the present files, or the missing ones if none is present. */
  paths: string[];
}

export interface TileRow extends PhotoMarks {
  photo: PhotoId;
  /** File name of the photo's first file. */
  name: string;
  width: number;
  height: number;
  version: string;
  /** Whether it has a film. */
  live: boolean;
  error: string | null;
}

const MARKS_SQL = "p.flag, p.stars AS rating, p.colour";
export const VERSION_SQL = "lower(hex(substr(p.hash, 1, 8)))";
/** SQL for the first present file of photo `p`. */
export const FIRST_PATH_SQL =
  "(SELECT min(f.path) FROM file f WHERE f.photo = p.id AND f.missing = 0 AND f.companion = 0)";

/** SQL for whether photo `p` has a film, inside its file or beside it. */
export const IS_LIVE_SQL =
  "(p.motion = 1 OR EXISTS (SELECT 1 FROM file f WHERE f.photo = p.id AND f.missing = 0 AND f.kind = 'video'))";

/** Everything about one photo except its labels; null if there is no such photo. */
export function photoDetails(store: Store, photo: PhotoId): PhotoRow | null {
  const row = prepared<
    Pick<
      PhotoRow,
      "photo" | "version" | "width" | "height" | "bytes" | "format" | "takenAt" | "camera" | "lens" | Mark
    > & {
      latitude: number | null;
      longitude: number | null;
      live: number;
      error_code: string | null;
      error_message: string | null;
    }
  >(
    store,
    `
    SELECT p.id AS photo, ${VERSION_SQL} AS version, p.width, p.height, p.bytes, p.format, p.taken_at AS takenAt,
      coalesce(p.camera, '') AS camera, p.lens,
      ${MARKS_SQL}, p.latitude, p.longitude, ${IS_LIVE_SQL} AS live, p.error_code, p.error_message
    FROM photo p WHERE p.id = ?`,
  ).get(photo);
  if (!row) return null;
  const { error_code, error_message, latitude, longitude, live, ...known } = row;
  const files = prepared<{ path: string; missing: number; mtime_ms: number }>(
    store,
    "SELECT path, missing, mtime_ms FROM file WHERE photo = ? AND companion = 0 ORDER BY missing, path",
  ).all(photo);
  return {
    ...known,
    location: latitude === null || longitude === null ? null : { latitude, longitude },
    place: placeOf(store, photo),
    keywords: keywordsOfPhoto(store, photo),
    live: live === 1,
    companions: prepared<{ path: string }>(
      store,
      "SELECT path FROM file WHERE photo = ? AND companion = 1 AND missing = 0 ORDER BY path",
    )
      .all(photo)
      .map(({ path }) => path),
    modifiedAt: new Date(files[0]?.mtime_ms ?? 0).toISOString(),
    error: error_code === null ? null : { code: error_code, message: error_message ?? "" },
    paths: files.filter(({ missing }) => missing === files[0]?.missing).map(({ path }) => path),
  };
}

/** What tiles show except labels, in the order asked for. Unknown and missing photos are left out. */
export function tileRows(store: Store, photos: readonly PhotoId[]): TileRow[] {
  const one = prepared<Omit<TileRow, "live"> & { live: number }>(
    store,
    `
    SELECT p.id AS photo, ${FIRST_PATH_SQL} AS name, p.width, p.height, ${VERSION_SQL} AS version,
      ${IS_LIVE_SQL} AS live, ${MARKS_SQL}, p.error_message AS error
    FROM photo p WHERE p.id = ? AND p.files > 0`,
  );
  return photos
    .map((photo) => one.get(photo))
    .filter((row) => row !== undefined)
    .map((row) => ({ ...row, live: row.live === 1, name: row.name.slice(row.name.lastIndexOf("/") + 1) }));
}

/** All present photos, those taken last first. */
export const presentPhotos = (store: Store): PhotoId[] =>
  prepared<PhotoId>(store, "SELECT id FROM photo WHERE files > 0 ORDER BY dated DESC, id").pluck().all();

/** The first of these ids that doesn't exist; undefined if all do. */
export function unknownPhoto(store: Store, photos: readonly PhotoId[]): PhotoId | undefined {
  return prepared<{ photo: PhotoId }>(
    store,
    "SELECT value AS photo FROM json_each(?) WHERE value NOT IN (SELECT id FROM photo) ORDER BY key LIMIT 1",
  ).get(JSON.stringify(photos))?.photo;
}

/** The content hashes of these photos, missing ones included. */
export function hashesOf(store: Store, photos: readonly PhotoId[]): Buffer[] {
  const hash = prepared<{ hash: Buffer }>(store, "SELECT hash FROM photo WHERE id = ?");
  return photos.map((photo) => hash.get(photo)!.hash);
}

/**
 * The present image files of a photo, relative to the library's root: first those that are shown, sorted, then RAW
 * files beside them.
 */
export function pathsOf(store: Store, photo: PhotoId): string[] {
  return prepared<{ path: string }>(
    store,
    "SELECT path FROM file WHERE photo = ? AND missing = 0 AND kind <> 'video' ORDER BY companion, path",
  )
    .all(photo)
    .map(({ path }) => path);
}

/** The first present file of each photo that is shown, relative to the library's root. */
export const filePathsOf = (store: Store): Map<PhotoId, string> =>
  new Map(
    prepared<{ photo: PhotoId; path: string }>(
      store,
      "SELECT photo, min(path) AS path FROM file WHERE missing = 0 AND companion = 0 AND photo IS NOT NULL GROUP BY photo",
    )
      .all()
      .map(({ photo, path }) => [photo, path]),
  );

/** Absolute path of a photo's first present file; null if none is present. */
export function filePathOf(store: Store, photo: PhotoId): string | null {
  const path = pathsOf(store, photo)[0];
  return path === undefined ? null : absolute(store, path);
}

/** The upright size of a photo in pixels; 0 before it is decoded. */
export const sizeOfPhoto = (store: Store, photo: PhotoId): { width: number; height: number } =>
  prepared<{ width: number; height: number }>(store, "SELECT width, height FROM photo WHERE id = ?").get(photo)!;

/** The photo in a present file. The path is relative to the library's root. */
export function photoAt(store: Store, path: string): PhotoId | null {
  return (
    prepared<{ photo: number | null }>(store, "SELECT photo FROM file WHERE path = ? AND missing = 0").get(path)
      ?.photo ?? null
  );
}

/**
 * Every present image file with its photo, sorted by path, RAW files beside a JPEG included. The photo is null for a
 * file that could not be read.
 */
export function* allFiles(
  store: Store,
): Generator<{ path: string; photo: PhotoId | null; error: { code: string; message: string } | null }> {
  // Not `iterate()`: while a statement is being read, the caller can't write.
  const rows = prepared<{ path: string; photo: number | null; code: string | null; message: string | null }>(
    store,
    `
    SELECT f.path, f.photo, coalesce(f.error_code, p.error_code) AS code, coalesce(f.error_message, p.error_message) AS message
    FROM file f LEFT JOIN photo p ON p.id = f.photo WHERE (f.missing = 0 OR f.error_code IS NOT NULL)
      AND f.kind <> 'video' ORDER BY f.path`,
  ).all();
  for (const { path, photo, code, message } of rows)
    yield { path, photo, error: code === null ? null : { code, message: message ?? "" } };
}

/** A present file, with what is known of its photo. */
export interface PresentFile {
  /** The photo's flag, rating and colour label. */
  marks: PhotoMarks;
  /** Relative to the library's root, with `/`. */
  path: string;
  photo: PhotoId;
  /** Of the upright photo; 0 before it is decoded. */
  width: number;
  height: number;
  bytes: number;
  /** ISO 8601, as the camera wrote it. */
  takenAt: string | null;
  /** False if it can't be decoded. */
  readable: boolean;
  /** Whether another file of the photo is shown instead: a RAW file beside its JPEG. */
  companion: boolean;
}

/** Every present file that is a photo, sorted by path. */
export function presentFiles(store: Store): PresentFile[] {
  return prepared<
    Omit<PresentFile, "readable" | "companion" | "marks"> & PhotoMarks & { readable: number; companion: number }
  >(
    store,
    `
    SELECT f.path, f.photo, p.width, p.height, p.bytes, p.taken_at AS takenAt, p.error_code IS NULL AS readable,
      f.companion, ${MARKS_SQL}
    FROM file f JOIN photo p ON p.id = f.photo WHERE f.missing = 0 ORDER BY f.path`,
  )
    .all()
    .map(({ flag, rating, colour, ...row }) => ({
      ...row,
      readable: row.readable === 1,
      companion: row.companion === 1,
      marks: { flag, rating, colour },
    }));
}

/**
 * Files and folders that could not be read, sorted by path. One row per file, even if identical files share a photo.
 */
export function failures(store: Store): Failure[] {
  return prepared<Failure>(
    store,
    `
    SELECT path, error_code AS code, error_message AS message FROM file WHERE error_code IS NOT NULL
    UNION ALL
    SELECT f.path, p.error_code, p.error_message FROM photo p CROSS JOIN file f ON f.photo = p.id
    WHERE p.error_code IS NOT NULL AND f.missing = 0 AND f.companion = 0 AND f.error_code IS NULL
    ORDER BY 1`,
  ).all();
}

export interface PhotoCounts {
  /** Present photos, readable or not. A file whose content could not be read counts only as failed. */
  photos: number;
  /** Files that could not be read. */
  failed: number;
}

export function countPhotos(store: Store): PhotoCounts {
  const one = (sql: string) => prepared<{ n: number }>(store, sql).get()!.n;
  return {
    photos: one("SELECT count(*) AS n FROM photo WHERE files > 0"),
    failed: one(`SELECT (SELECT count(*) FROM file WHERE error_code IS NOT NULL) +
      (SELECT count(*) FROM photo p CROSS JOIN file f ON f.photo = p.id WHERE p.error_code IS NOT NULL
        AND f.missing = 0 AND f.companion = 0 AND f.error_code IS NULL) AS n`),
  };
}

/**
 * The folders that contain photos directly, relative to the root ("" for the root itself), with the number of photos,
 * sorted by path.
 */
export function folders(store: Store): { folder: string; photos: number }[] {
  return prepared<{ folder: string; photos: number }>(
    store,
    `
    SELECT folder, count(DISTINCT photo) AS photos FROM file WHERE missing = 0 AND photo IS NOT NULL GROUP BY folder ORDER BY folder`,
  ).all();
}

function absolute(store: Store, path: string): string {
  return join(store.folder, path);
}
