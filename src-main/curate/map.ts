import { nearestToEach } from "../math/nearest-to-each";
import { random } from "../math/random";
import { fuzzyKnnGraph } from "./fuzzy-knn-graph";
import { layoutSettings, optimiseLayout } from "./umap";

/**
 * Neighbours per photo: few show detail, many show the overall structure. UMAP's default of 15 includes the photo
 * itself.
 */
const NEIGHBOURS = 14;
/** Width of the initial layout, along the two directions of largest variance. */
const START_WIDTH = 10;
/** Noise that separates photos with the same initial position. */
const START_NOISE = 1e-3;
/** Half the width of the finished map. */
const HALF_WIDTH = 1;

/** Called with the fraction of the work done, 0..1, and what returns the positions so far, as `computeMap` does. */
export type OnProgress = (share: number, positions: () => Float32Array) => void;

/** Approximate fraction of the time that the neighbour search takes. */
const SEARCH_SHARE = 0.6;

/**
 * Computes the embedding map of rows `[n, E]` of unit length, with columns in descending order of variance (UMAP).
 * @returns `[n, 2]` positions in the square from −1 to 1
 */
export async function computeMap(
  rows: Float32Array,
  n: number,
  onProgress: OnProgress = () => undefined,
): Promise<Float32Array> {
  const E = n === 0 ? 0 : rows.length / n;
  if (!Number.isInteger(E)) throw new RangeError(`${rows.length} numbers do not make ${n} rows`);
  const positions = startOf(rows, n, E);
  if (n > 2 && E > 0) {
    const soFar = () => fitted(positions);
    const neighbours = await nearestToEach(rows, E, NEIGHBOURS, (done) => onProgress((SEARCH_SHARE * done) / n, soFar));
    const settings = layoutSettings(n);
    optimiseLayout(fuzzyKnnGraph(neighbours), positions, settings, (done) =>
      onProgress(SEARCH_SHARE + ((1 - SEARCH_SHARE) * done) / settings.epochs, soFar),
    );
  }
  return fitted(positions);
}

/**
 * A map along the first two columns of rows `[n, E]`, where `computeMap` starts from.
 * @returns `[n, 2]` positions in the square from −1 to 1
 */
export function firstMap(rows: Float32Array, n: number): Float32Array {
  return fitted(startOf(rows, n, n === 0 ? 0 : rows.length / n));
}

/**
 * Starting from principal components preserves the global structure, which random positions do not (Kobak & Linderman
 * 2021).
 */
function startOf(rows: Float32Array, n: number, E: number): Float32Array {
  const positions = new Float32Array(2 * n);
  const draw = random(1);
  for (let i = 0; i < n; i++) {
    for (let d = 0; d < 2; d++)
      positions[2 * i + d] = START_WIDTH * (d < E ? rows[i * E + d] : 0) + START_NOISE * (draw() - 0.5);
  }
  return positions;
}

/** Centres the map and scales it to the square from −1 to 1, keeping its aspect ratio. */
function fitted(positions: Float32Array): Float32Array {
  const low = [Infinity, Infinity],
    high = [-Infinity, -Infinity];
  for (let i = 0; i < positions.length; i++) {
    low[i % 2] = Math.min(low[i % 2], positions[i]);
    high[i % 2] = Math.max(high[i % 2], positions[i]);
  }
  const half = Math.max(high[0] - low[0], high[1] - low[1]) / 2;
  return positions.map((value, i) => (half > 0 ? (HALF_WIDTH * (value - (low[i % 2] + high[i % 2]) / 2)) / half : 0));
}

/** Neighbours averaged to place a new photo. */
const NEIGHBOURS_FOR_NEW = 5;

/**
 * Places photos that were added after the map was computed, each at the mean position of its nearest neighbours.
 * @param nearest finds the rows of the map that are nearest to a vector
 * @param added `[m, E]` @param positions `[n, 2]` @returns `[m, 2]`
 */
export function positionByNeighbours(
  nearest: (row: Float32Array, k: number) => number[],
  added: Float32Array,
  E: number,
  positions: Float32Array,
): Float32Array {
  const m = added.length / E;
  if (!Number.isInteger(m)) throw new RangeError(`${added.length} numbers do not make rows of ${E}`);
  const out = new Float32Array(2 * m);
  for (let i = 0; i < m; i++) {
    const near = nearest(added.subarray(i * E, (i + 1) * E), NEIGHBOURS_FOR_NEW);
    for (const row of near) {
      out[2 * i] += positions[2 * row] / near.length;
      out[2 * i + 1] += positions[2 * row + 1] / near.length;
    }
  }
  return out;
}
