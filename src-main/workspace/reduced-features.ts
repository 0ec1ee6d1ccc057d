import { setImmediate } from "node:timers/promises";
import type { PhotoId } from "../../src-shared/contract";
import { axesInWorker } from "../curate/map-in-worker";
import { alongAxes, type PrincipalAxes } from "../math/principal-axes";
import type { Library } from "../store/database";
import { featuresOf, photosWithFeatures } from "../store/features";
import { keepArrays, keptArrays } from "../store/kept-arrays";
import type { Workbench } from "./workbench";

/**
 * The features of all photos along their principal axes: a fifth of the numbers or less, and what most photos have in
 * common taken off.
 */
export interface ReducedFeatures {
  /** `[n]` ascending */
  photos: Uint32Array;
  /** `[n, k]` of unit length */
  rows: Float32Array;
  k: number;
}

/** Axes, where the features span so many. */
const AXES = 64;
/** Features that the axes are found from. */
const SAMPLED = 4000;
/** Photos read between two breaths: some 15 ms. */
const CHUNK = 250;
/** Axes of a library that has grown by more than this are found anew. */
const GROWTH = 2;

interface Kept extends ReducedFeatures {
  visualId: string;
  axes: PrincipalAxes;
  /** Photos that the axes were found among. */ among: number;
}

const known = new WeakMap<Library, Kept>();
const working = new WeakMap<Library, Promise<ReducedFeatures>>();

/**
 * All photos' features along the library's axes; those already reduced are not read again. @param onProgress told the
 * share 0..1
 */
export function reducedFeatures(
  bench: Workbench,
  onProgress: (share: number) => void = () => undefined,
): Promise<ReducedFeatures> {
  const { library } = bench;
  const begun = working.get(library);
  if (begun) return begun;
  const work = bringUpToDate(bench, onProgress).finally(() => working.delete(library));
  working.set(library, work);
  return work;
}

async function bringUpToDate(bench: Workbench, onProgress: (share: number) => void): Promise<ReducedFeatures> {
  const {
    library,
    pack: { visualId },
  } = bench;
  const present = photosWithFeatures(library, visualId);
  const before = known.get(library) ?? readKept(library, visualId);
  const usable = before?.visualId === visualId && present.length <= GROWTH * before.among ? before : null;
  if (usable && usable.photos.length === present.length && present.every((photo, i) => photo === usable.photos[i])) {
    known.set(library, usable);
    return usable;
  }
  const axes = usable?.axes ?? (await axesOf(bench, present));
  const rows = await rowsOf(bench, present, axes, usable, onProgress);
  const after: Kept = {
    visualId,
    axes,
    among: usable?.among ?? present.length,
    photos: Uint32Array.from(present),
    ...rows,
  };
  known.set(library, after);
  // What came later is reduced again at the next start, rather than write the whole file for each new photo.
  if (!usable)
    keepArrays(
      library,
      "reduced",
      { visualId, among: after.among },
      { photos: after.photos, rows: after.rows, mean: axes.mean, axes: axes.axes },
    );
  return after;
}

function readKept(library: Library, visualId: string): Kept | null {
  const kept = keptArrays(library, "reduced", { visualId });
  if (!kept) return null;
  const { photos, rows, mean, axes } = kept.arrays as {
    photos: Uint32Array;
    rows: Float32Array;
    mean: Float32Array;
    axes: Float32Array;
  };
  return {
    visualId,
    among: Number(kept.about.among),
    photos,
    rows,
    axes: { mean, axes },
    k: mean.length === 0 ? 0 : axes.length / mean.length,
  };
}

async function axesOf({ library, pack }: Workbench, present: PhotoId[]): Promise<PrincipalAxes> {
  const sample = Array.from(
    { length: Math.min(SAMPLED, present.length) },
    (_, i) => present[Math.floor((i * present.length) / Math.min(SAMPLED, present.length))],
  );
  const features = new Float32Array(sample.length * pack.dimensions);
  for (let from = 0; from < sample.length; from += CHUNK) {
    features.set(featuresOf(library, pack.visualId, sample.slice(from, from + CHUNK)).features, from * pack.dimensions);
    await setImmediate();
  }
  return axesInWorker(features, pack.dimensions, AXES);
}

async function rowsOf(
  { library, pack }: Workbench,
  present: PhotoId[],
  axes: PrincipalAxes,
  before: Kept | null,
  onProgress: (share: number) => void,
): Promise<{ rows: Float32Array; k: number }> {
  const k = axes.axes.length / pack.dimensions;
  const rows = new Float32Array(present.length * k);
  const rowBefore = new Map(before ? Array.from(before.photos, (photo, row) => [photo, row]) : []);
  for (let from = 0; from < present.length; from += CHUNK) {
    const chunk = present.slice(from, from + CHUNK);
    const unseen: { photo: PhotoId; at: number }[] = [];
    chunk.forEach((photo, i) => {
      const row = rowBefore.get(photo);
      if (before && row !== undefined) rows.set(before.rows.subarray(row * k, (row + 1) * k), (from + i) * k);
      else unseen.push({ photo, at: from + i });
    });
    if (unseen.length > 0) {
      const reduced = alongAxes(
        featuresOf(
          library,
          pack.visualId,
          unseen.map(({ photo }) => photo),
        ).features,
        axes,
      );
      unseen.forEach(({ at }, i) => rows.set(reduced.subarray(i * k, (i + 1) * k), at * k));
      onProgress((from + chunk.length) / present.length);
      await setImmediate();
    }
  }
  return { rows, k };
}
