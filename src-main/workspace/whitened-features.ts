import { setImmediate } from "node:timers/promises";
import type { PhotoId } from "../../src-shared/contract";
import { whitenedFeatures } from "../devise/feature-space";
import { featuresOf } from "../store/features";
import type { OpenLibrary } from "./open-library";

/** Photos read between yields. */
const PHOTOS_PER_YIELD = 100;

/**
 * Whitened features `[n, D]` in the order of `photos`, without the photos that have no features. See
 * `whitenedFeatures`.
 */
export async function readWhitenedFeatures(
  { store, pack, space }: OpenLibrary,
  photos: Iterable<PhotoId>,
): Promise<{ photos: PhotoId[]; rows: Float32Array }> {
  const D = pack.dimensions;
  const wanted = [...new Set(photos)].sort((a, b) => a - b);
  const found: PhotoId[] = [];
  const rows = new Float32Array(wanted.length * D);
  for (let from = 0; from < wanted.length; from += PHOTOS_PER_YIELD) {
    const seen = featuresOf(store, pack.visualId, wanted.slice(from, from + PHOTOS_PER_YIELD));
    rows.set(whitenedFeatures(space, seen.features), found.length * D);
    found.push(...seen.photos);
    await setImmediate();
  }
  return { photos: found, rows: rows.subarray(0, found.length * D) };
}
