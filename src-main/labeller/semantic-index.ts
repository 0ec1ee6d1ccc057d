import type { PhotoId } from "../../src-shared/contract";
import { logistic, logit } from "../devise/calibration";
import type { Confidence } from "../devise/ranking-numbers";
import type { VisualOutput } from "../devise/semantic-embedding";
import { backgroundOf, sentenceLogOdds, type TowerScores } from "../devise/tower-classes";
import { highest } from "../math/highest";
import { createRowMatrix } from "../math/row-products";
import { dot } from "../math/vectors";

/**
 * The semantic embeddings of all photos in memory: 400 bytes per photo at 100 dimensions. Searches use an exact
 * product: a nearest-neighbour index would have to be rebuilt after every fit, which moves all embeddings.
 */
export interface SemanticIndex {
  /** Adds or replaces photos. @param embeddings `[n, E]` */
  put(photos: ArrayLike<PhotoId>, output: VisualOutput, embeddings: Float32Array): void;
  has(photo: PhotoId): boolean;
  /** A photo's semantic embedding, `[E]` of unit length; null if it was not put. */
  of(photo: PhotoId): Float32Array | null;
  size(): number;
  /**
   * The photos that match all targets best, best first, with the geometric mean of their confidences, 0..1.
   * @param among restricts the search to these photos
   * @param sentence counts as one more target; needs a text tower
   */
  nearest(
    targets: Target[],
    confidence: Confidence,
    limit: number,
    among?: ReadonlySet<PhotoId>,
    sentence?: Sentence | null,
  ): { photo: PhotoId; score: number }[];
}

/** A word or label to search for. */
export interface Target {
  /** `[E]`, unit-norm */
  vector: Float32Array;
  /** Mean and deviation of its cosine over the reference photos; see `hubness`. */
  mean: number;
  deviation: number;
  /** Classes of the visual model that are the target or a kind of it. */
  classes: number[];
  /** Concepts that are the target or a kind of it. */
  concepts: number[];
  /** Whether the target itself is one of the concepts that are available for every photo. */
  isScene: boolean;
  /** `[W]` how strongly each other concept suggests the target, 0..1; see `conceptWeights` */
  conceptSimilarity: Float32Array;
}

/** A query, or the part of one that is not the user's own words, as a text tower reads it. */
export interface Sentence {
  /** `[D]`, unit-norm */
  embedding: Float32Array;
  /** Its words, which are witnesses beside the tower: the mean of their log-odds is added with this weight. */
  words: Target[];
  weight: number;
}

/** What an index needs to search by sentences. */
export interface IndexTower {
  scores: TowerScores;
  /** `[C, D]`, unit-norm */
  rows: Float32Array;
  D: number;
}

/** Less probable classes are not indexed: they would not lift a photo above others. */
const MIN_PROBABILITY = 0.005;

interface Posting {
  rows: number[];
  probabilities: number[];
}

/** Bound on the log-odds of a concept that is certain to be there or not. */
const CONCEPT_BOUND = 5;

