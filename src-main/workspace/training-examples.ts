import type { LabelId, PhotoId } from "../../src-shared/contract";
import { isSynset } from "../../src-shared/label-id";
import { type FeatureSpace, whitenedRows } from "../devise/feature-space";
import { balancedSample, type FewShotExamples, fitFewShot, joinClassifiers } from "../devise/few-shot";
import type { Annotation } from "../labeller/fit-data";
import { type LabelRanker, meanEmbedding } from "../labeller/label-ranker";
import { classesUnder, type FewShotModel } from "../labeller/label-space";
import { takeRows } from "../math/take-rows";
import type { Store } from "../store/database";
import { featuresOf } from "../store/features";
import { predictedScores } from "../store/predictions";
import { currentAnnotations } from "../store/verdicts";
import type { WordNet } from "../words/wordnet";
import type { OpenLibrary, PackLibrary } from "./open-library";

/**
 * The training examples of a label. Stored with the model, so that going back to it restores the labels as they were.
 */
export interface LabelExamples {
  label: LabelId;
  accepted: PhotoId[];
  rejected: PhotoId[];
  /**
   * Unannotated photos that the visual model is more certain of than of any rejected photo. Models of earlier versions lack
   * them.
   */
  likelyPositives?: PhotoId[];
}

/** Training examples as a model's settings store them, under keys that are older than the code's names. */
interface StoredExamples {
  lessons?: (Omit<LabelExamples, "likelyPositives"> & { surer?: PhotoId[] })[];
}

/** The training examples of a stored model. */
export const storedExamples = (settings: Record<string, unknown>): LabelExamples[] =>
  ((settings as StoredExamples).lessons ?? []).map(({ surer, ...examples }) => ({
    ...examples,
    ...(surer && { likelyPositives: surer }),
  }));

/** The part of a model's settings that stores its training examples. */
export const examplesToStore = (examples: readonly LabelExamples[]): StoredExamples => ({
  lessons: examples.map(({ likelyPositives, ...rest }) => ({
    ...rest,
    ...(likelyPositives && { surer: likelyPositives }),
  })),
});

/** Training examples from the current verdicts, by label. */
export const currentExamples = (store: Store): LabelExamples[] => examplesFromAnnotations(currentAnnotations(store));

/** Training examples for a model: the verdicts, plus likely positives for labels that were rejected somewhere. */
export const trainingExamples = (library: OpenLibrary, verdicts: readonly Annotation[]): LabelExamples[] =>
  examplesFromAnnotations(verdicts).map((examples) => ({
    ...examples,
    likelyPositives: examples.rejected.length > 0 ? findLikelyPositives(library, examples) : [],
  }));

/**
 * Likely positives are chosen from this many photos with the highest predicted score, and at most this many are used.
 */
const [CANDIDATE_PHOTOS, MAX_LIKELY_POSITIVES] = [200, 8];

/**
 * Photos for which the classifier gives the label's classes more probability than for any rejected photo. They show
 * what sets the label apart from what it was rejected on.
 */
function findLikelyPositives(
  { store, pack, classLabels, lexicon }: OpenLibrary,
  { label, accepted, rejected }: LabelExamples,
): PhotoId[] {
  const under = new Set(classesUnder(label, classLabels, lexicon.wordnet));
  if (under.size === 0) return [];
  const massesOf = (photos: PhotoId[]) => {
    const seen = featuresOf(store, pack.visualId, photos);
    const K = seen.classes.length / seen.photos.length;
    return Array.from(seen.photos, (photo, i) => ({
      photo,
      mass: Array.from({ length: K }, (_, k) => i * K + k).reduce(
        (sum, at) => sum + (under.has(seen.classes[at]!) ? seen.probabilities[at]! : 0),
        0,
      ),
    }));
  };
  const annotated = new Set([...accepted, ...rejected]);
  const most = massesOf(rejected).reduce((highest, { mass }) => Math.max(highest, mass), 0);
  return massesOf(
    [...predictedScores(store, [label], CANDIDATE_PHOTOS).keys()].filter((photo) => !annotated.has(photo)),
  )
    .filter(({ mass }) => mass > most)
    .sort((a, b) => b.mass - a.mass)
    .slice(0, MAX_LIKELY_POSITIVES)
    .map(({ photo }) => photo);
}

/** Groups verdicts by label. */
export function examplesFromAnnotations(verdicts: readonly Annotation[]): LabelExamples[] {
  const byLabel = new Map<LabelId, LabelExamples>();
  for (const { photo, label, verdict } of verdicts) {
    let examples = byLabel.get(label);
    if (!examples) byLabel.set(label, (examples = { label, accepted: [], rejected: [] }));
    (verdict === "accept" ? examples.accepted : examples.rejected).push(photo);
  }
  return [...byLabel.values()];
}

/** Only labels with an accepted photo can be learned. */
export const learnableExamples = (examples: readonly LabelExamples[]): LabelExamples[] =>
  examples.filter(({ accepted }) => accepted.length > 0);

/** Annotated photos that labels are learned from, at most; comparing them pairwise takes half a second. */
const MAX_TRAINING_PHOTOS = 1000;

