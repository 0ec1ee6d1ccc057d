import type { PhotoId } from "../../src-shared/contract";
import { highest } from "../math/highest";
import { projectOntoAxes } from "../math/principal-axes";
import { createRowMatrix, type RowMatrix } from "../math/row-products";
import { dot, unitRows } from "../math/vectors";
import { featuresOf, photosWithFeatures } from "../store/features";
import { cacheSlot } from "./library-caches";
import type { OpenLibrary } from "./open-library";
import { type PcaFeatures, pcaFeatures } from "./pca-features";

/**
 * Candidates per requested photo. PCA features order neighbours only roughly, so candidates are ranked again by all
 * features.
 */
const CANDIDATES_PER_RESULT = 4;
const MIN_CANDIDATES = 1000;

/** How many photos the PCA features must find so that the most similar ones are among them. */
export const candidateCount = (limit: number): number => Math.max(MIN_CANDIDATES, CANDIDATES_PER_RESULT * limit);

const rowMatrix = cacheSlot<RowMatrix>("PCA features as a matrix");

/**
 * The photos whose features are closest to a vector, most similar first.
 * @param query `[D]`, unit length
 */
export async function nearestPhotos(library: OpenLibrary, query: Float32Array, limit: number): Promise<PhotoId[]> {
  const { store, pack } = library;
  const D = pack.dimensions;
  const enough = candidateCount(limit);
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

/** The photos whose PCA features are closest to a vector, most similar first. @param query `[k]`, unit length */
export function nearestReduced(
  { caches }: OpenLibrary,
  reduced: PcaFeatures,
  query: Float32Array,
  limit: number,
): PhotoId[] {
  const matrix = caches.reuse(rowMatrix, [reduced], () => matrixOf(reduced));
  return highest(matrix.products(query, reduced.photos.length), limit).map((row) => reduced.photos[row]!);
}

function matrixOf({ photos, rows, k }: PcaFeatures): RowMatrix {
  const matrix = createRowMatrix(k);
  for (let row = 0; row < photos.length; row++) matrix.set(row, rows, row * k);
  return matrix;
}
