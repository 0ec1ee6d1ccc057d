import type { PhotoId } from "../../src-shared/contract";
import { bytesOf } from "../base/bytes-of";
import { inTransaction, prepared, type Store } from "./database";

/** What the visual model computed for one photo. */
export interface PhotoFeature {
  photo: PhotoId;
  /**
   * The photo's version as `photosToEmbed` returned it. If the photo has changed since, the row is skipped. Not checked
   * if undefined.
   */
  version?: string;
  /** Output of the global average pool, `[D]`. */
  feature: Float32Array;
  /** The visual model's most probable classes, best first, `[K]`. */
  classes: Uint16Array;
  /** Their probabilities 0..1, `[K]`. */
  probabilities: Float32Array;
}

/** Features of `n` photos, row-major, in the order of `photos`. */
export interface Features {
  /** `[n]`, ascending. */
  photos: Uint32Array;
  /** `[n, D]`; D is 0 if there are no rows. */
  features: Float32Array;
  /** `[n, K]` */
  classes: Uint16Array;
  /** `[n, K]` */
  probabilities: Float32Array;
}

interface Row {
  photo: number;
  feature: Buffer;
  classes: Buffer;
  probabilities: Buffer;
}

/**
 * Stores the features of a batch, under the visual model that computed them, in one transaction.
 * @returns how many rows were stored
 */
export function storeFeatures(store: Store, visualId: string, rows: readonly PhotoFeature[]): number {
  return inTransaction(store, () => {
    const visual = visualNumber(store, visualId) ?? addVisual(store, visualId);
    const current = prepared<{ version: string }>(store, "SELECT lower(hex(hash)) AS version FROM photo WHERE id = ?");
    const insert = prepared(
      store,
      `
      INSERT INTO cache.feature (visual, photo, feature, classes, probabilities) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (visual, photo) DO UPDATE SET feature = excluded.feature, classes = excluded.classes,
        probabilities = excluded.probabilities`,
    );
    let stored = 0;
    for (const { photo, version, feature, classes, probabilities } of rows) {
      if (classes.length !== probabilities.length)
        throw new RangeError(`photo ${photo}: ${classes.length} classes with ${probabilities.length} probabilities`);
      const row = current.get(photo);
      if (!row || (version !== undefined && version !== row.version)) continue;
      insert.run(visual, photo, bytesOf(feature), bytesOf(classes), bytesOf(probabilities));
      stored++;
    }
    return stored;
  });
}

/** The features of these photos, missing ones included. Photos without features are left out. */
export function featuresOf(store: Store, visualId: string, photos: Iterable<PhotoId>): Features {
  const visual = visualNumber(store, visualId) ?? -1;
  const one = prepared<Row>(
    store,
    "SELECT photo, feature, classes, probabilities FROM cache.feature WHERE visual = ? AND photo = ?",
  );
  const wanted = [...new Set(photos)].sort((a, b) => a - b);
  const rows = wanted.map((photo) => one.get(visual, photo)).filter((row) => row !== undefined);
  return rowsFor(rows.length, rows);
}

/** The visual model's classes of the photos with ids from `from` to `to`, without their features. */
export function classesBetween(
  store: Store,
  visualId: string,
  from: PhotoId,
  to: PhotoId,
): { photo: PhotoId; classes: Uint16Array; probabilities: Float32Array }[] {
  const rows = prepared(
    store,
    "SELECT photo, classes, probabilities FROM cache.feature WHERE visual = ? AND photo BETWEEN ? AND ? ORDER BY photo",
  )
    .raw()
    .all(visualNumber(store, visualId) ?? -1, from, to) as [number, Buffer, Buffer][];
  // Copied, because a typed array must be aligned and a blob need not be.
  return rows.map(([photo, classes, probabilities]) => ({
    photo,
    classes: new Uint16Array(new Uint8Array(classes).buffer),
    probabilities: new Float32Array(new Uint8Array(probabilities).buffer),
  }));
}

/**
 * Stores classes of photos that have features already, in one transaction. A text tower's classes are a library's labels,
 * so they change with the label set while features stay.
 */
