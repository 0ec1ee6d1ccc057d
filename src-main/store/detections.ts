import { join } from "node:path";
import type { PhotoId } from "../../src-shared/contract";
import type { Detections } from "../base/detections";
import { inTransaction, prepared, type Store } from "./database";
import { FIRST_PATH_SQL, type PhotoToEmbed } from "./photos";

/** What a detector found in one photo. */
export interface PhotoDetections {
  photo: PhotoId;
  /**
   * The picture's version as `photosToDetect` gave it. A row whose photo changed meanwhile is left out; without it,
   * nothing is checked.
   */
  version?: string;
  detections: Detections;
}

interface Row {
  photo: number;
  boxes: Buffer;
  scores: Buffer;
  classes: Buffer;
}

/**
 * Stores what a detector found in a batch, in one transaction. A photo without boxes counts as looked at. The photos'
 * labels are to be
 * predicted again with it: until then they count as stale, also where the process dies.
 * @returns the photos that were stored
 * @throws RangeError where boxes, scores and classes are not as many
 */
export function storeDetections(store: Store, detectorId: string, rows: readonly PhotoDetections[]): PhotoId[] {
  return inTransaction(store, () => {
    const detector = detectorNumber(store, detectorId) ?? addDetector(store, detectorId);
    const current = prepared<{ version: string }>(store, "SELECT lower(hex(hash)) AS version FROM photo WHERE id = ?");
    const insert = prepared(
      store,
      "INSERT OR REPLACE INTO cache.detection (photo, detector, boxes, scores, classes) VALUES (?, ?, ?, ?, ?)",
    );
    const unrank = prepared(store, "UPDATE cache.ranked SET stale = 1 WHERE photo = ?");
    const stored: PhotoId[] = [];
    for (const {
      photo,
      version,
      detections: { boxes, scores, classes },
    } of rows) {
      if (boxes.length !== 4 * scores.length || classes.length !== scores.length)
        throw new RangeError(
          `photo ${photo}: ${boxes.length / 4} boxes with ${scores.length} scores and ${classes.length} classes`,
        );
      const row = current.get(photo);
      if (!row || (version !== undefined && version !== row.version)) continue;
      insert.run(photo, detector, bytes(boxes), bytes(scores), bytes(classes));
      unrank.run(photo);
      stored.push(photo);
    }
    return stored;
  });
}

/** What a detector found in these photos, vanished ones too; photos that it did not look at are left out. */
export function detectionsOf(store: Store, detectorId: string, photos: Iterable<PhotoId>): Map<PhotoId, Detections> {
  const detector = detectorNumber(store, detectorId) ?? -1;
  const one = prepared<Row>(
    store,
    "SELECT photo, boxes, scores, classes FROM cache.detection WHERE photo = ? AND detector = ?",
  );
  const found = new Map<PhotoId, Detections>();
  for (const photo of photos) {
    const row = one.get(photo, detector);
    // Copied, because a number may not begin at any byte.
    if (row)
      found.set(photo, {
        boxes: new Float32Array(copy(row.boxes)),
        scores: new Float32Array(copy(row.scores)),
        classes: new Uint16Array(copy(row.classes)),
      });
  }
  return found;
}

/** Readable photos that this visual model has seen and one of these detectors has not. */
const WAITING_SQL = `p.files > 0 AND p.error_code IS NULL
  AND EXISTS (SELECT 1 FROM cache.feature f WHERE f.photo = p.id AND f.visual = (SELECT id FROM cache.visual WHERE key = ?))
  AND EXISTS (SELECT 1 FROM json_each(?) d WHERE NOT EXISTS
    (SELECT 1 FROM cache.detection n WHERE n.photo = p.id AND n.detector = (SELECT id FROM cache.detector WHERE key = d.value)))`;

/**
 * Photos that wait for one of these detectors, by id, after photo `after`. Those that the visual model has not seen do
 * not: they are
 * decoded for both.
 */
export function photosToDetect(
  store: Store,
  visualId: string,
  detectorIds: readonly string[],
  limit: number,
  after: PhotoId = 0,
): PhotoToEmbed[] {
  return prepared<PhotoToEmbed>(
    store,
    `
    SELECT p.id AS photo, ${FIRST_PATH_SQL} AS path, lower(hex(p.hash)) AS version FROM photo p
    WHERE p.id > ? AND ${WAITING_SQL} ORDER BY p.id LIMIT ?`,
  )
    .all(after, visualId, JSON.stringify(detectorIds), limit)
    .map((row) => ({ ...row, path: join(store.folder, row.path) }));
}

/** How many photos `photosToDetect` would give in all. */
export function countToDetect(store: Store, visualId: string, detectorIds: readonly string[]): number {
  return prepared<{ n: number }>(store, `SELECT count(*) AS n FROM photo p WHERE ${WAITING_SQL}`).get(
    visualId,
    JSON.stringify(detectorIds),
  )!.n;
}

/** Which of these detectors have not looked at a photo. */
export function detectorsToRun(store: Store, photo: PhotoId, detectorIds: readonly string[]): string[] {
  const looked = prepared(store, "SELECT 1 FROM cache.detection WHERE photo = ? AND detector = ?");
  return detectorIds.filter((id) => looked.get(photo, detectorNumber(store, id) ?? -1) === undefined);
}

const copy = (blob: Buffer): ArrayBuffer => new Uint8Array(blob).buffer;

function bytes(values: Float32Array | Uint16Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

function detectorNumber(store: Store, detectorId: string): number | undefined {
  return prepared<{ id: number }>(store, "SELECT id FROM cache.detector WHERE key = ?").get(detectorId)?.id;
}

function addDetector(store: Store, detectorId: string): number {
  return Number(prepared(store, "INSERT INTO cache.detector (key) VALUES (?)").run(detectorId).lastInsertRowid);
}