/** Few-shot labels fitted to the features of their training examples; null if none of the photos has features. */
export function fitFewShotLabels(
  { store, pack, space, lexicon }: PackLibrary,
  examples: LabelExamples[],
): FewShotModel | null {
  const seen = featuresOf(
    store,
    pack.visualId,
    balancedSample(
      examples.flatMap(({ accepted, rejected, likelyPositives = [] }) => [accepted, rejected, likelyPositives]),
      MAX_TRAINING_PHOTOS,
    ),
  );
  return seen.photos.length === 0
    ? null
    : fitFromExamples(examples, seen.photos, whitenedRows(space, seen), space, lexicon.wordnet);
}

/**
 * Fits few-shot labels. A photo with another accepted label is a negative, unless one of the two is a kind of the
 * other: a photo of an animal may or may not show a dog. A label with rejections gets a second classifier for what it
 * was rejected on, against photos that show the label: its accepted photos, those of its kinds, and likely positives.
 * @param photos `[n]`, those with features
 * @param rows `[n, W]` whitened features
 */
export function fitFromExamples(
  examples: readonly LabelExamples[],
  photos: ArrayLike<PhotoId>,
  rows: Float32Array,
  space: FeatureSpace,
  wordnet: Pick<WordNet, "isA">,
): FewShotModel {
  const rowOf = new Map(Array.from(photos, (photo, row) => [photo, row]));
  const rowsOf = (some: Iterable<PhotoId>) => [...some].flatMap((photo) => rowOf.get(photo) ?? []);
  const learnable = learnableExamples(examples);
  const rejected = examples.filter(({ rejected }) => rejected.length > 0);
  const annotated = rowsOf(new Set(examples.flatMap(({ accepted, rejected }) => [...accepted, ...rejected])));
  const position = new Map(annotated.map((row, at) => [row, at]));
  const among = (some: Iterable<PhotoId>) => rowsOf(some).map((row) => position.get(row)!);
  const examplesOf = ({ label, accepted, rejected }: LabelExamples): FewShotExamples => {
    const own = new Set([...accepted, ...rejected]);
    const akin = learnable.filter(
      (other) => other.label !== label && (wordnet.isA(other.label, label) || wordnet.isA(label, other.label)),
    );
    return {
      accepted: among(accepted),
      rejected: among(rejected),
      unknown: among(new Set(akin.flatMap((other) => other.accepted).filter((photo) => !own.has(photo)))),
    };
  };
  const rejectionOf = ({ label, rejected, likelyPositives = [] }: LabelExamples) => {
    const away = new Set(rejected);
    const shown = new Set(
      learnable
        .filter((other) => other.label === label || wordnet.isA(other.label, label))
        .flatMap(({ accepted }) => accepted)
        .filter((photo) => !away.has(photo)),
    );
    const parts = [
      rowsOf(away),
      rowsOf(shown),
      rowsOf(likelyPositives.filter((photo) => !away.has(photo) && !shown.has(photo))),
    ] as const;
    const [from, to] = [parts[0].length, parts[0].length + parts[1].length];
    return fitFewShot(space, takeRows(rows, space.width, parts.flat()), [
      {
        accepted: parts[0].map((_, i) => i),
        rejected: parts[1].map((_, i) => from + i),
        even: parts[2].map((_, i) => to + i),
        unknown: [],
      },
    ]);
  };
  const of = joinClassifiers(space, [
    fitFewShot(space, takeRows(rows, space.width, annotated), learnable.map(examplesOf)),
    ...rejected.map(rejectionOf),
  ]);
  return { labels: learnable.map(({ label }) => label), rejected: rejected.map(({ label }) => label), of };
}

/**
 * Whether the label's vector comes from its word. An own label means what its photos show, whatever the dictionary says
 * about the word.
 */
const hasWordVector = ({ lexicon, classLabels }: PackLibrary, label: LabelId): boolean =>
  (isSynset(label) || classLabels.includes(label)) && lexicon.vectorOf(label) !== null;

/** Vectors of labels that are defined by their photos: the mean of their semantic embeddings. */
export function ownVectors(
  library: PackLibrary,
  ranker: LabelRanker,
  examples: LabelExamples[],
): Map<LabelId, Float32Array> {
  const vectors = new Map<LabelId, Float32Array>();
  for (const { label, accepted } of learnableExamples(examples)) {
    const vector = hasWordVector(library, label) ? null : meanEmbeddingOfPhotos(library, ranker, accepted);
    if (vector) vectors.set(label, vector);
  }
  return vectors;
}

/** Mean semantic embedding of photos, at unit length; null if none has features. */
function meanEmbeddingOfPhotos(
  { store, pack, lexicon }: PackLibrary,
  ranker: LabelRanker,
  photos: PhotoId[],
): Float32Array | null {
  const seen = featuresOf(store, pack.visualId, photos);
  return seen.photos.length > 0 ? meanEmbedding(ranker.semanticEmbeddings(seen), lexicon.vocabulary.dimensions) : null;
}

/** A label's vector, latest verdicts included; null if neither the vocabulary nor photos give one. */
export function currentVector(library: OpenLibrary, label: LabelId): Float32Array | null {
  if (hasWordVector(library, label)) return library.lexicon.vectorOf(label);
  const examples = learnableExamples(currentExamples(library.store)).find((each) => each.label === label);
  return (
    (examples && meanEmbeddingOfPhotos(library, library.ranker, examples.accepted)) ?? library.lexicon.vectorOf(label)
  );
}

/** Labels that photos can have now: predicted ones, and those accepted since the model was fitted. */
export function labelsInUse({ store, ranker }: OpenLibrary): LabelId[] {
  return [...new Set([...ranker.labels, ...learnableExamples(currentExamples(store)).map(({ label }) => label)])];
}
