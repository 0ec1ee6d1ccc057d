import type { Explanation, LabelId, PhotoId } from "../../../src-shared/contract";
import { Refusal } from "../../../src-shared/refusal";
import { dot, unitRows } from "../../math/vectors";
import { featuresOf } from "../../store/features";
import { pathsOf } from "../../store/photos";
import { importedFrom } from "../../store/verdicts";
import type { OpenLibrary } from "../../workspace/open-library";
import { storedExamples } from "../../workspace/training-examples";

/** Reasons shown of each kind. */
const MAX_REASONS = 4;
/** Classes less probable than this explain nothing. */
const MIN_PROBABILITY = 0.01;

/**
 * Why a photo has a label: classes that are the label or a kind of it, classes whose word vectors are close to the
 * label's, and photos that the user gave the label. Each comes with its weight, 0..1.
 * @throws Refusal `no-photo` if the photo hasn't been analysed
 */
export function explain(library: OpenLibrary, photo: PhotoId, label: LabelId): Explanation {
  const { store, lexicon, pack, classLabels, isPackMissing } = library; // a missing pack's class labels are unknown
  const seen = featuresOf(store, pack.visualId, [photo]);
  if (seen.photos.length === 0) throw new Refusal("no-photo", `Photo ${photo} hasn’t been analysed yet.`);
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

/** Classes seen in the photo whose word vectors are close to the label's: similarity × probability. */
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

/** The most similar of the label's training examples in the current model, by cosine of features. */
function nearPhotos({ store, pack, model }: OpenLibrary, label: LabelId, feature: Float32Array): Explanation["photos"] {
  const accepted = storedExamples(model.settings).find((ofLabel) => ofLabel.label === label)?.accepted ?? [];
  const examples = featuresOf(store, pack.visualId, accepted);
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
