import type { PhotoId } from "../../src-shared/contract";
import { type FileKind, kindOfFile, STILL_EXTENSIONS } from "../images/photo-files";
import { inTransaction, prepared, type Store } from "../store/database";
import { folderOf } from "../store/identity";
import { transferVerdicts } from "../store/transfer-verdicts";

/**
 * The result of pairing files with stills.
 *
 * A photo is a content; a file is a path. A companion is a file that adds no photo: a RAW beside a JPEG or HEIC of the
 * same name, or a film beside such a still. It belongs to the photo of the still.
 *
 * - A RAW that was a photo before its still arrived passes its verdicts on to the still.
 * - A RAW whose still is missing, or can't be decoded, becomes a photo again and takes the still's verdicts over.
 * - Of two verdicts on one label, the later one counts; both stay in the log.
 */
export interface Pairing {
  /** Photos that gained or lost a file. */
  changed: PhotoId[];
  /** Companions that lost their still. These are RAW files, to be scanned as photos. */
  alone: string[];
}

interface FilesBeside {
  path: string;
  kind: FileKind;
  photo: PhotoId | null;
  companion: number;
  still: PhotoId | null;
}

/**
 * Records a file that is beside a still; `pairFiles` gives it to the still's photo.
 * @param own the photo that the file has been so far; null for none
 */
export function putCompanion(
  store: Store,
  path: string,
  { size, mtimeMs }: { size: number; mtimeMs: number },
  own: PhotoId | null,
): void {
  prepared(
    store,
    `
    INSERT INTO file (path, folder, photo, size, mtime_ms, kind, companion) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (path) DO UPDATE SET photo = excluded.photo, size = excluded.size, mtime_ms = excluded.mtime_ms, kind = excluded.kind,
      companion = excluded.companion, missing = 0, error_code = NULL, error_message = NULL`,
  ).run(path, folderOf(path), own, size, mtimeMs, kindOfFile(path), own === null ? 1 : 0);
}

/**
 * Gives RAW files and films to the photos of the stills beside them, and releases those whose still is gone.
 * @param folders only these, named as by `folderOf`; null for all
 */
export function pairFiles(store: Store, folders: ReadonlySet<string> | null): Pairing {
  return inTransaction(store, () => {
    const changed = new Set<PhotoId>();
    const alone: string[] = [];
    for (const { path, kind, photo, companion, still } of filesBeside(store, folders)) {
      if (still === null ? companion === 0 : still === photo && companion === 1) continue;
      if (still === null && kind === "raw") alone.push(path);
      else if (still === null) prepared(store, "DELETE FROM file WHERE path = ?").run(path);
      else {
        if (photo !== null && companion === 0) transferVerdicts(store, photo, still);
        prepared(store, "UPDATE file SET photo = ?, companion = 1 WHERE path = ?").run(still, path);
        changed.add(still);
      }
      if (photo !== null) changed.add(photo);
    }
    return { changed: [...changed], alone };
  });
}

function filesBeside(store: Store, folders: ReadonlySet<string> | null): FilesBeside[] {
  const among = folders ? "c.folder IN (SELECT value FROM json_each(?)) AND" : "";
  return prepared<FilesBeside>(
    store,
    `
    SELECT c.path, c.kind, c.photo, c.companion, (
      SELECT s.photo FROM file s JOIN photo p ON p.id = s.photo
      WHERE s.stem = c.stem AND s.kind = 'still' AND s.missing = 0 AND s.error_code IS NULL AND p.error_code IS NULL
        AND lower(substr(s.path, length(s.stem) + 1)) IN (SELECT value FROM json_each(?))
      ORDER BY s.path LIMIT 1) AS still
    FROM file c WHERE ${among} c.kind <> 'still' AND c.missing = 0 AND c.error_code IS NULL`,
  ).all(JSON.stringify(STILL_EXTENSIONS), ...(folders ? [JSON.stringify([...folders])] : []));
}
