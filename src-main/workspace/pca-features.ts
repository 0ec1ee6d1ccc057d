import { setImmediate } from "node:timers/promises";
import type { PhotoId } from "../../src-shared/contract";
import { principalAxesInWorker } from "../curate/map-in-worker";
import { type PrincipalAxes, projectOntoAxes } from "../math/principal-axes";
import { readArrays, writeArrays } from "../store/array-file";
import type { Store } from "../store/database";
import { featuresOf, photosWithFeatures } from "../store/features";
import { cacheSlot } from "./library-caches";
import type { OpenLibrary } from "./open-library";

/** The features of all photos along their principal axes, without the mean: a fifth of the numbers or less. */
export interface PcaFeatures {
  /** `[n]`, ascending */
  photos: Uint32Array;
  /** `[n, k]`, rows of unit length */
  rows: Float32Array;
  k: number;
  axes: PrincipalAxes;
}

/** The first `done` of the photos, and their rows `[done, k]`. */
export interface PcaFeaturesRead {
  photos: readonly PhotoId[];
  done: number;
  rows: Float32Array;
  k: number;
}

/** Number of axes, or fewer if the features span fewer dimensions. */
const AXES = 64;
/** Photos that the axes are computed from. */
const SAMPLE_ROWS = 4000;
/** Photos and axes of a first impression. */
const ROUGH_ROWS = 1000;
const ROUGH_AXES = 8;
/** Photos read between yields (about 15 ms). */
const PHOTOS_PER_YIELD = 250;
/** Axes are computed again once the library has grown by more than this factor. */
const GROWTH = 2;

interface StoredAxes extends PcaFeatures {
  /** Photos in the library when the axes were computed. */
  among: number;
}

const known = cacheSlot<StoredAxes>("PCA features");
const working = cacheSlot<Promise<PcaFeatures>>("PCA features being computed");

/**
 * PCA features of all photos. Only photos that weren't projected before are read.
 * @param onProgress called while they are read
 */
export function pcaFeatures(
  library: OpenLibrary,
  onProgress: (read: PcaFeaturesRead) => void = () => undefined,
): Promise<PcaFeatures> {
  const { caches } = library;
  return caches.reuse(working, [], () => reduceNewPhotos(library, onProgress).finally(() => caches.delete(working)));
}

async function reduceNewPhotos(
  library: OpenLibrary,
  onProgress: (read: PcaFeaturesRead) => void,
): Promise<PcaFeatures> {
  const {
    store,
    caches,
    pack: { visualId },
  } = library;
  const present = photosWithFeatures(store, visualId);
  const before = caches.get(known) ?? readStored(store, visualId);
  const usable = before && present.length <= GROWTH * before.among ? before : null;
  if (usable && usable.photos.length === present.length && present.every((photo, i) => photo === usable.photos[i])) {
    caches.set(known, usable);
    return usable;
  }
  const axes = usable?.axes ?? (await axesOf(library, present));
  const rows = await rowsOf(library, present, axes, usable, onProgress);
  const after: StoredAxes = {
    axes,
    among: usable?.among ?? present.length,
    photos: Uint32Array.from(present),
    ...rows,
  };
  caches.set(known, after);
  // New photos are projected again at the next start; saving them would rewrite the whole file for each.
  if (!usable)
    writeArrays(
      store,
      "reduced",
      { visualId, among: after.among },
      { photos: after.photos, rows: after.rows, mean: axes.mean, axes: axes.axes },
    );
  return after;
}

function readStored(store: Store, visualId: string): StoredAxes | null {
  const kept = readArrays(store, "reduced", { visualId });
  if (!kept) return null;
  const { photos, rows, mean, axes } = kept.arrays as {
    photos: Uint32Array;
    rows: Float32Array;
    mean: Float32Array;
    axes: Float32Array;
  };
  return {
    among: Number(kept.about.among),
    photos,
    rows,
    axes: { mean, axes },
    k: mean.length === 0 ? 0 : axes.length / mean.length,
  };
}

/**
 * PCA features of an even sample of photos along few axes, within a second.
 * @returns null without photos
 */
export async function roughPcaFeatures(library: OpenLibrary): Promise<Omit<PcaFeatures, "axes"> | null> {
  const { store, pack } = library;
  const sample = evenly(photosWithFeatures(store, pack.visualId), ROUGH_ROWS);
  if (sample.length === 0) return null;
  const { features } = featuresOf(store, pack.visualId, sample);
  const axes = await principalAxesInWorker(features, pack.dimensions, ROUGH_AXES);
  const k = axes.axes.length / pack.dimensions;
  return { photos: Uint32Array.from(sample), rows: projectOntoAxes(features, axes), k };
}

const evenly = (photos: PhotoId[], most: number): PhotoId[] => {
  const n = Math.min(most, photos.length);
  return Array.from({ length: n }, (_, i) => photos[Math.floor((i * photos.length) / n)]!);
};

async function axesOf({ store, pack }: OpenLibrary, present: PhotoId[]): Promise<PrincipalAxes> {
  const sample = evenly(present, SAMPLE_ROWS);
  const features = new Float32Array(sample.length * pack.dimensions);
  for (let from = 0; from < sample.length; from += PHOTOS_PER_YIELD) {
    features.set(
      featuresOf(store, pack.visualId, sample.slice(from, from + PHOTOS_PER_YIELD)).features,
      from * pack.dimensions,
    );
    await setImmediate();
  }
  return principalAxesInWorker(features, pack.dimensions, AXES);
}

async function rowsOf(
  { store, pack }: OpenLibrary,
  present: PhotoId[],
  axes: PrincipalAxes,
  before: StoredAxes | null,
  onProgress: (read: PcaFeaturesRead) => void,
): Promise<{ rows: Float32Array; k: number }> {
  const k = axes.axes.length / pack.dimensions;
  const rows = new Float32Array(present.length * k);
  const rowBefore = new Map(before ? Array.from(before.photos, (photo, row) => [photo, row]) : []);
  for (let from = 0; from < present.length; from += PHOTOS_PER_YIELD) {
    const chunk = present.slice(from, from + PHOTOS_PER_YIELD);
    const unseen: { photo: PhotoId; at: number }[] = [];
    chunk.forEach((photo, i) => {
      const row = rowBefore.get(photo);
      if (before && row !== undefined) rows.set(before.rows.subarray(row * k, (row + 1) * k), (from + i) * k);
      else unseen.push({ photo, at: from + i });
    });
    if (unseen.length > 0) {
      const reduced = projectOntoAxes(
        featuresOf(
          store,
          pack.visualId,
          unseen.map(({ photo }) => photo),
        ).features,
        axes,
      );
      unseen.forEach(({ at }, i) => rows.set(reduced.subarray(i * k, (i + 1) * k), at * k));
      const done = from + chunk.length;
      onProgress({ photos: present, done, rows: rows.subarray(0, done * k), k });
      await setImmediate();
    }
  }
  return { rows, k };
}
