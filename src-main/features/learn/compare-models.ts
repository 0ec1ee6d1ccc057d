import { setImmediate } from "node:timers/promises";
import type { ChangedPhoto, LabelId, ModelId, PhotoId, PhotoLabel } from "../../../src-shared/contract";
import { Refusal } from "../../../src-shared/refusal";
import type { Labeller } from "../../labeller/labeller";
import { photosWithFeatures } from "../../store/features";
import { barsOf, movedMost } from "../../store/former";
import { modelOf } from "../../store/models";
import { distance, predictionsOf } from "../../store/predictions";
import { lessonsOf } from "../../workspace/lessons";
import { labellerOf } from "../../workspace/open-workbench";
import { predict } from "../../workspace/rank-photos";
import { seenPhotos } from "../../workspace/seen-photos";
import { needsPack, type Workbench } from "../../workspace/workbench";

/** Photos that are compared at most: two models label them afresh in a few seconds. */
const MOST_COMPARED = 2000;
/** Photos labelled between two breaths: some 20 ms. */
const CHUNK = 50;

/**
 * The photos on which two models differ most, most first, among up to 2,000 at even distances.
 * @throws Refusal `no-model`
 */
export async function compareModels(
  bench: Workbench,
  { a, b, limit }: { a: ModelId; b: ModelId; limit: number },
): Promise<{ compared: number; changed: number; photos: ChangedPhoto[] }> {
  needsPack(bench);
  const [one, other] = [labellerOfModel(bench, a), labellerOfModel(bench, b)];
  await Promise.all([one.prepare(), other.prepare()]);
  const all = photosWithFeatures(bench.library, bench.pack.visualId);
  const every = Math.max(1, Math.ceil(all.length / MOST_COMPARED));
  const photos = all.filter((_, i) => i % every === 0);
  const differing: ({ photo: PhotoId; change: number } & Record<"before" | "after", Scored[]>)[] = [];
  let changed = 0;
  for (let from = 0; from < photos.length; from += CHUNK) {
    const some = photos.slice(from, from + CHUNK);
    const seen = seenPhotos(bench, some);
    const [before, after] = [one, other].map((labeller) =>
      predict(bench, labeller, seen, labeller.placesOf(seen)).map((ranked) =>
        ranked.map(({ label, confidence }) => ({ label, score: confidence })),
      ),
    );
    some.forEach((photo, i) => {
      const change = distance(
        before[i].map(({ label, score }) => [label, score]),
        after[i].map(({ label, score }) => [label, score]),
      );
      if (before[i][0]?.label !== after[i][0]?.label) changed++;
      if (change > 0) differing.push({ photo, change, before: before[i], after: after[i] });
    });
    await setImmediate();
  }
  const shown = shownTo(bench);
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
export function changedMost(bench: Workbench, limit: number): ChangedPhoto[] {
  const shown = shownTo(bench);
  return movedMost(bench.library, bench.model.model, limit).map(({ photo, before, change }) => ({
    photo,
    change,
    before: shown(before),
    after: shown(predictionsOf(bench.library, photo)),
  }));
}

interface Scored {
  label: LabelId;
  score: number;
}

/** Those that reach their threshold, with their names. */
function shownTo({ library, lexicon }: Workbench): (labels: Scored[]) => PhotoLabel[] {
  const bar = barsOf(library);
  return (labels) =>
    labels
      .filter(({ label, score }) => score >= bar(label))
      .map((each) => ({ ...each, ...lexicon.named(each.label), source: "predicted" }));
}

function labellerOfModel(bench: Workbench, id: ModelId): Labeller {
  if (id === bench.model.model) return bench.labeller;
  const { visualId, wordsId, projection, settings } = modelOf(bench.library, id);
  if (visualId !== bench.pack.visualId || wordsId !== bench.lexicon.vocabulary.id) {
    throw new Refusal(
      "no-model",
      `model ${id} was fitted to another model pack or vocabulary than ${bench.pack.name} with ${bench.lexicon.vocabulary.id}`,
    );
  }
  return labellerOf(bench, projection, lessonsOf(settings));
}
