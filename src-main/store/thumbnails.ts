import type { PhotoId } from "../../src-shared/contract";
import { areaOfCrop, type PictureSize } from "../../src-shared/picture-size";
import { Refusal } from "../../src-shared/refusal";
import { decode, render, renderArea } from "../images/decode-client";
import { inTransaction, prepared, type Store } from "./database";
import { hasFreeSpace } from "./free-space";
import { filePathOf } from "./photos";

/** Long side of a preview, in pixels. */
export const PREVIEW_PIXELS = 2048;
/** Long side at full size, in pixels: the most that JPEG allows. */
const MAX_SIDE_PIXELS = 65_535;
/** Previews kept in memory, so that going back and forth between two photos is instant. */
const VIEWS_KEPT = 12;
/** Long side of a crop, in pixels: sharp on a tile of 192 CSS pixels on a dense display. */
const CROP_PIXELS = 384;
/** Crops kept in memory, some 15 kB each. */
const CROPS_KEPT = 1000;
/** The time a thumbnail was last used is written once a day at most: every view would be too often. */
const DAY = 24 * 3600 * 1000;

/**
 * A photo as an upright sRGB JPEG. A thumbnail that is no longer stored is made again.
 * @throws Refusal `no-photo` for an unknown id, `missing` if its file is missing, and those of `decode`
 */
export async function picture(store: Store, photo: PhotoId, size: PictureSize): Promise<Buffer> {
  if (size === "full") return render(presentFile(store, photo), MAX_SIDE_PIXELS);
  if (size === "thumbnail") return thumbnail(store, photo);
  const file = () => presentFile(store, photo);
  if (size === "view") return kept(store, photo, size, VIEWS_KEPT, () => render(file(), PREVIEW_PIXELS));
  const area = areaOfCrop(size);
  if (!area) throw new RangeError(`“${size}” is no size of a picture`);
  return kept(store, photo, size, CROPS_KEPT, () => renderArea(file(), area, CROP_PIXELS));
}

/**
 * Deletes thumbnails, least recently used first, until the rest fits.
 * @returns how many were deleted
 */
export function trimThumbnails(store: Store, megabytes: number): number {
  let excess =
    prepared<{ bytes: number | null }>(
      store,
      "SELECT sum(size) AS bytes FROM cache.thumbnail INDEXED BY thumbnail_used",
    ).get()!.bytes ?? 0;
  excess -= megabytes * 2 ** 20;
  if (excess <= 0) return 0;
  const dropped: number[] = [];
  for (const row of prepared<{ photo: number; size: number }>(
    store,
    "SELECT photo, size FROM cache.thumbnail ORDER BY used_at, photo",
  ).iterate()) {
    if (excess <= 0) break;
    excess -= row.size;
    dropped.push(row.photo);
  }
  inTransaction(store, () =>
    dropped.forEach((photo) => prepared(store, "DELETE FROM cache.thumbnail WHERE photo = ?").run(photo)),
  );
  return dropped.length;
}

async function thumbnail(store: Store, photo: PhotoId): Promise<Buffer> {
  const stored = prepared<{ jpeg: Buffer; used_at: number }>(
    store,
    "SELECT jpeg, used_at FROM cache.thumbnail WHERE photo = ?",
  ).get(photo);
  const now = Date.now();
  if (stored) {
    if (now - stored.used_at > DAY && hasFreeSpace(store))
      prepared(store, "UPDATE cache.thumbnail SET used_at = ? WHERE photo = ?").run(now, photo);
    return stored.jpeg;
  }
  const version = versionOf(store, photo);
  const made = await decode(presentFile(store, photo), null);
  if (store.db.open && versionOf(store, photo) === version && hasFreeSpace(store))
    prepared(store, "INSERT OR REPLACE INTO cache.thumbnail (photo, size, used_at, jpeg) VALUES (?, ?, ?, ?)").run(
      photo,
      made.thumbnail.length,
      now,
      made.thumbnail,
    );
  return made.thumbnail;
}

/** A picture from memory, or made and kept there. */
async function kept(
  store: Store,
  photo: PhotoId,
  size: PictureSize,
  most: number,
  make: () => Promise<Buffer>,
): Promise<Buffer> {
  const pictures = size === "view" ? store.previews : store.crops;
  const key = `${photo} ${versionOf(store, photo)} ${size}`;
  const made = pictures.get(key) ?? (await make());
  if (!store.db.open) return made; // the library was closed meanwhile
  pictures.delete(key);
  pictures.set(key, made); // a Map keeps insertion order, so the first is the least recently used
  for (const oldest of pictures.keys()) {
    if (pictures.size <= most) break;
    pictures.delete(oldest);
  }
  return made;
}

function versionOf(store: Store, photo: PhotoId): string {
  const row = prepared<{ version: string }>(store, "SELECT hex(hash) AS version FROM photo WHERE id = ?").get(photo);
  if (!row) throw new Refusal("no-photo", `There is no photo ${photo}.`);
  return row.version;
}

function presentFile(store: Store, photo: PhotoId): string {
  const path = filePathOf(store, photo);
  if (path === null) throw new Refusal("missing", `The file of photo ${photo} is missing.`);
  return path;
}
