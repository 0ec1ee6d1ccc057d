import { setImmediate } from "node:timers/promises";
import type { ChangedPhoto, LabelId, ModelId, PhotoId, PhotoLabel } from "../../../src-shared/contract";
import { Refusal } from "../../../src-shared/refusal";
import type { LabelRanker } from "../../labeller/label-ranker";
import { photosWithFeatures } from "../../store/features";
import { modelOf } from "../../store/models";
import { distance, predictionsOf } from "../../store/predictions";
import { mostChangedPredictions, thresholdsOf } from "../../store/previous-predictions";
import { type OpenLibrary, requirePack } from "../../workspace/open-library";
import { rankerFor } from "../../workspace/prepare-library";
import { predict } from "../../workspace/rank-photos";
import { storedExamples } from "../../workspace/training-examples";
import { readVisualOutputs } from "../../workspace/visual-outputs";

/** Photos that are compared at most: two models label them afresh in a few seconds. */
const MAX_COMPARED_PHOTOS = 2000;
/** Photos labelled between two breaths: some 20 ms. */
const PHOTOS_PER_YIELD = 50;

/**
 * The photos on which two models differ most, most first, among up to 2,000 at even distances.
 * @throws Refusal `no-model`
 */
export async function compareModels(
  library: OpenLibrary,
  { a, b, limit }: { a: ModelId; b: ModelId; limit: number },
): Promise<{ compared: number; changed: number; photos: ChangedPhoto[] }> {
  requirePack(library);
  const [one, other] = [rankerOfModel(library, a), rankerOfModel(library, b)];
  await Promise.all([one.prepare(), other.prepare()]);
  const all = photosWithFeatures(library.store, library.pack.visualId);
  const every = Math.max(1, Math.ceil(all.length / MAX_COMPARED_PHOTOS));
  const photos = all.filter((_, i) => i % every === 0);
  const differing: ({ photo: PhotoId; change: number } & Record<"before" | "after", Scored[]>)[] = [];
  let changed = 0;
  for (let from = 0; from < photos.length; from += PHOTOS_PER_YIELD) {
    const some = photos.slice(from, from + PHOTOS_PER_YIELD);
    const output = readVisualOutputs(library, some);
    const scoredBy = (ranker: LabelRanker) =>
      predict(library, ranker, output, ranker.semanticEmbeddings(output)).map((ranked) =>
        ranked.map(({ label, confidence }) => ({ label, score: confidence })),
      );
    const [beforeOf, afterOf] = [scoredBy(one), scoredBy(other)];
    some.forEach((photo, i) => {
      const [before, after] = [beforeOf[i]!, afterOf[i]!];
      const change = distance(
        before.map(({ label, score }) => [label, score]),
        after.map(({ label, score }) => [label, score]),
      );
      if (before[0]?.label !== after[0]?.label) changed++;
      if (change > 0) differing.push({ photo, change, before, after });
    });
    await setImmediate();
  }
  const shown = shownTo(library);
  return {
    compared: photos.length,
    changed,
    photos: differing
      .sort((x, y) => y.change - x.change || x.photo - y.photo)
      .slice(0, limit)
      .map((each) => ({ ...each, before: shown(each.before), after: shown(each.after) })),
  };
}

/** Photos without a verdict whose labels the last change of model moved most, most first. */
export function changedMost(library: OpenLibrary, limit: number): ChangedPhoto[] {
  const shown = shownTo(library);
  return mostChangedPredictions(library.store, library.model.model, limit).map(({ photo, before, change }) => ({
    photo,
    change,
    before: shown(before),
    after: shown(predictionsOf(library.store, photo)),
  }));
}

interface Scored {
  label: LabelId;
  score: number;
}

/** Those that reach their threshold, with their names. */
function shownTo({ store, lexicon }: OpenLibrary): (labels: Scored[]) => PhotoLabel[] {
  const bar = thresholdsOf(store);
  return (labels) =>
    labels
      .filter(({ label, score }) => score >= bar(label))
      .map((each) => ({ ...each, ...lexicon.named(each.label), source: "predicted" }));
}

function rankerOfModel(library: OpenLibrary, id: ModelId): LabelRanker {
  if (id === library.model.model) return library.ranker;
  const { visualId, wordsId, projection, settings } = modelOf(library.store, id);
  if (visualId !== library.pack.visualId || wordsId !== library.lexicon.vocabulary.id) {
    throw new Refusal(
      "no-model",
      `model ${id} was fitted to another model pack or vocabulary than ${library.pack.name} with ${library.lexicon.vocabulary.id}`,
    );
  }
  return rankerFor(library, projection, storedExamples(settings));
}
