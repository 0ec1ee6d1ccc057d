import { setImmediate } from "node:timers/promises";
import { highest } from "./highest";
import { createRowMatrix } from "./row-products";
import { dot } from "./vectors";

/** Finds the rows of a matrix with the largest inner product with a query. */
export interface Nearest {
  kind: "hnsw" | "exact";
  /** Row numbers in descending order of inner product. @param query `[E]` */
  rows(query: Float32Array, k: number): number[];
}

/**
 * HNSW parameters (Malkov & Yashunin 2018): links per row (M), and candidate list sizes for building (efConstruction)
 * and searching (ef).
 */
const LINKS = 16;
const BUILD_CANDIDATES = 200;
const SEARCH_CANDIDATES = 128;

/** Points added between yields (about 20 ms). */
const POINTS_PER_YIELD = 50;

/** Below this many rows an exact product is no slower than the graph, and misses nothing. */
export const EXACT_BELOW = 10_000;

/**
 * Indexes rows `[n, E]` for maximum inner product search: HNSW if there are at least `exactBelow` rows and hnswlib-node
 * is installed, otherwise an exact product.
 *
 * HNSW needs a metric, so each row gets an extra coordinate that makes all rows equally long. The nearest point is then
 * the one with the largest inner product (Bachrach et al. 2014).
 */
export async function indexRows(rows: Float32Array, E: number, exactBelow = EXACT_BELOW): Promise<Nearest> {
  const n = rows.length / E;
  if (!Number.isInteger(n)) throw new RangeError(`${rows.length} numbers do not make rows of ${E}`);
  const hnswlib = n < exactBelow ? null : await loadHnsw();
  if (!hnswlib) return compareAll(rows, E);
  const squares = Float64Array.from({ length: n }, (_, i) => dot(rows, i * E, rows, i * E, E));
  const longest = squares.reduce((a, b) => Math.max(a, b), 0);
  const graph = new hnswlib.HierarchicalNSW("l2", E + 1);
  graph.initIndex(n, LINKS, BUILD_CANDIDATES);
  for (let i = 0; i < n; i++) {
    graph.addPoint([...rows.subarray(i * E, (i + 1) * E), Math.sqrt(Math.max(0, longest - squares[i]))], i);
    if (i % POINTS_PER_YIELD === POINTS_PER_YIELD - 1) await setImmediate();
  }
  graph.setEf(SEARCH_CANDIDATES);
  return { kind: "hnsw", rows: (query, k) => graph.searchKnn([...query, 0], Math.min(k, n)).neighbors };
}

/** Whether HNSW is available, and if not, why. */
export async function hnswState(): Promise<{ available: boolean; why: string }> {
  await loadHnsw();
  return missing === null ? { available: true, why: "hnswlib-node is installed" } : { available: false, why: missing };
}

let missing: string | null = null;

async function loadHnsw(): Promise<typeof import("hnswlib-node") | null> {
  try {
    const loaded = await import("hnswlib-node");
    return "default" in loaded ? (loaded.default as typeof import("hnswlib-node")) : loaded;
  } catch (error) {
    missing = `hnswlib-node does not load (${(error as Error).message.split("\n")[0]}); using exact search`;
    return null;
  }
}

/** Exact search: compares the query with all rows of `[n, E]`. */
export function compareAll(rows: Float32Array, E: number): Nearest {
  const n = rows.length / E;
  const matrix = createRowMatrix(E);
  for (let i = 0; i < n; i++) matrix.set(i, rows, i * E);
  return { kind: "exact", rows: (query, k) => highest(matrix.products(query, n), k) };
}
