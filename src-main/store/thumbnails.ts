import type { PhotoId } from "../../src-shared/contract";
import { Refusal } from "../../src-shared/refusal";
import { decode, render } from "../images/decode-client";
import { inTransaction, prepared, type Store } from "./database";
import { hasFreeSpace } from "./free-space";
import { filePathOf } from "./photos";

/** Long side of a preview, in pixels. */
export const PREVIEW_PIXELS = 2048;
/** Long side at full size, in pixels: the most that JPEG allows. */
const MAX_SIDE_PIXELS = 65_535;
/** Previews kept in memory, so that going back and forth between two photos is instant. */
const VIEWS_KEPT = 12;
/** The time a thumbnail was last used is written once a day at most: every view would be too often. */
const DAY = 24 * 3600 * 1000;

/**
 * A photo as an upright sRGB JPEG. A thumbnail that is no longer stored is made again.
 * @throws Refusal `no-photo` for an unknown id, `missing` if its file is missing, and those of `decode`
 */
export async function picture(store: Store, photo: PhotoId, size: "thumbnail" | "view" | "full"): Promise<Buffer> {
  if (size === "full") return render(presentFile(store, photo), MAX_SIDE_PIXELS);
  return size === "thumbnail" ? thumbnail(store, photo) : view(store, photo);
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

async function view(store: Store, photo: PhotoId): Promise<Buffer> {
  const kept = store.previews;
  const key = `${photo} ${versionOf(store, photo)}`;
  const made = kept.get(key) ?? (await render(presentFile(store, photo), PREVIEW_PIXELS));
  if (!store.db.open) return made; // the library was closed meanwhile
  kept.delete(key);
  kept.set(key, made); // a Map keeps insertion order, so the first is the least recently used
  for (const oldest of kept.keys()) {
    if (kept.size <= VIEWS_KEPT) break;
    kept.delete(oldest);
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
