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

/** Photos compared at most; labelling them with two models takes a few seconds. */
const MAX_COMPARED_PHOTOS = 2000;
/** Photos labelled between yields (about 20 ms). */
const PHOTOS_PER_YIELD = 50;

/**
 * The photos whose labels differ most between two models, largest difference first, from an even sample of up to 2,000.
 * @throws Refusal `no-model`, `pack-gone`
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

/** Photos without verdicts whose labels changed most with the last change of model, largest change first. */
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

/** Keeps labels that reach their threshold, and adds their names. */
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
      `Version ${id} needs another pack or vocabulary than the current ones, ${library.pack.name} and ${library.lexicon.vocabulary.id}.`,
    );
  }
  return rankerFor(library, projection, storedExamples(settings));
}
