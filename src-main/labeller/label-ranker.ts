import type { LabelId } from "../../src-shared/contract";
import { hubness, zScoreRows } from "../devise/hubness";
import { inDistributionEvidence, inDistributionLogOdds } from "../devise/in-distribution";
import { rankLabels, type RankOptions } from "../devise/label-ranking";
import type { Confidence, LabelSpace, RankingNumbers } from "../devise/ranking-numbers";
import { projectManyRows, semanticEmbeddings, type VisualOutput } from "../devise/semantic-embedding";
import { indexRows, type Nearest } from "../math/nearest";
import { productsWith } from "../math/row-products";
import { dot, normalise, unitRows } from "../math/vectors";
import type { WordNet } from "../words/wordnet";
import { buildLabelSpace, classesUnder, type FewShotModel, labelVectors } from "./label-space";
import type { Target } from "./semantic-index";

/** Ranks a set of labels for photos, given a visual model's output and a projection. */
export interface LabelRanker {
  labels: readonly LabelId[];
  /** Dimensions of the word vectors. */
  E: number;
  confidence: Confidence;
  /** How nearest labels are searched; null before `prepare`. */
  search(): Nearest["kind"] | null;
  /**
   * Prepares the labels for `rank`; repeated calls do nothing. Searches by comparing with all labels. Yields while it
   * works.
   */
  prepare(): Promise<void>;
  /**
   * Prepares, and builds an index of the nearest labels, which pays off from thousands of photos on. Takes seconds for
   * tens of thousands of labels.
   */
  index(): Promise<void>;
  /** `[n, E]` */
  semanticEmbeddings(output: VisualOutput): Float32Array;
  /**
   * `[n]` log-odds that each photo shows a class of the visual model, assuming that half of all photos do; null if the
   * pack's calibration has no model for it.
   */
  inDistributionLogOdds(output: VisualOutput): Float64Array | null;
  /** Ranks the labels of photo i, best first. */
  rank(
    output: VisualOutput,
    embeddings: Float32Array,
    i: number,
    options: RankOptions,
  ): { label: LabelId; confidence: number }[];
  /** The search target for a word's vector and the labels that it may mean. */
  target(vector: Float32Array, meanings: LabelId[]): Target;
  /** The numbers that it ranks by. Requires `prepare`. */
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
  fewShot?: FewShotModel | null;
  /** `[W]` label of each concept besides the classes */
  conceptLabels?: LabelId[];
  /** Concepts that are available for every photo. */
  sceneLabels?: ReadonlySet<LabelId>;
  /** See `LabelSpaceParts`. */
  counted?: ReadonlySet<LabelId>;
  overlapping?: boolean;
}

/** Number of labels considered for their z-score, besides those that the visual model supports. */
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
  fewShot,
  conceptLabels = [],
  sceneLabels,
  counted,
  overlapping,
}: RankerParts): LabelRanker {
  const E = M.length / D;
  const C = classLabels.length;
  const classVectors = labelVectors(classLabels, vectorOf, E);
  const conceptVectors = labelVectors(conceptLabels, vectorOf, E);
  // Computed on first use: it takes longer than all the rest of opening a library, and not every ranker is used to
  // rank.
  const cosinesWithReference = onFirstUse(() => {
    // Prototypes serve as reference photos that show nothing but their class; they separate hubs from neighbours.
    const prototypeOutputs: VisualOutput = {
      features: prototypes,
      classes: Uint16Array.from(classLabels.keys()),
      probabilities: new Float32Array(C).fill(1),
    };
    return productsWith(semanticEmbeddings(prototypeOutputs, M, classVectors, D, projectManyRows), E);
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
      cosinesWith: cosinesWithReference(),
      dimensions: E,
      fewShot,
      conceptLabels,
      counted,
      overlapping,
    });
    ready = { space, index: await indexRows(zScoreRows(space), E + 1, Infinity) };
  }

  async function index(): Promise<void> {
    await (preparing ??= prepare());
    const { space } = ready!;
    ready = { space, index: await indexRows(zScoreRows(space), E + 1) };
  }

  function prepared(): { space: LabelSpace; index: Nearest } {
    if (!ready) throw new Error("prepare the ranker before using it");
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
      const inDistribution = confidence.apart?.inDistribution;
      return inDistribution
        ? Float64Array.from(inDistributionEvidence(output, productsWithClasses(), D), (signs) =>
            inDistributionLogOdds(inDistribution, signs),
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
      const { mean, deviation } = hubness(vector, cosinesWithReference(), E);
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

/** Cosine of unrelated words. The excess counts by its cube, so that many weak similarities don't add up. */
const UNRELATED = 0.2;
/** Weight of a concept for its hyponyms: how much a person in a photo suggests a woman. */
const KIND_OF_CONCEPT = 0.25;

/**
 * How strongly each concept suggests a word, `[W]` in 0..1: by the cosine of their vectors, and by WordNet where the
 * word is a kind of the concept.
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

/** The vector of a label that no dictionary has: the mean of its photos' semantic embeddings, at unit length. */
export function meanEmbedding(embeddings: Float32Array, E: number): Float32Array {
  const mean = new Float32Array(E);
  for (let i = 0; i < embeddings.length; i++) mean[i % E] += embeddings[i];
  return normalise(mean);
}
