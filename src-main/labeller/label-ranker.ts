import type { LabelId } from "../../src-shared/contract";
import { inDistributionEvidence, inDistributionLogOdds } from "../devise/in-distribution";
import {
  type Confidence,
  hubness,
  type LabelSpace,
  type RankingNumbers,
  rankLabels,
  type RankOptions,
  zScoreRows,
} from "../devise/label-ranking";
import { semanticEmbeddings, type VisualOutput } from "../devise/semantic-embedding";
import { indexRows, type Nearest } from "../math/nearest";
import { productsWith } from "../math/row-products";
import { dot, normalise, unitRows } from "../math/vectors";
import type { WordNet } from "../words/wordnet";
import { buildLabelSpace, classesUnder, type FewShotModel, labelVectors } from "./label-space";
import type { Target } from "./semantic-index";

/**
 * A visual model's classes and projection, set against a set of labels: from what was seen in a photo to its labels.
 */
export interface LabelRanker {
  labels: readonly LabelId[];
  /** Word dimensions. */
  E: number;
  confidence: Confidence;
  /** How the nearest labels are found; null until that is prepared. */
  search(): Nearest["kind"] | null;
  /** Readies the labels for `rank`, once: a photo is compared with all of them. Lets others run meanwhile. */
  prepare(): Promise<void>;
  /**
   * Prepares, and finds the nearest labels by an index from then on, which thousands of photos are worth; takes seconds
   * for tens of thousands of labels.
   */
  index(): Promise<void>;
  /** `[n, E]` */
  semanticEmbeddings(output: VisualOutput): Float32Array;
  /**
   * `[n]` log-odds that each photo shows a class of the visual model, were half of all photos to; null where the pack's
   * calibration does not tell.
   */
  inDistributionLogOdds(output: VisualOutput): Float64Array | null;
  /** Labels of photo i of those seen, best first. */
  rank(
    output: VisualOutput,
    embeddings: Float32Array,
    i: number,
    options: RankOptions,
  ): { label: LabelId; confidence: number }[];
  /** What to look for when photos are searched by a vector and by the labels that its word may mean. */
  target(vector: Float32Array, meanings: LabelId[]): Target;
  /** What it labels by; it must be prepared. */
  numbers(): RankingNumbers;
}

export interface RankerParts {
  /** `[E, D]` */
  M: Float32Array;
  confidence: Confidence;
  /** `[C, D]` */
  prototypes: Float32Array;
  classLabels: LabelId[];
  /** D */
  dimensions: number;
  labels: LabelId[];
  vectorOf: (label: LabelId) => Float32Array | null;
  wordnet: WordNet;
  taught?: FewShotModel | null;
  /** `[W]` label of each concept that is looked for beside the classes. */
  conceptLabels?: LabelId[];
  /** Those of them that are told of every photo. */
  sceneLabels?: ReadonlySet<LabelId>;
  /** See `LabelSpaceParts`. */
  counted?: ReadonlySet<LabelId>;
}

/** Labels looked at by their meaning, beside those that the visual model vouches for. */
const CANDIDATES = 40;