/** @param E word dimensions @param C classes of the visual model @param W concepts */
export function createSemanticIndex(E: number, C: number, W = 0, tower: IndexTower | null = null): SemanticIndex {
  const rowOf = new Map<PhotoId, number>();
  const photos: PhotoId[] = [];
  const matrix = createRowMatrix(E);
  const shown = W > 0 ? createRowMatrix(W) : null;
  const scores = new Float32Array(W);
  let known = new Float32Array(1024);
  const overlapping = tower?.scores.kind === "siglip";
  const seen = tower && createRowMatrix(tower.D);
  let backgrounds = new Float32Array(1024);
  const postings: Posting[] = Array.from({ length: C }, () => ({ rows: [], probabilities: [] }));

  function rowFor(photo: PhotoId): number {
    const existing = rowOf.get(photo);
    if (existing !== undefined) {
      forget(existing);
      return existing;
    }
    const row = photos.push(photo) - 1;
    rowOf.set(photo, row);
    if (row >= known.length) [known, backgrounds] = [grown(known), grown(backgrounds)];
    return row;
  }

  function forget(row: number): void {
    for (const posting of postings) {
      const at = posting.rows.indexOf(row);
      if (at < 0) continue;
      posting.rows.splice(at, 1);
      posting.probabilities.splice(at, 1);
    }
  }

  /**
   * Log-odds of one target for every photo: the highest by its classes, by its concepts and by meaning. Classes that
   * the visual model rules out don't count against a photo, so photos keep their order by meaning: for "sailboat" a
   * ship comes before a harp, and for "kitten" a photo that is certainly a cat is not penalised for the certainty, as
   * it would be when predicting labels.
   */
  function logOdds(target: Target, confidence: Confidence): Float32Array {
    const { mean, deviation, classes, concepts, isScene } = target;
    const { covered } = confidence;
    const n = photos.length;
    const cosines = matrix.products(target.vector, n);
    const scale = deviation === 0 ? 0 : 1 / deviation;
    // A scene counts only where it was found: a mountain is near "forest" in meaning, but is none.
    const odds = shown && isScene ? conceptOdds(concepts) : meaningOdds(target, confidence, cosines, scale);
    if (classes.length > 0) {
      const masses = massOf(classes);
      for (let row = 0; row < n; row++) {
        const mass = masses[row];
        if (mass === 0) continue;
        const byClass =
          covered.bias +
          covered.weights[0] * logit(Math.min(1, mass)) +
          covered.weights[1] * scale * (cosines[row] - mean) +
          covered.weights[2] * known[row];
        if (byClass > odds[row]) odds[row] = byClass;
      }
    }
    if (shown && !isScene && concepts.length > 0) {
      const byConcept = conceptOdds(concepts);
      for (let row = 0; row < n; row++) if (byConcept[row] > odds[row]) odds[row] = byConcept[row];
    }
    return odds;
  }

  /** Log-odds that a photo shows one of these concepts. */
  function conceptOdds(concepts: number[]): Float32Array {
    const one = new Float32Array(W);
    for (const concept of concepts) one[concept] = 1;
    return shown!
      .products(one, photos.length)
      .map((sum) => Math.max(-CONCEPT_BOUND, Math.min(CONCEPT_BOUND, logit(Math.min(1, sum)))));
  }

  /**
   * Log-odds by meaning alone: how close photos' embeddings and concepts are to the target. Linear, so that no
   * exponential per photo is needed.
   */
  function meaningOdds(
    { mean, conceptSimilarity }: Target,
    { uncovered, search }: Confidence,
    cosines: Float32Array,
    scale: number,
  ): Float32Array {
    const n = photos.length;
    const { bias, weights } = search ?? uncovered;
    const base = bias - weights[0] * scale * mean;
    const odds = new Float32Array(n);
    for (let row = 0; row < n; row++) odds[row] = base + weights[0] * scale * cosines[row];
    if (!search || !shown) return odds;
    const similarities = shown.products(conceptSimilarity, n);
    for (let row = 0; row < n; row++) odds[row] += weights[1] * similarities[row];
    return odds;
  }

  /** Log-odds of a sentence for every photo. */
  function sentenceOdds({ embedding, words, weight }: Sentence, confidence: Confidence): Float32Array {
    const n = photos.length;
    const odds = seen!
      .products(embedding, n)
      .map((cosine, row) => sentenceLogOdds(tower!.scores, cosine, backgrounds[row]!));
    for (const word of words) {
      const byWord = logOdds(word, confidence);
      for (let row = 0; row < n; row++) odds[row]! += (weight / words.length) * byWord[row]!;
    }
    return odds;
  }

  /** The background of a photo, from its most probable class; see `backgroundOf`. */
  function backgroundIn({ scores, rows, D }: IndexTower, output: VisualOutput, i: number, K: number): number {
    const best = output.classes[i * K]!;
    return backgroundOf(scores, dot(rows, best * D, output.features, i * D, D), output.probabilities[i * K]!);
  }

  /** `[n]` total probability of these classes, as far as it is stored; the greatest if classes overlap. */
  function massOf(classes: number[]): Float32Array {
    const mass = new Float32Array(photos.length);
    for (const c of classes) {
      const { rows, probabilities } = postings[c];
      for (let i = 0; i < rows.length; i++)
        mass[rows[i]] = overlapping ? Math.max(mass[rows[i]], probabilities[i]) : mass[rows[i]] + probabilities[i];
    }
    return mass;
  }

  return {
    put(added, output, embeddings) {
      const K = output.classes.length / added.length;
      for (let i = 0; i < added.length; i++) {
        const row = rowFor(added[i]);
        matrix.set(row, embeddings, i * E);
        known[row] = logit(output.probabilities[i * K]);
        if (seen) {
          seen.set(row, output.features, i * tower!.D);
          backgrounds[row] = backgroundIn(tower!, output, i, K);
        }
        if (shown) {
          // concepts that nothing looked for count as absent
          for (let w = 0; w < W; w++) scores[w] = Math.max(0, output.concepts?.right[i * W + w] ?? 0);
          shown.set(row, scores, 0);
        }
        for (let k = i * K; k < (i + 1) * K; k++) {
          if (output.probabilities[k] < MIN_PROBABILITY) continue;
          postings[output.classes[k]].rows.push(row);
          postings[output.classes[k]].probabilities.push(output.probabilities[k]);
        }
      }
    },
    has: (photo) => rowOf.has(photo),
    of: (photo) => {
      const row = rowOf.get(photo);
      return row === undefined ? null : matrix.get(row);
    },
    size: () => photos.length,
    nearest(targets, confidence, limit, among, sentence = null) {
      const parts = targets.length + (sentence ? 1 : 0);
      if (parts === 0) return [];
      const sum = new Float32Array(photos.length);
      const add = (odds: Float32Array) => {
        for (let row = 0; row < sum.length; row++) sum[row] += odds[row];
      };
      for (const target of targets) add(logOdds(target, confidence));
      if (sentence) add(sentenceOdds(sentence, confidence));
      if (among) for (let row = 0; row < sum.length; row++) if (!among.has(photos[row])) sum[row] = -Infinity;
      const best = highest(sum, limit);
      return (among ? best.filter((row) => sum[row] > -Infinity) : best).map((row) => ({
        photo: photos[row],
        score: logistic(sum[row] / parts),
      }));
    },
  };
}

function grown(numbers: Float32Array<ArrayBuffer>): Float32Array<ArrayBuffer> {
  const larger = new Float32Array(numbers.length * 2);
  larger.set(numbers);
  return larger;
}
