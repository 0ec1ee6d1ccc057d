import type { LabelId, PhotoId } from "../../src-shared/contract";
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
import type { OpenLibrary } from "./open-library";

/** What a model learned its labels from; kept with it, so that going back to it brings back the labels as they were. */
export interface LabelExamples {
  label: LabelId;
  accepted: PhotoId[];
  rejected: PhotoId[];
  /**
   * Photos that nobody judged, of which the visual model is surer that they show the label than of any that it was
   * rejected on; lessons of earlier versions lack them.
   */
  surer?: PhotoId[];
}

export const storedExamples = (settings: Record<string, unknown>): LabelExamples[] =>
  (settings.lessons ?? []) as LabelExamples[];

/** The standing verdicts, label by label. */
export const currentExamples = (store: Store): LabelExamples[] => examplesFromAnnotations(currentAnnotations(store));

/** The same for a model to learn, with the photos that tell what was rejected from what was not. */
export const trainingExamples = (library: OpenLibrary, verdicts: readonly Annotation[]): LabelExamples[] =>
  examplesFromAnnotations(verdicts).map((examples) => ({
    ...examples,
    surer: examples.rejected.length > 0 ? likelyPositives(library, examples) : [],
  }));

/** Of so many photos that carry a label by prediction, the surest come into question, and so many of them are taken. */
const [LOOKED_AT, SURER] = [200, 8];

/**
 * The label's own photos differ from those that it was rejected on by what the classifier says, if by anything that is
 * known.
 */
function likelyPositives(
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
  const judged = new Set([...accepted, ...rejected]);
  const most = massesOf(rejected).reduce((highest, { mass }) => Math.max(highest, mass), 0);
  return massesOf([...predictedScores(store, [label], LOOKED_AT).keys()].filter((photo) => !judged.has(photo)))
    .filter(({ mass }) => mass > most)
    .sort((a, b) => b.mass - a.mass)
    .slice(0, SURER)
    .map(({ photo }) => photo);
}

/** Verdicts label by label. */
export function examplesFromAnnotations(verdicts: readonly Annotation[]): LabelExamples[] {
  const lessons = new Map<LabelId, LabelExamples>();
  for (const { photo, label, verdict } of verdicts) {
    let examples = lessons.get(label);
    if (!examples) lessons.set(label, (examples = { label, accepted: [], rejected: [] }));
    (verdict === "accept" ? examples.accepted : examples.rejected).push(photo);
  }
  return [...lessons.values()];
}

/** Lessons that a label is learned from: one that was only rejected has no photo that shows it. */
export const learnableExamples = (lessons: readonly LabelExamples[]): LabelExamples[] =>
  lessons.filter(({ accepted }) => accepted.length > 0);

/** Judged photos that labels are learned from, at most: their comparison with each other takes half a second then. */
const MAX_TRAINING_PHOTOS = 1000;

/** What a person's examples say of their labels, among features. */
export function fitFewShotLabels(
  { store, pack, space, lexicon }: OpenLibrary,
  lessons: LabelExamples[],
): FewShotModel | null {
  const seen = featuresOf(
    store,
    pack.visualId,
    balancedSample(
      lessons.flatMap(({ accepted, rejected, surer = [] }) => [accepted, rejected, surer]),
      MAX_TRAINING_PHOTOS,
    ),
  );
  return seen.photos.length === 0
    ? null
    : fitFromExamples(lessons, seen.photos, whitenedRows(space, seen), space, lexicon.wordnet);
}

/**
 * The labels of lessons, learned. A photo that was given another label is none of a label's, unless the other is a kind
 * of it or more
 * general: of a photo of an animal it is not known whether it shows a dog. What a label was rejected on is learned
 * beside it, as a label of
 * its own, against the label's photos: given ones, those of its kinds, and photos that the visual model is surer of.
 * @param photos `[n]` those that were looked at @param rows `[n, W]` of `measured`
 */