export function createRanker({
  M,
  confidence,
  prototypes,
  classLabels,
  dimensions: D,
  labels,
  vectorOf,
  wordnet,
  taught,
  conceptLabels = [],
  sceneLabels,
  counted,
}: RankerParts): LabelRanker {
  const E = M.length / D;
  const C = classLabels.length;
  const classVectors = labelVectors(classLabels, vectorOf, E);
  const conceptVectors = labelVectors(conceptLabels, vectorOf, E);
  // What follows takes longer than all else that opens a folder, and many a labeller only places photos.
  const reference = onFirstUse(() => {
    // Prototypes stand for photos that show nothing but their class: against them hubs are told from neighbours.
    const prototypeOutputs: VisualOutput = {
      features: prototypes,
      classes: Uint16Array.from(classLabels.keys()),
      probabilities: new Float32Array(C).fill(1),
    };
    return semanticEmbeddings(prototypeOutputs, M, classVectors, D);
  });
  const units = onFirstUse(() => unitRows(prototypes, D));
  const productsWithClasses = onFirstUse(() => productsWith(units(), D));
  let preparing: Promise<void> | null = null;
  let indexing: Promise<void> | null = null;
  let ready: { space: LabelSpace; index: Nearest } | null = null;
  const query = new Float32Array(E + 1);
  query[E] = 1;

  async function prepare(): Promise<void> {
    const space = await buildLabelSpace({
      labels,
      classLabels,
      vectorOf,
      wordnet,
      reference: reference(),
      dimensions: E,
      taught,
      conceptLabels,
      counted,
    });
    ready = { space, index: await indexRows(zScoreRows(space), E + 1, Infinity) };
  }

  async function index(): Promise<void> {
    await (preparing ??= prepare());
    const { space } = ready!;
    ready = { space, index: await indexRows(zScoreRows(space), E + 1) };
  }

  function prepared(): { space: LabelSpace; index: Nearest } {
    if (!ready) throw new Error("a labeller ranks once it is prepared");
    return ready;
  }

  return {
    labels,
    E,
    confidence,
    search: () => ready?.index.kind ?? null,
    prepare: () => (preparing ??= prepare()),
    index: () => (indexing ??= index()),
    semanticEmbeddings: (output) => semanticEmbeddings(output, M, classVectors, D),
    inDistributionLogOdds(output) {
      const shows = confidence.apart?.shows;
      return shows
        ? Float64Array.from(inDistributionEvidence(output, productsWithClasses(), D), (signs) =>
            inDistributionLogOdds(shows, signs),
          )
        : null;
    },
    rank(output, embeddings, i, options) {
      const { space, index } = prepared();
      const nearest = (embedding: Float32Array) => {
        query.set(embedding);
        return index.rows(query, CANDIDATES);
      };
      return rankLabels(space, confidence, output, embeddings, i, nearest, options).map(
        ({ label, confidence: sure }) => ({
          label: labels[label],
          confidence: sure,
        }),
      );
    },
    target(vector, meanings) {
      const { mean, deviation } = hubness(vector, reference(), E);
      const classes = [...new Set(meanings.flatMap((label) => classesUnder(label, classLabels, wordnet)))];
      const concepts = conceptLabels.flatMap((label, w) =>
        meanings.some((meaning) => wordnet.isA(label, meaning)) ? [w] : [],
      );
      const isScene = meanings.some((meaning) => sceneLabels?.has(meaning));
      return {
        vector,
        mean: mean[0],
        deviation: deviation[0],
        classes,
        concepts,
        isScene,
        conceptSimilarity: conceptWeights(vector, meanings, conceptLabels, conceptVectors, wordnet),
      };
    },
    numbers: () => ({
      M,
      classVectors,
      prototypes: units(),
      space: prepared().space,
      confidence,
      candidates: CANDIDATES,
    }),
  };
}

function onFirstUse<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

/**
 * Cosine of two words' vectors that says nothing; what is above it counts by its cube, so that many faint likenesses
 * don't add up.
 */
const UNRELATED = 0.2;
/** What a concept counts for a kind of it: of a photo with a person, that it shows a woman. */
const KIND_OF_CONCEPT = 0.25;

/**
 * How much each concept speaks for a word, `[W]` in 0..1: by the cosine of their vectors, and by the hierarchy where
 * the word is a kind of
 * the concept.
 * @param vectors `[W, E]`
 */
export function conceptWeights(
  vector: Float32Array,
  meanings: LabelId[],
  concepts: readonly LabelId[],
  vectors: Float32Array,
  wordnet: Pick<WordNet, "isA">,
): Float32Array {
  const E = vector.length;
  return Float32Array.from(concepts, (concept, w) => {
    const conceptSimilarity = Math.max(0, dot(vector, 0, vectors, w * E, E) - UNRELATED) ** 3;
    return meanings.some((meaning) => wordnet.isA(meaning, concept))
      ? Math.max(KIND_OF_CONCEPT, conceptSimilarity)
      : conceptSimilarity;
  });
}

/** A label that no dictionary has stands where its photos stand: the mean of their places, at unit length. */
export function meanEmbedding(embeddings: Float32Array, E: number): Float32Array {
  const mean = new Float32Array(E);
  for (let i = 0; i < embeddings.length; i++) mean[i % E] += embeddings[i];
  return normalise(mean);
}