export function storeClasses(
  store: Store,
  visualId: string,
  rows: readonly Pick<PhotoFeature, "photo" | "classes" | "probabilities">[],
): void {
  const update = prepared(
    store,
    "UPDATE cache.feature SET classes = ?, probabilities = ? WHERE visual = ? AND photo = ?",
  );
  const visual = visualNumber(store, visualId) ?? -1;
  inTransaction(store, () => {
    for (const { photo, classes, probabilities } of rows)
      update.run(bytesOf(classes), bytesOf(probabilities), visual, photo);
  });
}

/** Photos with features of a visual model, missing photos included, by id. */
export const allWithFeatures = (store: Store, visualId: string): PhotoId[] =>
  prepared<{ photo: number }>(store, "SELECT photo FROM cache.feature WHERE visual = ? ORDER BY photo")
    .all(visualNumber(store, visualId) ?? -1)
    .map(({ photo }) => photo);

/** Features alone of these photos, `[n, D]`, in the order of the photos, which all have some. */
export function featureRows(store: Store, visualId: string, photos: readonly PhotoId[], D: number): Float32Array {
  const one = prepared<{ feature: Buffer }>(store, "SELECT feature FROM cache.feature WHERE visual = ? AND photo = ?");
  const visual = visualNumber(store, visualId) ?? -1;
  const rows = new Float32Array(photos.length * D);
  photos.forEach((photo, i) => put(one.get(visual, photo)!.feature, rows, i, photos.length, photo));
  return rows;
}

/** Which labels the stored classes of a visual model refer to; undefined if unknown. Kept beside them in the cache. */
export const readClassesId = (store: Store, visualId: string): string | undefined =>
  prepared<{ value: string }>(store, "SELECT value FROM cache.meta WHERE key = ?").get(`classes ${visualId}`)?.value;

/** @param id "" for unknown */
export function writeClassesId(store: Store, visualId: string, id: string): void {
  prepared(
    store,
    "INSERT INTO cache.meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
  ).run(`classes ${visualId}`, id);
}

/** The present photos that have features of a visual model, by id. */
export function photosWithFeatures(store: Store, visualId: string): PhotoId[] {
  return prepared<{ photo: number }>(
    store,
    `
    SELECT f.photo FROM cache.feature f JOIN photo p ON p.id = f.photo WHERE f.visual = ? AND p.files > 0 ORDER BY f.photo`,
  )
    .all(visualNumber(store, visualId) ?? -1)
    .map(({ photo }) => photo);
}

/** How many photos `photosWithFeatures` would return. */
export function countFeatures(store: Store, visualId: string): number {
  return prepared<{ n: number }>(
    store,
    `
    SELECT count(*) AS n FROM cache.feature f JOIN photo p ON p.id = f.photo WHERE f.visual = ? AND p.files > 0`,
  ).get(visualNumber(store, visualId) ?? -1)!.n;
}

function rowsFor(n: number, rows: Iterable<Row>): Features {
  const photos = new Uint32Array(n);
  let features = new Float32Array(0),
    classes = new Uint16Array(0),
    probabilities = new Float32Array(0);
  let i = 0;
  for (const row of rows) {
    if (i === 0) {
      features = new Float32Array(n * (row.feature.length / 4));
      classes = new Uint16Array(n * (row.classes.length / 2));
      probabilities = new Float32Array(n * (row.probabilities.length / 4));
    }
    photos[i] = row.photo;
    put(row.feature, features, i, n, row.photo);
    put(row.classes, classes, i, n, row.photo);
    put(row.probabilities, probabilities, i, n, row.photo);
    i++;
  }
  return { photos, features, classes, probabilities };
}

function put(row: Buffer, into: Float32Array | Uint16Array, i: number, n: number, photo: number): void {
  const width = into.byteLength / n;
  if (row.length !== width) throw new RangeError(`photo ${photo}: a row of ${row.length} bytes among rows of ${width}`);
  new Uint8Array(into.buffer).set(row, i * width);
}

/** The number of a visual model in the cache; undefined if nothing of it was stored. */
export function visualNumber(store: Store, visualId: string): number | undefined {
  return prepared<{ id: number }>(store, "SELECT id FROM cache.visual WHERE key = ?").get(visualId)?.id;
}

export function addVisual(store: Store, visualId: string): number {
  return Number(prepared(store, "INSERT INTO cache.visual (key) VALUES (?)").run(visualId).lastInsertRowid);
}
