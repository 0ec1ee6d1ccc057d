import type { LabelId, PhotoId } from "../../src-shared/contract";
import { type FeatureSpace, measured } from "../devise/feature-space";
import { type Examples, joinTaught, someOfEach, teachLabels } from "../devise/few-shot";
import type { Standing } from "../labeller/fit-data";
import { classesUnder, type TaughtLabels } from "../labeller/label-space";
import { type Labeller, meanPlace } from "../labeller/labeller";
import { takeRows } from "../math/take-rows";
import type { Library } from "../store/database";
import { featuresOf } from "../store/features";
import { predictedScores } from "../store/predictions";
import { standingVerdicts } from "../store/verdicts";
import type { WordNet } from "../words/wordnet";
import type { Workbench } from "./workbench";

/** What a model learned its labels from; kept with it, so that going back to it brings back the labels as they were. */
export interface Lesson {
  label: LabelId;
  accepted: PhotoId[];
  rejected: PhotoId[];
  /**
   * Photos that nobody judged, of which the visual model is surer that they show the label than of any that it was
   * rejected on; lessons of earlier versions lack them.
   */
  surer?: PhotoId[];
}

export const lessonsOf = (settings: Record<string, unknown>): Lesson[] => (settings.lessons ?? []) as Lesson[];

/** The standing verdicts, label by label. */
export const standingLessons = (library: Library): Lesson[] => lessonsFrom(standingVerdicts(library));

/** The same for a model to learn, with the photos that tell what was rejected from what was not. */
export const lessonsWith = (bench: Workbench, verdicts: readonly Standing[]): Lesson[] =>
  lessonsFrom(verdicts).map((lesson) => ({
    ...lesson,
    surer: lesson.rejected.length > 0 ? surerPhotos(bench, lesson) : [],
  }));

/** Of so many photos that carry a label by prediction, the surest come into question, and so many of them are taken. */
const [LOOKED_AT, SURER] = [200, 8];

/**
 * The label's own photos differ from those that it was rejected on by what the classifier says, if by anything that is
 * known.
 */
function surerPhotos(
  { library, pack, classLabels, lexicon }: Workbench,
  { label, accepted, rejected }: Lesson,
): PhotoId[] {
  const under = new Set(classesUnder(label, classLabels, lexicon.wordnet));
  if (under.size === 0) return [];
  const massesOf = (photos: PhotoId[]) => {
    const seen = featuresOf(library, pack.visualId, photos);
    const K = seen.classes.length / seen.photos.length;
    return Array.from(seen.photos, (photo, i) => ({
      photo,
      mass: Array.from({ length: K }, (_, k) => i * K + k).reduce(
        (sum, at) => sum + (under.has(seen.classes[at]) ? seen.probabilities[at] : 0),
        0,
      ),
    }));
  };
  const judged = new Set([...accepted, ...rejected]);
  const most = massesOf(rejected).reduce((highest, { mass }) => Math.max(highest, mass), 0);
  return massesOf([...predictedScores(library, [label], LOOKED_AT).keys()].filter((photo) => !judged.has(photo)))
    .filter(({ mass }) => mass > most)
    .sort((a, b) => b.mass - a.mass)
    .slice(0, SURER)
    .map(({ photo }) => photo);
}

/** Verdicts label by label. */
export function lessonsFrom(verdicts: readonly Standing[]): Lesson[] {
  const lessons = new Map<LabelId, Lesson>();
  for (const { photo, label, verdict } of verdicts) {
    let lesson = lessons.get(label);
    if (!lesson) lessons.set(label, (lesson = { label, accepted: [], rejected: [] }));
    (verdict === "accept" ? lesson.accepted : lesson.rejected).push(photo);
  }
  return [...lessons.values()];
}

/** Lessons that a label is learned from: one that was only rejected has no photo that shows it. */
export const givenLabels = (lessons: readonly Lesson[]): Lesson[] =>
  lessons.filter(({ accepted }) => accepted.length > 0);

/** Judged photos that labels are learned from, at most: their comparison with each other takes half a second then. */
const MOST_PHOTOS = 1000;

/** What a person's examples say of their labels, among features. */
export function teach({ library, pack, space, lexicon }: Workbench, lessons: Lesson[]): TaughtLabels | null {
  const seen = featuresOf(
    library,
    pack.visualId,
    someOfEach(
      lessons.flatMap(({ accepted, rejected, surer = [] }) => [accepted, rejected, surer]),
      MOST_PHOTOS,
    ),
  );
  return seen.photos.length === 0
    ? null
    : taughtFrom(lessons, seen.photos, measured(space, seen), space, lexicon.wordnet);
}

