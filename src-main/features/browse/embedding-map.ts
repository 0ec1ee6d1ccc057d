import { setImmediate } from "node:timers/promises";
import type { EmbeddingMap, LabelId, PhotoId } from "../../../src-shared/contract";
import { formatCount } from "../../../src-shared/format-count";
import type { JobHandle } from "../../base/jobs";
import { firstMap, positionByNeighbours } from "../../curate/map";
import { mapInWorker } from "../../curate/map-in-worker";
import { placeMapLabels } from "../../curate/map-labels";
import { disagreement } from "../../devise/semantic-embedding";
import { labelVectors } from "../../labeller/label-space";
import { highest } from "../../math/highest";
import { createRowMatrix } from "../../math/row-products";
import { readArrays, writeArrays } from "../../store/array-file";
import { effectiveLabels } from "../../store/effective-labels";
import { classesBetween, countFeatures, photosWithFeatures } from "../../store/features";
import { cacheSlot } from "../../workspace/library-caches";
import type { OpenLibrary } from "../../workspace/open-library";
import { pcaFeatures, roughPcaFeatures } from "../../workspace/pca-features";

/** The positions of photos on the map. */
interface MapLayout {
  madeAt: string;
  /** The map was built from the first `made` photos; the others were positioned later, by their neighbours. */
  made: number;
  photos: Uint32Array;
  /** `[n, 2]` */
  positions: Float32Array;
}

/** Reading the features takes this share of the time. */
const READING = 0.2;
/** While photos are read, the map is shown anew whenever it has grown by this factor. */
const SHOWN_GROWTH = 1.5;
/** Photo ids processed between yields (about 10 ms). */
const PHOTOS_PER_YIELD = 1000;
/** The most words that the map shows. A word needs at least this many photos, and at least this share of all photos. */
const WORDS = 300;
const MIN_PHOTOS = 3;
const MIN_SHARE = 1 / 2000;

const mapLayout = cacheSlot<MapLayout>("embedding map");
/** The first map while it is being built; `madeAt` is empty. */
const provisional = cacheSlot<MapLayout>("embedding map being built");
/** Valid for a semantic index, since embeddings only change with the model. */
const knownDisagreements = cacheSlot<Map<PhotoId, number>>("disagreements of classifier and projection");

/**
 * Builds the map from all photos with features and saves it beside the cache. Without an earlier map, `embeddingMap`
 * answers with provisional ones meanwhile: first a sample along two principal axes, then all photos that have been
 * read, then positions that are being refined. Progress is in photos.
 */
export async function makeEmbeddingMap(library: OpenLibrary, job: JobHandle): Promise<string> {
  const { caches } = library;
  const isFirst = (caches.get(mapLayout) ?? readLayout(library)) === null;
  const show = (photos: Uint32Array, positions: Float32Array) => {
    if (isFirst) caches.set(provisional, { madeAt: "", made: photos.length, photos, positions });
  };
  try {
    const rough = isFirst ? await roughPcaFeatures(library) : null;
    if (rough) show(rough.photos, firstMap(rough.rows, rough.photos.length));
    job.progress(0, countFeatures(library.store, library.pack.visualId));
    let shown = 0;
    const { photos, rows } = await pcaFeatures(library, (read) => {
      job.progress(Math.round(READING * read.done), read.photos.length);
      if (read.done < SHOWN_GROWTH * shown || read.done < (rough?.photos.length ?? 0)) return;
      shown = read.done;
      show(Uint32Array.from(read.photos.slice(0, read.done)), firstMap(read.rows, read.done));
    });
    await job.yield();
    if (shown < photos.length) show(photos, firstMap(rows, photos.length));
    const positions = await mapInWorker(rows, photos.length, {
      signal: job.signal,
      onProgress(share, soFar) {
        if (soFar) show(photos, soFar);
        job.progress(Math.floor((READING + (1 - READING) * share) * photos.length), photos.length);
      },
    });
    storeLayout(library, { madeAt: new Date().toISOString(), made: photos.length, photos, positions });
    job.progress(photos.length, photos.length);
    return formatCount(photos.length, "photo");
  } finally {
    caches.delete(provisional);
  }
}