export function fitFromExamples(
  lessons: readonly LabelExamples[],
  photos: ArrayLike<PhotoId>,
  rows: Float32Array,
  space: FeatureSpace,
  wordnet: Pick<WordNet, "isA">,
): FewShotModel {
  const rowOf = new Map(Array.from(photos, (photo, row) => [photo, row]));
  const rowsOf = (some: Iterable<PhotoId>) => [...some].flatMap((photo) => rowOf.get(photo) ?? []);
  const given = learnableExamples(lessons);
  const denied = lessons.filter(({ rejected }) => rejected.length > 0);
  const judged = rowsOf(new Set(lessons.flatMap(({ accepted, rejected }) => [...accepted, ...rejected])));
  const position = new Map(judged.map((row, at) => [row, at]));
  const among = (some: Iterable<PhotoId>) => rowsOf(some).map((row) => position.get(row)!);
  const examplesOf = ({ label, accepted, rejected }: LabelExamples): FewShotExamples => {
    const own = new Set([...accepted, ...rejected]);
    const akin = given.filter(
      (other) => other.label !== label && (wordnet.isA(other.label, label) || wordnet.isA(label, other.label)),
    );
    return {
      accepted: among(accepted),
      rejected: among(rejected),
      unknown: among(new Set(akin.flatMap((other) => other.accepted).filter((photo) => !own.has(photo)))),
    };
  };
  const deniedBy = ({ label, rejected, surer = [] }: LabelExamples) => {
    const away = new Set(rejected);
    const shown = new Set(
      given
        .filter((other) => other.label === label || wordnet.isA(other.label, label))
        .flatMap(({ accepted }) => accepted)
        .filter((photo) => !away.has(photo)),
    );
    const parts = [
      rowsOf(away),
      rowsOf(shown),
      rowsOf(surer.filter((photo) => !away.has(photo) && !shown.has(photo))),
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
    fitFewShot(space, takeRows(rows, space.width, judged), given.map(examplesOf)),
    ...denied.map(deniedBy),
  ]);
  return { labels: given.map(({ label }) => label), denied: denied.map(({ label }) => label), of };
}

/**
 * Whether a label's word says where it stands: a name of the user's own means what its photos show, not what a
 * dictionary makes of it.
 */
const hasWordVector = ({ lexicon, classLabels }: OpenLibrary, label: LabelId): boolean =>
  (label.startsWith("wn:") || classLabels.includes(label)) && lexicon.vectorOf(label) !== null;

/** Vectors of the labels that stand where their photos stand. */
export function ownVectors(
  library: OpenLibrary,
  ranker: LabelRanker,
  lessons: LabelExamples[],
): Map<LabelId, Float32Array> {
  const vectors = new Map<LabelId, Float32Array>();
  for (const { label, accepted } of learnableExamples(lessons)) {
    const vector = hasWordVector(library, label) ? null : meanEmbeddingOfPhotos(library, ranker, accepted);
    if (vector) vectors.set(label, vector);
  }
  return vectors;
}

/** Mean place of photos, at unit length; null where none was seen. */
function meanEmbeddingOfPhotos(
  { store, pack, lexicon }: OpenLibrary,
  ranker: LabelRanker,
  photos: PhotoId[],
): Float32Array | null {
  const seen = featuresOf(store, pack.visualId, photos);
  return seen.photos.length > 0 ? meanEmbedding(ranker.semanticEmbeddings(seen), lexicon.vocabulary.dimensions) : null;
}

/**
 * The vector that stands for a label now, newest verdicts included; null where neither dictionary nor photos give one.
 */
export function currentVector(library: OpenLibrary, label: LabelId): Float32Array | null {
  if (hasWordVector(library, label)) return library.lexicon.vectorOf(label);
  const examples = learnableExamples(currentExamples(library.store)).find((each) => each.label === label);
  return (
    (examples && meanEmbeddingOfPhotos(library, library.ranker, examples.accepted)) ?? library.lexicon.vectorOf(label)
  );
}

/**
 * Labels that photos may carry now: those that are predicted, and those that a person gave since the model was fitted.
 */
export function labelsInUse({ store, ranker }: OpenLibrary): LabelId[] {
  return [...new Set([...ranker.labels, ...learnableExamples(currentExamples(store)).map(({ label }) => label)])];
}
