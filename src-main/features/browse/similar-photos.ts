import type { PhotoId } from "../../../src-shared/contract";
import { Refusal } from "../../../src-shared/refusal";
import { highest } from "../../math/highest";
import { dot, unitRows } from "../../math/vectors";
import { featuresOf, photosWithFeatures } from "../../store/features";
import { candidateCount, nearestReduced } from "../../workspace/nearest-photos";
import type { OpenLibrary } from "../../workspace/open-library";
import { type PcaFeatures, pcaFeatures } from "../../workspace/pca-features";
import { rocchioQuery } from "../../workspace/rocchio-query";

/**
 * Photos similar to `like` and unlike `unlike`, most similar first, without those photos themselves. An exact search
 * over PCA features finds candidates; all features rank them.
 * @returns photos with their cosine to the query, 0..1
 * @throws Refusal `no-photo` if none of the liked photos has been analysed
 */
export async function similarPhotos(
  library: OpenLibrary,
  like: PhotoId[],
  unlike: PhotoId[],
  limit: number,
): Promise<{ photos: PhotoId[]; scores: number[] }> {
  const {
    store,
    pack: { visualId, dimensions: D },
  } = library;
  const [liked, unliked] = [featuresOf(store, visualId, like), featuresOf(store, visualId, unlike)];
  if (liked.photos.length === 0)
    throw new Refusal("no-photo", `Photo ${like[0] ?? "(none)"} hasn’t been analysed yet.`);
  const shown = new Set([...like, ...unlike]);
  const enough = candidateCount(limit) + shown.size;
  const all = photosWithFeatures(store, visualId);
  const near = (
    all.length <= enough ? all : candidates(library, await pcaFeatures(library), liked.photos, unliked.photos, enough)
  ).filter((photo) => !shown.has(photo));
  const query = rocchioQuery(liked.features, unliked.features, D);
  const found = featuresOf(store, visualId, near);
  const rows = unitRows(found.features, D);
  const scores = Float32Array.from(found.photos, (_, i) => Math.max(0, dot(rows, i * D, query, 0, D)));
  const best = highest(scores, limit);
  return { photos: best.map((i) => found.photos[i]!), scores: best.map((i) => scores[i]!) };
}

function candidates(
  library: OpenLibrary,
  reduced: PcaFeatures,
  like: Uint32Array,
  unlike: Uint32Array,
  limit: number,
): PhotoId[] {
  const { photos, k } = reduced;
  const rowOf = new Map(Array.from(photos, (photo, row) => [photo, row]));
  const rowsOf = (some: Uint32Array) => {
    const rows = Array.from(some).flatMap((photo) => rowOf.get(photo) ?? []); // the photo may have been deleted meanwhile
    return Float32Array.from(rows.flatMap((row) => [...reduced.rows.subarray(row * k, (row + 1) * k)]));
  };
  const liked = rowsOf(like);
  if (liked.length === 0) return Array.from(photos.subarray(0, limit));
  return nearestReduced(library, reduced, rocchioQuery(liked, rowsOf(unlike), k), limit);
}