/** The map with its colours and words; null if it hasn't been built. */
export async function embeddingMap(library: OpenLibrary): Promise<EmbeddingMap | null> {
  const building = library.caches.get(provisional);
  const layout = building ?? (await currentLayout(library));
  if (!layout) return null;
  const present = new Set(photosWithFeatures(library.store, library.pack.visualId));
  const shown = Array.from(layout.photos, (photo, row) => ({ photo, row })).filter(({ photo }) => present.has(photo));
  const positions = Float32Array.from(
    shown.flatMap(({ row }) => [layout.positions[2 * row], layout.positions[2 * row + 1]]),
  );
  const photos = shown.map(({ photo }) => photo);
  const { best, confidence, labels, words } = await labelsOnMap(library, photos, positions);
  const apart = await disagreements(library, photos);
  return {
    photos,
    best,
    confidence,
    labels,
    words,
    x: photos.map((_, i) => rounded(positions[2 * i]!, 4)),
    y: photos.map((_, i) => rounded(positions[2 * i + 1]!, 4)),
    disagreement: photos.map((photo) => rounded(apart.get(photo) ?? -1, 2)),
    placed: shown.filter(({ row }) => row >= layout.made).length,
    madeAt: layout.madeAt,
    isProvisional: building !== undefined,
  };
}

/** Rounding keeps the message to the window small; more digits would make no visible difference. */
const rounded = (value: number, digits: number): number => Math.round(value * 10 ** digits) / 10 ** digits;

/** The saved map, with newer photos positioned by their neighbours. */
async function currentLayout(library: OpenLibrary): Promise<MapLayout | null> {
  const {
    store,
    caches,
    pack: { visualId },
  } = library;
  const kept = caches.get(mapLayout) ?? readLayout(library);
  if (!kept) return null;
  const onMap = new Set(kept.photos);
  if (photosWithFeatures(store, visualId).every((photo) => onMap.has(photo))) {
    caches.set(mapLayout, kept);
    return kept;
  }
  const { photos, rows, k } = await pcaFeatures(library);
  const rowOf = new Map(Array.from(photos, (photo, row) => [photo, row]));
  const matrix = createRowMatrix(k);
  const layoutRow: number[] = [];
  kept.photos.forEach((photo, row) => {
    const from = rowOf.get(photo);
    if (from !== undefined) matrix.set(layoutRow.push(row) - 1, rows, from * k);
  });
  if (layoutRow.length === 0) return null; // none of the photos that it was built from is left
  const added = Array.from(photos).filter((photo) => !onMap.has(photo));
  const nearest = (row: Float32Array, count: number) =>
    highest(matrix.products(row, layoutRow.length), count).map((i) => layoutRow[i]!);
  const placed = new Float32Array(2 * added.length);
  for (const [i, photo] of added.entries()) {
    const row = rowOf.get(photo)!;
    placed.set(positionByNeighbours(nearest, rows.subarray(row * k, (row + 1) * k), k, kept.positions), 2 * i);
    if (i % 10 === 9) await setImmediate();
  }
  const layout = {
    ...kept,
    photos: Uint32Array.from([...kept.photos, ...added]),
    positions: Float32Array.from([...kept.positions, ...placed]),
  };
  storeLayout(library, layout);
  return layout;
}

function storeLayout({ store, pack, caches }: OpenLibrary, layout: MapLayout): void {
  const { madeAt, made, photos, positions } = layout;
  writeArrays(store, "map", { visualId: pack.visualId, madeAt, made }, { photos, positions });
  caches.set(mapLayout, layout);
}

