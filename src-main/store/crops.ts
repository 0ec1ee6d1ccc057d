import { join } from "node:path";
import type { PhotoId } from "../../src-shared/contract";
import { alignedCopy, bytesOf } from "../base/bytes-of";
import type { Rectangle } from "../base/overlap";
import { stepsOf } from "./box-verdicts";
import { inTransaction, prepared, type Store } from "./database";
import { addVisual, visualNumber } from "./features";
import { FIRST_PATH_SQL } from "./photos";

/** The part of a photo that is in a box. */
export interface Crop {
  photo: PhotoId;
  /** Of the upright photo, 0..1. */
  box: Rectangle;
}

/** What the visual model computed for one crop. */
export interface CropFeature {
  /** `[D]` */
  feature: Float32Array;
  /** The most probable classes, best first, `[K]`. */
  classes: Uint16Array;
  /** Their probabilities 0..1, `[K]`. */
  probabilities: Float32Array;
}

const placeOf = ({ photo, box }: Crop): number[] => [photo, ...stepsOf(box)];

/** The same for boxes that are stored as one. */
export const cropKey = (crop: Crop): string => placeOf(crop).join(" ");

/** The features of these crops, by `cropKey`; those that weren't stored are left out. */
export function cropsOf(store: Store, visualId: string, crops: Iterable<Crop>): Map<string, CropFeature> {
  const visual = visualNumber(store, visualId) ?? -1;
  const one = prepared<{ feature: Buffer; classes: Buffer; probabilities: Buffer }>(
    store,
    `SELECT feature, classes, probabilities FROM cache.crop
    WHERE visual = ? AND photo = ? AND x0 = ? AND y0 = ? AND x1 = ? AND y1 = ?`,
  );
  const found = new Map<string, CropFeature>();
  for (const crop of crops) {
    const row = one.get(visual, ...placeOf(crop));
    if (row)
      found.set(cropKey(crop), {
        feature: new Float32Array(alignedCopy(row.feature)),
        classes: new Uint16Array(alignedCopy(row.classes)),
        probabilities: new Float32Array(alignedCopy(row.probabilities)),
      });
  }
  return found;
}

/**
 * Stores the features of a photo's crops. Skips them if the photo has changed since.
 * @param version as `photoToCrop` returned it
 */
export function storeCrops(
  store: Store,
  visualId: string,
  { photo, version }: { photo: PhotoId; version: string },
  crops: readonly (CropFeature & { box: Rectangle })[],
): void {
  inTransaction(store, () => {
    const visual = visualNumber(store, visualId) ?? addVisual(store, visualId);
    const isCurrent = prepared(store, "SELECT 1 FROM photo WHERE id = ? AND hash = unhex(?)").get(photo, version);
    if (!isCurrent) return;
    const insert = prepared(
      store,
      `INSERT OR REPLACE INTO cache.crop (visual, photo, x0, y0, x1, y1, feature, classes, probabilities)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    for (const { box, feature, classes, probabilities } of crops)
      insert.run(visual, ...placeOf({ photo, box }), bytesOf(feature), bytesOf(classes), bytesOf(probabilities));
  });
}

/** Where a photo can be read from; null if it is missing or unreadable. */
export function photoToCrop(store: Store, photo: PhotoId): { photo: PhotoId; path: string; version: string } | null {
  const row = prepared<{ path: string; version: string }>(
    store,
    `SELECT ${FIRST_PATH_SQL} AS path, lower(hex(p.hash)) AS version FROM photo p
    WHERE p.id = ? AND p.files > 0 AND p.error_code IS NULL`,
  ).get(photo);
  return row ? { photo, version: row.version, path: join(store.folder, row.path) } : null;
}
