import { createAligner } from "./alignment";
import { createCodeScan } from "./code-scan";
import { CODE_WORDS, codeDistance, cosine, signCodes } from "./feature-codes";
import { mirrorHash, perceptualHashes } from "./perceptual-hash";

/** Photos to be held against each other, in any order. All arrays may be shared between threads. */
export interface ComparedPhotos {
  /** Centred and of unit length, `[n, D]`. */
  features: Float32Array;
  D: number;
  /** Luminance of the whole picture squeezed into a square, `[n, side, side]`. */
  greys: Uint8Array;
  side: number;
  /** When it was taken, in seconds; NaN where that is not known. `[n]` */
  taken: Float64Array;
  /** The same number for photos of one folder. `[n]` */
  folders: Uint32Array;
}

/** Copies of one picture, i > j each. Parallel arrays. */
export interface Pairs {
  i: number[];
  j: number[];
  likeness: number[];
}

/**
 * Features at least this alike make a candidate: of 1,000 photos cropped by 10 % all were more, of other photos one
 * pair in 10,000.
 */
const CANDIDATE_COSINE = 0.65;
/** Hashes that differ in so few bits do too: text laid over a small picture changes its features more than its hash. */
const CANDIDATE_BITS = 12;
/** Of each photo's candidates so many are looked at, of each sort, nearest first. */
const MAX_CANDIDATES = 8;
/**
 * Cosines are taken of so many photos whose codes are nearest: most that are within reach are far from being
 * candidates.
 */
const NEAREST_CODES = 48;
/** What counts of the features' cosine beside the correlation of fine structure… */
const COSINE_WEIGHT = 0.15;
/** … and from where on two photos are copies. Chosen on 1,000 photos and their edits. */
const MIN_DUPLICATE_SCORE = 0.8;
/** As far as photos are copies that are linked by others already. */
const MIN_LINKED_SCORE = 0.6;

export interface Comparison {
  /** Copies of photo i among photos 0 to i − 1. */
  copiesBefore(i: number): { j: number; likeness: number }[];
  /** Whether two photos that are linked by others are copies of each other. */
  linkedCopies(i: number, j: number): boolean;
}

/** The distance within which at least `NEAREST_CODES` of n codes lie, or all. */
function reachOf(distances: Uint32Array, n: number): number {
  const counts = new Uint32Array(64 * CODE_WORDS + 1);
  for (let hit = 0; hit < n; hit++) counts[distances[hit]]++;
  let reach = 0;
  for (let within = counts[0]; within < NEAREST_CODES && reach < counts.length - 1;) within += counts[++reach];
  return reach;
}

/**
 * Readies pictures for comparison. Candidates come from features, which know a cropped or mirrored photo again, and
 * from hashes;
 * that two are copies of one picture is settled by laying one over the other.
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

  const likeness = (i: number, j: number): number =>
    (align(i, j)?.detail ?? -1) + COSINE_WEIGHT * cosine(features, D, i, j);
  return {
    copiesBefore: (i) =>
      [...candidates(i)]
        .map((j) => ({ j, likeness: likeness(i, j) }))
        .filter((pair) => pair.likeness >= MIN_DUPLICATE_SCORE),
    linkedCopies: (i, j) => likeness(i, j) >= MIN_LINKED_SCORE,
  };
}
