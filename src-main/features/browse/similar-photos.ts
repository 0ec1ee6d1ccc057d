import type { PhotoId } from "../../../src-shared/contract";
import { Refusal } from "../../../src-shared/refusal";
import { highest } from "../../math/highest";
import { createRowMatrix, type RowMatrix } from "../../math/row-products";
import { projectOntoAxes } from "../../math/principal-axes";
import { dot, unitRows } from "../../math/vectors";
import { featuresOf, photosWithFeatures } from "../../store/features";
import { cacheSlot } from "../../workspace/library-caches";
import type { OpenLibrary } from "../../workspace/open-library";
import { type PcaFeatures, pcaFeatures } from "../../workspace/pca-features";
import { rocchioQuery } from "./rocchio-query";

/**
 * Candidates per requested photo. PCA features order neighbours only roughly, so candidates are ranked again by all
 * features.
 */
const CANDIDATES_PER_RESULT = 4;
const MIN_CANDIDATES = 1000;

const rowMatrix = cacheSlot<RowMatrix>("PCA features as a matrix");

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
  const enough = Math.max(MIN_CANDIDATES, CANDIDATES_PER_RESULT * limit) + shown.size;
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

/**
 * The photos whose features are closest to a vector, most similar first.
 * @param query `[D]`, unit length
 */
export async function nearestPhotos(library: OpenLibrary, query: Float32Array, limit: number): Promise<PhotoId[]> {
  const { store, pack } = library;
  const D = pack.dimensions;
  const enough = Math.max(MIN_CANDIDATES, CANDIDATES_PER_RESULT * limit);
  let near = photosWithFeatures(store, pack.visualId);
  if (near.length > enough) {
    const reduced = await pcaFeatures(library);
    near = nearestReduced(library, reduced, projectOntoAxes(query, reduced.axes), enough);
  }
  const found = featuresOf(store, pack.visualId, near);
  const rows = unitRows(found.features, D);
  const scores = Float32Array.from(found.photos, (_, i) => dot(rows, i * D, query, 0, D));
  return highest(scores, limit).map((i) => found.photos[i]!);
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

/** @param query `[k]`, unit length */
function nearestReduced({ caches }: OpenLibrary, reduced: PcaFeatures, query: Float32Array, limit: number): PhotoId[] {
  const matrix = caches.reuse(rowMatrix, [reduced], () => matrixOf(reduced));
  return highest(matrix.products(query, reduced.photos.length), limit).map((row) => reduced.photos[row]!);
}

function matrixOf({ photos, rows, k }: PcaFeatures): RowMatrix {
  const matrix = createRowMatrix(k);
  for (let row = 0; row < photos.length; row++) matrix.set(row, rows, row * k);
  return matrix;
}
