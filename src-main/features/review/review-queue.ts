import { setImmediate } from "node:timers/promises";
import type { LabelId, PhotoId, ReviewItem } from "../../../src-shared/contract";
import { samplePoisson } from "../../curate/poisson-sampling";
import { uncertaintyHerding } from "../../curate/uncertainty-herding";
import type { LabelRanker } from "../../labeller/label-ranker";
import { informationContent } from "../../labeller/label-space";
import { random } from "../../math/random";
import { guessesOf, labelsOfPhoto, type PhotoLabelRow } from "../../store/predictions";
import { countRanked, rankedPhotos } from "../../store/ranked-photos";
import { currentAnnotations, lastVerdictEvent } from "../../store/verdicts";
import { cacheSlot } from "../../workspace/library-caches";
import type { OpenLibrary } from "../../workspace/open-library";
import { readWhitenedFeatures } from "../../workspace/whitened-features";

/** The fewest photos to queue at a time. */
const QUEUE_PHOTOS = 500;
/** The queue is chosen from this many photos, drawn by uncertainty. It avoids photos like the latest annotated ones. */
export const POOL_PHOTOS = 1500;
const MAX_ANNOTATED_PHOTOS = 1500;
/** Photos read between yields. */
const PHOTOS_PER_YIELD = 200;
/** A second label is a rival if its score is at least this share of the first one's. */
const MIN_RIVAL_RATIO = 0.5;

/** A queue, valid as long as the labels that it was made from. */
interface Queue {
  ranker: LabelRanker;
  /** Ranked photos when the queue was made. */
  ranked: number;
  /** Last verdict event when the queue was made. */
  event: number;
  length: number;
  order: Promise<{ photo: PhotoId; uncertainty: number }[]>;
}

const queueSlot = cacheSlot<Queue>("review queue");
const specificities = cacheSlot<Map<LabelId, number>>("specificity of labels");

/**
 * Photos worth reviewing, in order: uncertain ones that represent many others and differ from each other and from
 * annotated photos, see `uncertaintyHerding`. The order is stable while verdicts arrive. Reviewed photos drop out:
 * those with an accepted label, and those with all labels and guesses rejected. A new queue is made for another model,
 * for new photos, and when the old one is finished.
 */
export async function reviewQueue(library: OpenLibrary, limit: number): Promise<ReviewItem[]> {
  const cached = library.caches.get(queueSlot);
  let open =
    cached && cached.length >= limit && isCurrent(library, cached) ? await pending(library, cached, limit) : null;
  const goneThrough = open !== null && open.length < limit && cached!.event !== lastVerdictEvent(library.store);
  if (open === null || goneThrough) open = await pending(library, begin(library, limit), limit);
  return open.map(({ photo, uncertainty, labels }) => ({ photo, uncertainty, ...reason(library, labels) }));
}

const isCurrent = ({ store, ranker }: OpenLibrary, queue: Queue): boolean =>
  queue.ranker === ranker && queue.ranked === countRanked(store);

function begin(library: OpenLibrary, limit: number): Queue {
  const { store, ranker, caches } = library;
  const length = Math.max(QUEUE_PHOTOS, limit);
  const queue: Queue = {
    ranker,
    ranked: countRanked(store),
    event: lastVerdictEvent(store),
    length,
    order: orderPool(library, length),
  };
  caches.set(queueSlot, queue);
  queue.order.catch(() => caches.delete(queueSlot)); // this caller gets the error; the next one tries again
  return queue;
}

/** The first photos of the queue that haven't been reviewed. */
async function pending({ store }: OpenLibrary, { order }: Queue, limit: number) {
  const open: { photo: PhotoId; uncertainty: number; labels: PhotoLabelRow[] }[] = [];
  for (const doubt of await order) {
    if (open.length >= limit) break;
    // Uncertain labels are often below their threshold, so guesses count too.
    const labels = [...labelsOfPhoto(store, doubt.photo), ...guessesOf(store, doubt.photo)];
    if (!isReviewed(labels)) open.push({ ...doubt, labels });
  }
  return open;
}

const isReviewed = (labels: PhotoLabelRow[]): boolean =>
  labels.some(({ source }) => source === "accepted" || source === "added") ||
  (labels.length > 0 && labels.every(({ source }) => source === "rejected"));

async function orderPool(library: OpenLibrary, length: number): Promise<{ photo: PhotoId; uncertainty: number }[]> {
  const { store, model, pack } = library;
  const verdicts = new Map<PhotoId, Map<LabelId, "accept" | "reject">>();
  for (const { photo, label, verdict } of currentAnnotations(store)) {
    const before = verdicts.get(photo);
    verdicts.delete(photo); // reinserted, so that photos are ordered by their last verdict
    verdicts.set(photo, (before ?? new Map<LabelId, "accept" | "reject">()).set(label, verdict));
  }
  const specificity = specificityOf(library);
  await setImmediate();
  const photos: PhotoId[] = [];
  const uncertainty: number[] = [];
  for (const some of rankedPhotos(store, PHOTOS_PER_YIELD)) {
    for (const { photo, labels, scores } of some) {
      const photoVerdicts = verdicts.get(photo);
      if (photoVerdicts && [...photoVerdicts.values()].includes("accept")) continue;
      let most = 0;
      labels.forEach((label, i) => {
        if (!photoVerdicts?.has(label)) most = Math.max(most, scores[i]! * (specificity.get(label) ?? 0));
      });
      photos.push(photo);
      uncertainty.push(1 - most);
    }
    await setImmediate();
  }
  const drawn = samplePoisson(uncertainty, POOL_PHOTOS, random(model.model));
  const pool = await readWhitenedFeatures(
    library,
    drawn.rows.map((row) => photos[row]!),
  );
  const annotated = await readWhitenedFeatures(library, [...verdicts.keys()].slice(-MAX_ANNOTATED_PHOTOS));
  const at = new Map(drawn.rows.map((row, i) => [photos[row]!, i]));
  const weights = pool.photos.map((photo) => drawn.weights[at.get(photo)!]!);
  const chosen = await uncertaintyHerding(
    { rows: pool.rows, weights, dimensions: pack.dimensions },
    annotated.rows,
    length,
  );
  return chosen.map((i) => {
    const photo = pool.photos[i]!;
    return { photo, uncertainty: uncertainty[drawn.rows[at.get(photo)!]!]! };
  });
}

/** The specificity of each label that can be predicted, 0..1. */
function specificityOf({ ranker, lexicon, caches }: OpenLibrary): Map<LabelId, number> {
  return caches.reuse(specificities, [ranker], () => {
    const labels = [...ranker.labels];
    const said = informationContent(labels, lexicon.wordnet);
    return new Map(labels.map((label, i) => [label, said[i]!]));
  });
}

/** Why a photo is uncertain, and the labels in question. */
function reason({ lexicon }: OpenLibrary, carried: PhotoLabelRow[]): Pick<ReviewItem, "why" | "labels"> {
  const named = (label: PhotoLabelRow) => ({ ...label, ...lexicon.named(label.label) });
  const [best, ...others] = carried.filter(({ source }) => source === "predicted");
  if (!best) return { why: "nothing", labels: [] };
  const { wordnet } = lexicon;
  const rival = others.find(({ label }) => !wordnet.isA(label, best.label) && !wordnet.isA(best.label, label));
  return rival && rival.score >= MIN_RIVAL_RATIO * best.score
    ? { why: "between", labels: [named(best), named(rival)] }
    : { why: "unsure", labels: [named(best)] };
}
