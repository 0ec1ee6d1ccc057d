import { nearestToEach } from "../math/nearest-to-each";
import { random } from "../math/random";
import { fuzzyKnnGraph } from "./fuzzy-knn-graph";
import { layoutSettings, optimiseLayout } from "./umap";

/**
 * Neighbours of each photo; few show detail, many the whole. UMAP's own choice less the photo itself, which is counted
 * there.
 */
const NEIGHBOURS = 14;
/** Where the layout begins: the two directions of largest variance, this wide. */
const START_WIDTH = 10;
/** Moves photos apart that begin in one place. */
const START_NOISE = 1e-3;
/** Half the width of the finished map. */
const HALF_WIDTH = 1;

/** What part of the whole work is done, 0..1. */
export type OnProgress = (share: number) => void;

/** Finding neighbours takes about so much of the whole. */
const SEARCH_SHARE = 0.6;

/**
 * A map of rows `[n, E]` of unit length, most varying number first: near rows lie near each other.
 * @returns `[n, 2]`, in the square from −1 to 1
 */
export async function computeMap(
  rows: Float32Array,
  n: number,
  onProgress: OnProgress = () => undefined,
): Promise<Float32Array> {
  const E = n === 0 ? 0 : rows.length / n;
  if (!Number.isInteger(E)) throw new RangeError(`${rows.length} numbers are not ${n} rows`);
  const positions = startOf(rows, n, E);
  if (n > 2 && E > 0) {
    const neighbours = await nearestToEach(rows, E, NEIGHBOURS, (done) => onProgress((SEARCH_SHARE * done) / n));
    const settings = layoutSettings(n);
    optimiseLayout(fuzzyKnnGraph(neighbours), positions, settings, (done) =>
      onProgress(SEARCH_SHARE + ((1 - SEARCH_SHARE) * done) / settings.epochs),
    );
  }
  return fitted(positions);
}

/** Principal components keep the large whole in its place, which random beginnings do not (Kobak & Linderman 2021). */
function startOf(rows: Float32Array, n: number, E: number): Float32Array {
  const positions = new Float32Array(2 * n);
  const draw = random(1);
  for (let i = 0; i < n; i++) {
    for (let d = 0; d < 2; d++)
      positions[2 * i + d] = START_WIDTH * (d < E ? rows[i * E + d] : 0) + START_NOISE * (draw() - 0.5);
  }
  return positions;
}

/** Moved to the middle and brought to the square from −1 to 1; what is wide stays wide. */
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

/** Neighbours whose mean place a new photo takes. */
const NEIGHBOURS_FOR_NEW = 5;

/**
 * Where photos that came after the map belong on it: at the mean place of their nearest neighbours.
 * @param nearest the rows of the map nearest to a vector
 * @param added `[m, E]` @param places `[n, 2]`
 * @returns `[m, 2]`
 */
export function positionByNeighbours(
  nearest: (row: Float32Array, k: number) => number[],
  added: Float32Array,
  E: number,
  positions: Float32Array,
): Float32Array {
  const m = added.length / E;
  if (!Number.isInteger(m)) throw new RangeError(`${added.length} numbers are not rows of ${E}`);
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
