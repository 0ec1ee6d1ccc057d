import type { Explanation, LabelId, PhotoId } from "../../../src-shared/contract";
import { Refusal } from "../../../src-shared/refusal";
import { dot, unitRows } from "../../math/vectors";
import { featuresOf } from "../../store/features";
import { pathsOf } from "../../store/photos";
import { importedFrom } from "../../store/verdicts";
import type { OpenLibrary } from "../../workspace/open-library";
import { storedExamples } from "../../workspace/training-examples";

/** So many of each kind are told. */
const MAX_REASONS = 4;
/** A class that is hardly there explains nothing. */
const MIN_PROBABILITY = 0.01;

/**
 * What put a label on a photo: the classes that are it or a kind of it, the classes whose words are near to its own,
 * and the photos that
 * a person gave it, each with how much it weighs, 0..1.
 * @throws Refusal `no-photo` where the photo was not looked at
 */
export function explain(library: OpenLibrary, photo: PhotoId, label: LabelId): Explanation {
  const { store, lexicon, pack, classLabels, isPackMissing } = library; // what the classes of a pack are goes with it
  const seen = featuresOf(store, pack.visualId, [photo]);
  if (seen.photos.length === 0) throw new Refusal("no-photo", `photo ${photo} was not looked at yet`);
  const classes = Array.from(seen.classes, (c, k) => ({
    label: classLabels[c]!,
    probability: seen.probabilities[k]!,
  })).filter(({ probability }) => probability >= MIN_PROBABILITY && !isPackMissing);
  const isKind = (kind: LabelId) => kind === label || lexicon.wordnet.isA(kind, label);
  const imported = importedFrom(store, photo, label);
  return {
    imported: imported && { from: imported.source, at: new Date(imported.at).toISOString() },
    classes: classes
      .filter((each) => isKind(each.label))
      .slice(0, MAX_REASONS)
      .map(({ label: kind, probability }) => ({ label: kind, ...lexicon.named(kind), weight: probability })),
    words: nearWords(
      library,
      label,
      classes.filter((each) => !isKind(each.label)),
    ),
    photos: nearPhotos(library, label, seen.features),
  };
}

/** Classes seen in the photo whose words are near to the label's: similarity × probability. */
function nearWords(
  { lexicon }: OpenLibrary,
  label: LabelId,
  classes: { label: LabelId; probability: number }[],
): Explanation["words"] {
  const own = lexicon.vectorOf(label);
  if (!own) return [];
  return classes
    .flatMap(({ label: other, probability }) => {
      const vector = lexicon.vectorOf(other);
      const weight = vector ? Math.max(0, dot(own, 0, vector, 0, own.length)) * probability : 0;
      return weight > 0 ? [{ label: other, ...lexicon.named(other), weight }] : [];
    })
    .sort((a, b) => b.weight - a.weight)
    .slice(0, MAX_REASONS);
}

/** The nearest of the photos that the model in use learned the label from, by the cosine of their features. */
function nearPhotos({ store, pack, model }: OpenLibrary, label: LabelId, feature: Float32Array): Explanation["photos"] {
  const taught = storedExamples(model.settings).find((ofLabel) => ofLabel.label === label)?.accepted ?? [];
  const examples = featuresOf(store, pack.visualId, taught);
  const rows = unitRows(examples.features, pack.dimensions);
  const one = unitRows(feature, pack.dimensions);
  return Array.from(examples.photos, (photo, i) => ({
    photo,
    path: pathsOf(store, photo)[0] ?? "",
    weight: Math.max(0, dot(rows, i * pack.dimensions, one, 0, pack.dimensions)),
  }))
    .sort((a, b) => b.weight - a.weight)
    .slice(0, MAX_REASONS);
}
