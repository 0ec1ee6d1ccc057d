import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { PhotoId } from "../../src-shared/contract";
import { isSystemError } from "../base/system-error";
import { marksIn, xmpDescriptions } from "../images/xmp";
import type { FileMarks } from "../images/xmp-marks";
import { prepared, type Store } from "../store/database";
import { type SeenSidecar, seenSidecars, takeSidecar } from "../store/mark-conflicts";
import { filesInScope } from "./scan-scope";
import { sidecarsOf } from "./sidecars";
import type { ScanScope } from "./watch";

/** What was read from sidecars. */
export interface ReadSidecars {
  /** Photos whose flag, rating or colour label, or conflicts about them, changed. */
  changed: PhotoId[];
  /** Sidecars that aren't XMP, relative to the root, with the reason. What they said before still counts. */
  unreadable: { path: string; reason: string }[];
}

/** Sidecars hold keywords and settings; many brush strokes take a few MB. */
const MAX_SIDECAR_BYTES = 16 * 2 ** 20;
/** Files asked for at a time. */
const AT_ONCE = 32;

/**
 * Reads flags, ratings and colour labels from the XMP sidecars beside photos, if they changed since they were last read
 * or written. Of several sidecars of a photo, the one that was modified last counts.
 * @param scope limits it to these folders; without it, the whole library
 */
export async function readSidecars(
  store: Store,
  { signal, scope }: { signal?: AbortSignal; scope?: ScanScope } = {},
): Promise<ReadSidecars> {
  const result: ReadSidecars = { changed: [], unreadable: [] };
  const latest = new Map<PhotoId, Omit<SeenSidecar, "marks">>();
  const beside = await sidecarsOf(store.folder, photoFiles(store, scope));
  for (let from = 0; from < beside.length; from += AT_ONCE) {
    signal?.throwIfAborted();
    await Promise.all(
      beside.slice(from, from + AT_ONCE).map(async (sidecar) => {
        if (!("photo" in sidecar) || scope?.growing.has(sidecar.path)) return;
        const about = await absentAsNull(stat(join(store.folder, sidecar.path)));
        if (!about) return;
        const other = latest.get(sidecar.photo);
        if (other && other.mtimeMs >= about.mtimeMs) return;
        latest.set(sidecar.photo, { path: sidecar.path, size: about.size, mtimeMs: about.mtimeMs });
      }),
    );
  }
  const seen = seenSidecars(store);
  for (const [photo, sidecar] of latest) {
    signal?.throwIfAborted();
    const before = seen.get(photo);
    if (before?.path === sidecar.path && before.size === sidecar.size && before.mtimeMs === sidecar.mtimeMs) continue;
    // Another one was newer and is gone, or the photo moved together with its sidecar: neither sets a mark.
    if (before && before.path !== sidecar.path && before.mtimeMs >= sidecar.mtimeMs) continue;
    const marks = await marksOfSidecar(join(store.folder, sidecar.path), sidecar.size);
    if (marks === null) continue; // it was deleted meanwhile
    if (typeof marks === "string") result.unreadable.push({ path: sidecar.path, reason: marks });
    else if (takeSidecar(store, photo, { ...sidecar, marks })) result.changed.push(photo);
  }
  return result;
}

/** The marks in a sidecar; null if there is no such file; as text, why it can't be read. */
async function marksOfSidecar(file: string, size: number): Promise<FileMarks | string | null> {
  if (size > MAX_SIDECAR_BYTES) return `it has ${size} bytes, and sidecars can have up to ${MAX_SIDECAR_BYTES}`;
  try {
    const bytes = await absentAsNull(readFile(file));
    if (bytes === null) return null;
    return marksIn(xmpDescriptions(decoded(bytes).replace(/\0+$/, "").trim()));
  } catch (error) {
    return error instanceof Error ? error.message.split("\n", 1)[0]! : String(error);
  }
}

/** XMP is UTF-8, or UTF-16 with a byte order mark. */
function decoded(bytes: Buffer): string {
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe ? "utf-16le" : first === 0xfe && second === 0xff ? "utf-16be" : "utf-8";
  return new TextDecoder(encoding, { fatal: true }).decode(bytes);
}

async function absentAsNull<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (isSystemError(error) && error.code === "ENOENT") return null;
    throw error;
  }
}

/** The present files of photos in the scope. */
function photoFiles(store: Store, scope: ScanScope | undefined): { path: string; photo: PhotoId }[] {
  const rows = scope
    ? filesInScope(store, scope)
    : prepared<{ path: string; photo: PhotoId | null; missing: number }>(
        store,
        "SELECT path, photo, missing FROM file WHERE missing = 0",
      ).all();
  return rows.flatMap(({ path, photo, missing }) => (photo !== null && missing === 0 ? [{ path, photo }] : []));
}