function readLayout({ store, pack }: OpenLibrary): MapLayout | null {
  const kept = readArrays(store, "map", { visualId: pack.visualId });
  if (!kept) return null;
  const { photos, positions } = kept.arrays as { photos: Uint32Array; positions: Float32Array };
  return { madeAt: String(kept.about.madeAt), made: Number(kept.about.made), photos, positions };
}

/** Each photo's best label and its confidence, and the words at the positions of their photos. */
async function labelsOnMap(
  { store, lexicon }: OpenLibrary,
  photos: PhotoId[],
  positions: Float32Array,
): Promise<Pick<EmbeddingMap, "best" | "confidence" | "labels" | "words">> {
  const indexOf = new Map(photos.map((photo, i) => [photo, i]));
  const best: (LabelId | null)[] = new Array<null>(photos.length).fill(null);
  const confidence = new Array<number>(photos.length).fill(0);
  const carriers = new Map<LabelId, number[]>();
  for (const [from, to] of ranges(photos)) {
    for (const [photo, carried] of effectiveLabels(store, from, to)) {
      const i = indexOf.get(photo);
      const [first] = carried;
      if (i === undefined || !first) continue;
      best[i] = first.label;
      confidence[i] = rounded(first.score, 2);
      for (const { label } of carried) {
        const rows = carriers.get(label);
        if (rows) rows.push(i);
        else carriers.set(label, [i]);
      }
    }
    await setImmediate();
  }
  const counts = new Map<LabelId, number>();
  for (const label of best) if (label !== null) counts.set(label, (counts.get(label) ?? 0) + 1);
  const frequent = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const number = new Map(frequent.map(([label], i) => [label, i]));
  const carried = [...carriers.keys()];
  const words = placeMapLabels(
    positions,
    [...carriers.values()],
    Math.max(MIN_PHOTOS, MIN_SHARE * photos.length),
    WORDS,
  );
  return {
    best: best.map((label) => (label === null ? -1 : number.get(label)!)),
    confidence,
    labels: frequent.map(([label, n]) => ({ label, ...lexicon.named(label), photos: n })),
    words: words.map(({ label: at, x, y, photos: n }) => {
      const label = carried[at]!;
      return { label, ...lexicon.named(label), x: rounded(x, 4), y: rounded(y, 4), photos: n };
    }),
  };
}

/** How far classifier and projection disagree, for the photos that have a semantic embedding. */
async function disagreements(
  { store, lexicon, pack, semanticIndex, classLabels, caches }: OpenLibrary,
  photos: PhotoId[],
): Promise<Map<PhotoId, number>> {
  const apart = caches.reuse(knownDisagreements, [semanticIndex], () => new Map());
  const missing = photos.filter((photo) => !apart.has(photo) && semanticIndex.has(photo)).sort((a, b) => a - b);
  if (missing.length === 0) return apart;
  const wanted = new Set(missing);
  const classVectors = labelVectors(classLabels, lexicon.vectorOf, lexicon.vocabulary.dimensions);
  for (const [from, to] of ranges(missing)) {
    for (const { photo, classes, probabilities } of classesBetween(store, pack.visualId, from, to)) {
      const place = wanted.has(photo) ? semanticIndex.of(photo) : null;
      const value = place && disagreement(place, classes, probabilities, classVectors);
      if (value !== null) apart.set(photo, value);
    }
    await setImmediate();
  }
  return apart;
}

/** Splits photos, ascending, into pages and returns the first and last id of each. */
function ranges(photos: PhotoId[]): [PhotoId, PhotoId][] {
  const ascending = photos.toSorted((a, b) => a - b);
  return Array.from({ length: Math.ceil(ascending.length / PHOTOS_PER_YIELD) }, (_, i) => [
    ascending[i * PHOTOS_PER_YIELD]!,
    ascending[Math.min(ascending.length, (i + 1) * PHOTOS_PER_YIELD) - 1]!,
  ]);
}
