import { join } from "node:path";
import type { LabelId, PhotoId } from "../../src-shared/contract";
import { alignedCopy, bytesOf } from "../base/bytes-of";
import { boxAt, type Detections } from "../base/detections";
import { isSameBox, judgedBoxes, lastBoxVerdict } from "./box-verdicts";
import { inTransaction, prepared, type Store } from "./database";
import { type PhotoToEmbed } from "./decoded-photos";
import { FIRST_PATH_SQL } from "./photos";

/** What a detector found in one photo. */
export interface PhotoDetections {
  photo: PhotoId;
  /**
   * The photo's version as `photosToDetect` returned it. If the photo has changed since, the row is skipped. Not
   * checked if undefined.
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
 * Stores a detector's results for a batch of photos, in one transaction. A photo without boxes counts as done. The
 * photos' labels become stale until they are predicted again, even if the process dies in between.
 * @returns the photos whose results were stored
 * @throws RangeError if the numbers of boxes, scores and classes differ
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
      insert.run(photo, detector, bytesOf(boxes), bytesOf(scores), bytesOf(classes));
      unrank.run(photo);
      stored.push(photo);
    }
    return stored;
  });
}

/** A detector's results for these photos, missing ones included. Photos that the detector hasn't seen are left out. */
export function detectionsOf(store: Store, detectorId: string, photos: Iterable<PhotoId>): Map<PhotoId, Detections> {
  const detector = detectorNumber(store, detectorId) ?? -1;
  const one = prepared<Row>(
    store,
    "SELECT photo, boxes, scores, classes FROM cache.detection WHERE photo = ? AND detector = ?",
  );
  const found = new Map<PhotoId, Detections>();
  for (const photo of photos) {
    const row = one.get(photo, detector);
    // Copied, because a typed array must be aligned and a blob need not be.
    if (row)
      found.set(photo, {
        boxes: new Float32Array(alignedCopy(row.boxes)),
        scores: new Float32Array(alignedCopy(row.scores)),
        classes: new Uint16Array(alignedCopy(row.classes)),
      });
  }
  return found;
}

/**
 * A detector's results for all present photos, by photo. The arrays are valid until the next photo.
 * @param type only photos in which it found this class
 */
export function* allDetections(store: Store, detectorId: string, type?: number): Generator<PhotoDetections> {
  const detector = detectorNumber(store, detectorId) ?? -1;
  const found = prepared<Row>(
    store,
    `SELECT d.photo, d.boxes, d.scores, d.classes FROM cache.detection d JOIN photo p ON p.id = d.photo
    WHERE d.detector = ? AND p.files > 0 AND length(d.scores) > 0 AND (? IS NULL OR instr(d.classes, ?)) ORDER BY d.photo`,
  );
  const wanted = type === undefined ? null : bytesOf(Uint16Array.of(type));
  for (const { photo, boxes, scores, classes } of found.iterate(detector, wanted, wanted)) {
    // Two bytes may also match across two classes.
    const detections = {
      boxes: new Float32Array(alignedCopy(boxes)),
      scores: new Float32Array(alignedCopy(scores)),
      classes: new Uint16Array(alignedCopy(classes)),
    };
    if (type === undefined || detections.classes.includes(type)) yield { photo, detections };
  }
}

/** The present photos in which a detector found something of a class, the surest first. */
export function photosDetected(store: Store, detectorId: string, type: number, limit: number): PhotoId[] {
  const rows = prepared(
    store,
    `SELECT n.photo, n.scores, n.classes FROM cache.detection n JOIN photo p ON p.id = n.photo
    WHERE n.detector = (SELECT id FROM cache.detector WHERE key = ?) AND p.files > 0 ORDER BY n.photo`,
  )
    .raw()
    .iterate(detectorId) as IterableIterator<[PhotoId, Buffer, Buffer]>;
  const found: { photo: PhotoId; score: number }[] = [];
  for (const [photo, scores, classes] of rows) {
    const at = new Uint16Array(alignedCopy(classes)).indexOf(type); // the surest come first
    if (at >= 0) found.push({ photo, score: scores.readFloatLE(4 * at) });
  }
  return found
    .sort((a, b) => b.score - a.score)
    .slice(0, limit)
    .map(({ photo }) => photo);
}

/** A detector, and the label of each of its classes. */
export interface LabelledDetector {
  id: string;
  labelOf(type: number): LabelId;
  /** Undefined if the detector doesn't look for the label. */
  classOf(label: LabelId): number | undefined;
}

/**
 * As `detectionsOf`, with a person's verdicts: without rejected boxes, and with accepted ones at a score of 1, whoever
 * found or drew them.
 */
export function judgedDetections(
  store: Store,
  detector: LabelledDetector,
  photos: Iterable<PhotoId>,
): Map<PhotoId, Detections> {
  const found = detectionsOf(store, detector.id, photos);
  if (lastBoxVerdict(store) === 0) return found; // as in most libraries, where a query per photo would be in vain
  for (const [photo, detections] of found) {
    const { accepted, rejected } = judgedBoxes(store, photo);
    if (rejected.length + accepted.length === 0) continue;
    const sure = accepted.flatMap(({ label, box }) => {
      const type = detector.classOf(label);
      return type === undefined ? [] : { type, score: 1, box };
    });
    const others = Array.from(detections.classes, (type, b) => ({
      type,
      score: detections.scores[b]!,
      box: boxAt(detections, b),
    })).filter(({ type, box }) => {
      const one = { label: detector.labelOf(type), box };
      return ![...accepted, ...rejected].some((judged) => isSameBox(judged, one));
    });
    const kept = [...sure, ...others];
    found.set(photo, {
      boxes: Float32Array.from(kept.flatMap(({ box }) => box)),
      scores: Float32Array.from(kept, ({ score }) => score),
      classes: Uint16Array.from(kept, ({ type }) => type),
    });
  }
  return found;
}

/** Readable photos that have features of this visual model but lack the results of one of these detectors. */
const WAITING_SQL = `p.files > 0 AND p.error_code IS NULL
  AND EXISTS (SELECT 1 FROM cache.feature f WHERE f.photo = p.id AND f.visual = (SELECT id FROM cache.visual WHERE key = ?))
  AND EXISTS (SELECT 1 FROM json_each(?) d WHERE NOT EXISTS
    (SELECT 1 FROM cache.detection n WHERE n.photo = p.id AND n.detector = (SELECT id FROM cache.detector WHERE key = d.value)))`;

/**
 * Photos that lack the results of one of these detectors, by id, after photo `after`. Photos without features are left
 * out: they are decoded once for the visual model and the detectors together.
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

/** How many photos `photosToDetect` would return in all. */
export function countToDetect(store: Store, visualId: string, detectorIds: readonly string[]): number {
  return prepared<{ n: number }>(store, `SELECT count(*) AS n FROM photo p WHERE ${WAITING_SQL}`).get(
    visualId,
    JSON.stringify(detectorIds),
  )!.n;
}

/** The detectors that haven't seen a photo. */
export function detectorsToRun(store: Store, photo: PhotoId, detectorIds: readonly string[]): string[] {
  const looked = prepared(store, "SELECT 1 FROM cache.detection WHERE photo = ? AND detector = ?");
  return detectorIds.filter((id) => looked.get(photo, detectorNumber(store, id) ?? -1) === undefined);
}

function detectorNumber(store: Store, detectorId: string): number | undefined {
  return prepared<{ id: number }>(store, "SELECT id FROM cache.detector WHERE key = ?").get(detectorId)?.id;
}

function addDetector(store: Store, detectorId: string): number {
  return Number(prepared(store, "INSERT INTO cache.detector (key) VALUES (?)").run(detectorId).lastInsertRowid);
}
