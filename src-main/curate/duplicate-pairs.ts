import { createAligner } from "./alignment";
import { createCodeScan } from "./code-scan";
import { CODE_WORDS, codeDistance, cosine, signCodes } from "./feature-codes";
import { mirrorHash, perceptualHashes } from "./perceptual-hash";

/** The photos to compare, in any order. The arrays may be shared between threads. */
export interface ComparedPhotos {
  /** `[n, D]`, centred and scaled to unit length */
  features: Float32Array;
  D: number;
  /** `[n, side, side]` luminance of the whole picture, resized to a square */
  greys: Uint8Array;
  side: number;
  /** `[n]` capture time in seconds; NaN if unknown */
  taken: Float64Array;
  /** `[n]` equal for photos of the same folder */
  folders: Uint32Array;
}

/** Pairs of near-duplicates, with i > j, as parallel arrays. */
export interface Pairs {
  i: number[];
  j: number[];
  similarity: number[];
}

/**
 * Minimum cosine of a candidate pair. All of 1,000 photos cropped by 10% reach it; of different photos, one pair in
 * 10,000 does.
 */
const CANDIDATE_COSINE = 0.65;
/**
 * Pairs whose hashes differ in at most this many bits are candidates too: text over a small picture changes its
 * features more than its hash.
 */
const CANDIDATE_BITS = 12;
/** Candidates aligned per photo, nearest first; by features and by hashes each. */
const MAX_CANDIDATES = 8;
/**
 * Cosines are computed for this many photos with the nearest codes: most codes within range are far from being
 * candidates.
 */
const NEAREST_CODES = 48;
/** Weight of the cosine beside the correlation of fine structure… */
const COSINE_WEIGHT = 0.15;
/** … and the minimum score of a near-duplicate. Chosen on 1,000 photos and edited versions of them. */
const MIN_DUPLICATE_SCORE = 0.8;
/** Minimum score for photos that are already linked through others. */
const MIN_LINKED_SCORE = 0.6;

export interface Comparison {
  /** Near-duplicates of photo i among photos 0 to i − 1. */
  copiesBefore(i: number): { j: number; similarity: number }[];
  /** Whether two photos that are linked through others are near-duplicates. */
  linkedCopies(i: number, j: number): boolean;
}

/** The distance within which at least `NEAREST_CODES` of the n codes lie, or all codes. */
function reachOf(distances: Uint32Array, n: number): number {
  const counts = new Uint32Array(64 * CODE_WORDS + 1);
  for (let hit = 0; hit < n; hit++) counts[distances[hit]]++;
  let reach = 0;
  for (let within = counts[0]; within < NEAREST_CODES && reach < counts.length - 1;) within += counts[++reach];
  return reach;
}

/**
 * Prepares photos for comparison. Candidates come from features, which survive cropping and mirroring, and from
 * perceptual hashes. Alignment then decides whether two photos are near-duplicates.
 */
export function compare({ features, D, greys, side }: ComparedPhotos): Comparison {
  const codes = signCodes(features, D);
  const hashes = perceptualHashes(greys, side);
  const byFeatures = createCodeScan(codes, CODE_WORDS);
  const byHash = createCodeScan(hashes, 1);
  const align = createAligner(greys, side);
  const most = codeDistance(CANDIDATE_COSINE);
  const mirrored = new BigUint64Array(1);

  function candidates(i: number): Set<number> {
    const near: { j: number; far: number }[] = [];
    const hits = byFeatures.within(most, codes, i * CODE_WORDS, 0, i);
    const reach = reachOf(byFeatures.distances, hits);
    for (let hit = 0; hit < hits; hit++) {
      if (byFeatures.distances[hit] > reach) continue;
      const j = byFeatures.rows[hit];
      const alike = cosine(features, D, i, j);
      if (alike >= CANDIDATE_COSINE) near.push({ j, far: -alike });
    }
    const similar: { j: number; far: number }[] = [];
    const take = (code: BigUint64Array, at: number) => {
      for (let hit = 0, n = byHash.within(CANDIDATE_BITS, code, at, 0, i); hit < n; hit++)
        similar.push({ j: byHash.rows[hit], far: byHash.distances[hit] });
    };
    take(hashes, i);
    mirrored[0] = mirrorHash(hashes[i]);
    take(mirrored, 0);
    const nearest = (of: typeof near) =>
      of
        .sort((a, b) => a.far - b.far || a.j - b.j)
        .slice(0, MAX_CANDIDATES)
        .map(({ j }) => j);
    return new Set([...nearest(near), ...nearest(similar)]);
  }

  const similarity = (i: number, j: number): number =>
    (align(i, j)?.detail ?? -1) + COSINE_WEIGHT * cosine(features, D, i, j);
  return {
    copiesBefore: (i) =>
      [...candidates(i)]
        .map((j) => ({ j, similarity: similarity(i, j) }))
        .filter((pair) => pair.similarity >= MIN_DUPLICATE_SCORE),
    linkedCopies: (i, j) => similarity(i, j) >= MIN_LINKED_SCORE,
  };
}
