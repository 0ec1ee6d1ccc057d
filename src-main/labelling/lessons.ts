import type { LabelId, PhotoId } from "../../src-preload/contract";
import { teachLabels } from "../devise/few-shot";
import type { Library } from "../library/database";
import { featuresOf } from "../library/features";
import { standingVerdicts } from "../library/verdicts";
import type { Standing } from "./fit-data";
import type { TaughtLabels } from "./label-space";
import { type Labeller, meanPlace } from "./labeller";
import type { Workbench } from "./workbench";

/** What a model learned its labels from; kept with it, so that going back to it brings back the labels as they were. */
export interface Lesson { label: LabelId; accepted: PhotoId[]; rejected: PhotoId[] }

export const lessonsOf = (settings: Record<string, unknown>): Lesson[] => (settings.lessons ?? []) as Lesson[];

/** The standing verdicts, label by label. */
export const standingLessons = (library: Library): Lesson[] => lessonsFrom(standingVerdicts(library));

/** Verdicts label by label; a label that was only rejected has nothing to be learned from. */
export function lessonsFrom(verdicts: readonly Standing[]): Lesson[] {
  const lessons = new Map<LabelId, Lesson>();
  for (const { photo, label, verdict } of verdicts) {
    let lesson = lessons.get(label);
    if (!lesson) lessons.set(label, (lesson = { label, accepted: [], rejected: [] }));
    (verdict === "accept" ? lesson.accepted : lesson.rejected).push(photo);
  }
  return [...lessons.values()].filter(({ accepted }) => accepted.length > 0);
}

/** What a person's examples say of their labels, among features. */
export function teach({ library, pack, prototypes, whitening }: Workbench, lessons: Lesson[]): TaughtLabels | null {
  if (lessons.length === 0) return null;
  const features = (photos: PhotoId[]) => featuresOf(library, pack.visualId, photos).features;
  const examples = lessons.map(({ accepted, rejected }) => ({ accepted: features(accepted), rejected: features(rejected) }));
  return { labels: lessons.map(({ label }) => label), of: teachLabels(examples, prototypes, pack.dimensions, whitening) };
}

/** Whether a label's word says where it stands: a name of the user's own means what its photos show, not what a dictionary makes of it. */
const hasWordVector = ({ lexicon, classLabels }: Workbench, label: LabelId): boolean =>
  (label.startsWith("wn:") || classLabels.includes(label)) && lexicon.vectorOf(label) !== null;

/** Vectors of the labels that stand where their photos stand. */
export function ownVectors(bench: Workbench, labeller: Labeller, lessons: Lesson[]): Map<LabelId, Float32Array> {
  const vectors = new Map<LabelId, Float32Array>();
  for (const { label, accepted } of lessons) {
    const vector = hasWordVector(bench, label) ? null : placeOfPhotos(bench, labeller, accepted);
    if (vector) vectors.set(label, vector);
  }
  return vectors;
}

/** Mean place of photos, at unit length; null where none was seen. */
function placeOfPhotos({ library, pack, lexicon }: Workbench, labeller: Labeller, photos: PhotoId[]): Float32Array | null {
  const seen = featuresOf(library, pack.visualId, photos);
  return seen.photos.length > 0 ? meanPlace(labeller.placesOf(seen), lexicon.vocabulary.dimensions) : null;
}

/** The vector that stands for a label now, newest verdicts included; null where neither dictionary nor photos give one. */
export function vectorNow(bench: Workbench, label: LabelId): Float32Array | null {
  if (hasWordVector(bench, label)) return bench.lexicon.vectorOf(label);
  const lesson = standingLessons(bench.library).find((each) => each.label === label);
  return (lesson && placeOfPhotos(bench, bench.labeller, lesson.accepted)) ?? bench.lexicon.vectorOf(label);
}

/** Labels that photos may carry now: those that are predicted, and those that a person gave since the model was fitted. */
export function labelsInUse({ library, labeller }: Workbench): LabelId[] {
  return [...new Set([...labeller.labels, ...standingLessons(library).map(({ label }) => label)])];
}
