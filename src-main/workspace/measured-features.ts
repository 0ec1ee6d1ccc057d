import { setImmediate } from "node:timers/promises";
import type { PhotoId } from "../../src-shared/contract";
import { likenessRows } from "../devise/feature-space";
import { featuresOf } from "../store/features";
import type { Workbench } from "./workbench";

/** Photos read between two breaths. */
const CHUNK = 100;

/**
 * Features as labels are learned from them, see `likenessRows`: `[n, D]` in the order of `photos`, without the photos
 * that were not looked at.
 */
export async function measuredFeatures(
  { library, pack, space }: Workbench,
  photos: Iterable<PhotoId>,
): Promise<{ photos: PhotoId[]; rows: Float32Array }> {
  const D = pack.dimensions;
  const wanted = [...new Set(photos)].sort((a, b) => a - b);
  const found: PhotoId[] = [];
  const rows = new Float32Array(wanted.length * D);
  for (let from = 0; from < wanted.length; from += CHUNK) {
    const seen = featuresOf(library, pack.visualId, wanted.slice(from, from + CHUNK));
    rows.set(likenessRows(space, seen.features), found.length * D);
    found.push(...seen.photos);
    await setImmediate();
  }
  return { photos: found, rows: rows.subarray(0, found.length * D) };
}
