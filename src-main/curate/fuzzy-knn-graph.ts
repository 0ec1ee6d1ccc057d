/** The k nearest neighbours of n points, row-major. A point is not its own neighbour. */
export interface Neighbours {
  /** `[n, k]` nearest first */
  rows: Uint32Array;
  /** `[n, k]` ≥ 0 */
  distances: Float32Array;
  k: number;
}

/** A weighted graph with each edge in both directions. */
export interface FuzzyKnnGraph {
  from: Uint32Array;
  to: Uint32Array;
  /** 0..1, membership strength */
  weights: Float32Array;
}

/** Bisection steps for a point's scale, and the tolerance of its sum. */
const HALVINGS = 64;
const TOLERANCE = 1e-5;
/** Minimum scale, as a fraction of the mean distance. */
const MIN_SCALE = 1e-3;

/**
 * UMAP's fuzzy simplicial set (McInnes, Healy, Melville 2018, section 3.1). Each point measures distances from its
 * nearest neighbour on, on a scale chosen so that its memberships sum to log₂(k + 1). The memberships a and b of the
 * two directions combine to a + b − ab.
 */
export function fuzzyKnnGraph({ rows, distances, k }: Neighbours): FuzzyKnnGraph {
  const n = rows.length / k;
  if (!Number.isInteger(n)) throw new RangeError(`${rows.length} neighbours do not make rows of ${k}`);
  const memberships = membershipsOf(distances, n, k);
  const most = 2 * n * k;
  const from = new Uint32Array(most),
    to = new Uint32Array(most),
    weights = new Float32Array(most);
  let edges = 0;
  const add = (a: number, b: number, weight: number) => {
    from[edges] = a;
    to[edges] = b;
    weights[edges++] = weight;
  };
  for (let i = 0; i < n; i++) {
    for (let at = i * k; at < (i + 1) * k; at++) {
      const j = rows[at];
      const back = placeOf(rows, j * k, k, i);
      const [mine, theirs] = [memberships[at], back < 0 ? 0 : memberships[back]];
      const joined = mine + theirs - mine * theirs;
      if (joined === 0) continue;
      add(i, j, joined);
      if (back < 0) add(j, i, joined); // otherwise j's own turn adds the edge
    }
  }
  return { from: from.slice(0, edges), to: to.slice(0, edges), weights: weights.slice(0, edges) };
}

/** `[n, k]` */
function membershipsOf(distances: Float32Array, n: number, k: number): Float32Array {
  const memberships = new Float32Array(n * k);
  // As in the reference implementation, where a point is counted among its own neighbours.
  const target = Math.log2(k + 1);
  const overall = distances.reduce((sum, distance) => sum + distance, 0) / Math.max(1, n * (k + 1));
  for (let i = 0; i < n; i++) {
    const row = distances.subarray(i * k, (i + 1) * k);
    const nearest = row.find((distance) => distance > 0) ?? 0;
    const mean = row.reduce((sum, distance) => sum + distance, 0) / (k + 1);
    const scale = Math.max(scaleOf(row, nearest, target), MIN_SCALE * (nearest > 0 ? mean : overall));
    for (let j = 0; j < k; j++)
      memberships[i * k + j] = row[j] <= nearest || scale === 0 ? 1 : Math.exp(-(row[j] - nearest) / scale);
  }
  return memberships;
}

/** Finds by bisection the scale at which a point's memberships sum to the target. */
function scaleOf(row: Float32Array, nearest: number, target: number): number {
  let [low, high, scale] = [0, Infinity, 1];
  for (let round = 0; round < HALVINGS; round++) {
    let sum = 0;
    for (const distance of row) sum += distance > nearest ? Math.exp(-(distance - nearest) / scale) : 1;
    if (Math.abs(sum - target) < TOLERANCE) break;
    if (sum > target) {
      high = scale;
      scale = (low + high) / 2;
    } else {
      low = scale;
      scale = high === Infinity ? 2 * scale : (low + high) / 2;
    }
  }
  return scale;
}

function placeOf(rows: Uint32Array, from: number, k: number, wanted: number): number {
  for (let at = from; at < from + k; at++) if (rows[at] === wanted) return at;
  return -1;
}