/**
 * The labels of lessons, learned. A photo that was given another label is none of a label's, unless the other is a kind
 * of it or more
 * general: of a photo of an animal it is not known whether it shows a dog. What a label was rejected on is learned
 * beside it, as a label of
 * its own, against the label's photos: given ones, those of its kinds, and photos that the visual model is surer of.
 * @param photos `[n]` those that were looked at @param rows `[n, W]` of `measured`
 */
export function taughtFrom(
  lessons: readonly Lesson[],
  photos: ArrayLike<PhotoId>,
  rows: Float32Array,
  space: FeatureSpace,
  wordnet: Pick<WordNet, "isA">,
): TaughtLabels {
  const rowOf = new Map(Array.from(photos, (photo, row) => [photo, row]));
  const rowsOf = (some: Iterable<PhotoId>) => [...some].flatMap((photo) => rowOf.get(photo) ?? []);
  const given = givenLabels(lessons);
  const denied = lessons.filter(({ rejected }) => rejected.length > 0);
  const judged = rowsOf(new Set(lessons.flatMap(({ accepted, rejected }) => [...accepted, ...rejected])));
  const place = new Map(judged.map((row, at) => [row, at]));
  const among = (some: Iterable<PhotoId>) => rowsOf(some).map((row) => place.get(row)!);
  const examplesOf = ({ label, accepted, rejected }: Lesson): Examples => {
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
  const deniedBy = ({ label, rejected, surer = [] }: Lesson) => {
    const away = new Set(rejected);
    const shown = new Set(
      given
        .filter((other) => other.label === label || wordnet.isA(other.label, label))
        .flatMap(({ accepted }) => accepted)
        .filter((photo) => !away.has(photo)),
    );
    const parts = [rowsOf(away), rowsOf(shown), rowsOf(surer.filter((photo) => !away.has(photo) && !shown.has(photo)))];
    const [from, to] = [parts[0].length, parts[0].length + parts[1].length];
    return teachLabels(space, takeRows(rows, space.width, parts.flat()), [
      {
        accepted: parts[0].map((_, i) => i),
        rejected: parts[1].map((_, i) => from + i),
        even: parts[2].map((_, i) => to + i),
        unknown: [],
      },
    ]);
  };
  const of = joinTaught(space, [
    teachLabels(space, takeRows(rows, space.width, judged), given.map(examplesOf)),
    ...denied.map(deniedBy),
  ]);
  return { labels: given.map(({ label }) => label), denied: denied.map(({ label }) => label), of };
}

/**
 * Whether a label's word says where it stands: a name of the user's own means what its photos show, not what a
 * dictionary makes of it.
 */
const hasWordVector = ({ lexicon, classLabels }: Workbench, label: LabelId): boolean =>
  (label.startsWith("wn:") || classLabels.includes(label)) && lexicon.vectorOf(label) !== null;

/** Vectors of the labels that stand where their photos stand. */
export function ownVectors(bench: Workbench, labeller: Labeller, lessons: Lesson[]): Map<LabelId, Float32Array> {
  const vectors = new Map<LabelId, Float32Array>();
  for (const { label, accepted } of givenLabels(lessons)) {
    const vector = hasWordVector(bench, label) ? null : placeOfPhotos(bench, labeller, accepted);
    if (vector) vectors.set(label, vector);
  }
  return vectors;
}

/** Mean place of photos, at unit length; null where none was seen. */
function placeOfPhotos(
  { library, pack, lexicon }: Workbench,
  labeller: Labeller,
  photos: PhotoId[],
): Float32Array | null {
  const seen = featuresOf(library, pack.visualId, photos);
  return seen.photos.length > 0 ? meanPlace(labeller.placesOf(seen), lexicon.vocabulary.dimensions) : null;
}

/**
 * The vector that stands for a label now, newest verdicts included; null where neither dictionary nor photos give one.
 */
export function vectorNow(bench: Workbench, label: LabelId): Float32Array | null {
  if (hasWordVector(bench, label)) return bench.lexicon.vectorOf(label);
  const lesson = givenLabels(standingLessons(bench.library)).find((each) => each.label === label);
  return (lesson && placeOfPhotos(bench, bench.labeller, lesson.accepted)) ?? bench.lexicon.vectorOf(label);
}

/**
 * Labels that photos may carry now: those that are predicted, and those that a person gave since the model was fitted.
 */
export function labelsInUse({ library, labeller }: Workbench): LabelId[] {
  return [...new Set([...labeller.labels, ...givenLabels(standingLessons(library)).map(({ label }) => label)])];
}
