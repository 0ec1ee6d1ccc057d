import { setImmediate } from "node:timers/promises";
import { highest } from "./highest";
import { createRowMatrix } from "./row-products";
import { dot } from "./vectors";

/** The rows of a matrix that are nearest to a vector, by inner product. */
export interface Nearest {
  kind: "hnsw" | "exact";
  /** Row numbers, largest inner product first. @param query `[E]` */
  rows(query: Float32Array, k: number): number[];
}

/**
 * HNSW's parameters (Malkov & Yashunin 2018): links per row, and candidates kept while building and while searching.
 */
const LINKS = 16;
const BUILD_CANDIDATES = 200;
const SEARCH_CANDIDATES = 128;

/** Points that are added between two breaths: some 20 ms. */
const POINTS_PER_YIELD = 50;

/** Below it an exact product costs no more than walking the graph, and misses nothing. */
export const EXACT_BELOW = 10_000;

/**
 * Indexes the rows of `[n, E]` for maximum inner product: HNSW where hnswlib-node was built and there are enough rows,
 * else an exact product.
 * HNSW needs a metric, so every row gets a coordinate that brings all to one length (Bachrach et al. 2014): then the
 * nearest
 * point is the one with the largest inner product.
 */
export async function indexRows(rows: Float32Array, E: number, exactBelow = EXACT_BELOW): Promise<Nearest> {
  const n = rows.length / E;
  if (!Number.isInteger(n)) throw new RangeError(`${rows.length} numbers are not rows of ${E}`);
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

/** Whether HNSW can serve here, and if not why. */
export async function hnswState(): Promise<{ available: boolean; why: string }> {
  await loadHnsw();
  return missing === null ? { available: true, why: "hnswlib-node was built" } : { available: false, why: missing };
}

let missing: string | null = null;

async function loadHnsw(): Promise<typeof import("hnswlib-node") | null> {
  try {
    const loaded = await import("hnswlib-node");
    return "default" in loaded ? (loaded.default as typeof import("hnswlib-node")) : loaded;
  } catch (error) {
    missing = `hnswlib-node does not load (${(error as Error).message.split("\n")[0]}); exact search serves`;
    return null;
  }
}

/** All rows of `[n, E]` compared with the query, four numbers at a time. */
export function compareAll(rows: Float32Array, E: number): Nearest {
  const n = rows.length / E;
  const matrix = createRowMatrix(E);
  for (let i = 0; i < n; i++) matrix.set(i, rows, i * E);
  return { kind: "exact", rows: (query, k) => highest(matrix.products(query, n), k) };
}
