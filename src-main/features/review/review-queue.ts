import { setImmediate } from "node:timers/promises";
import type { Doubt, LabelId, PhotoId } from "../../../src-shared/contract";
import { drawUnsure } from "../../curate/draw-unsure";
import { herd } from "../../curate/herding";
import { informationContent } from "../../labeller/label-space";
import type { Labeller } from "../../labeller/labeller";
import { random } from "../../math/random";
import { type CarriedLabel, guessesOf, labelsOfPhoto } from "../../store/predictions";
import { countRanked, rankedPhotos } from "../../store/ranked-photos";
import { lastVerdictEvent, standingVerdicts } from "../../store/verdicts";
import { measuredFeatures } from "../../workspace/measured-features";
import type { Workbench } from "../../workspace/workbench";

/** Photos put in order at a time, at least. */
const LENGTH = 500;
/**
 * Photos that the queue is chosen from, drawn by their uncertainty, and judged photos that it keeps away from, the
 * latest.
 */
export const CHOSEN_FROM = 1500;
const KEPT_AWAY_FROM = 1500;
/** Photos read between two breaths. */
const CHUNK = 200;
/** A second label is a rival of the first when it would say at least this share of what the first would. */
const RIVAL = 0.5;

/** An order of photos, for as long as the labels that it was made from. */
interface Queue {
  labeller: Labeller;
  /** Photos that were ranked then. */
  ranked: number;
  /** The last verdict then. */
  event: number;
  length: number;
  order: Promise<{ photo: PhotoId; uncertainty: number }[]>;
}

const queues = new WeakMap<Workbench, Queue>();
const specificities = new WeakMap<Labeller, Map<LabelId, number>>();

/**
 * Photos that are worth a look, in order: of those that the model in use is unsure of the ones that stand for most
 * others and are unlike each
 * other and unlike what was judged, see `herd`. It stands while verdicts arrive; photos that were dealt with drop out:
 * those with an
 * accepted label, and those of which all labels and guesses were rejected. It is made anew by another model, for new
 * photos, and when it has been gone through.
 */
export async function reviewQueue(bench: Workbench, limit: number): Promise<Doubt[]> {
  const there = queues.get(bench);
  let open = there && there.length >= limit && isCurrent(bench, there) ? await stillOpen(bench, there, limit) : null;
  const goneThrough = open !== null && open.length < limit && there!.event !== lastVerdictEvent(bench.library);
  if (open === null || goneThrough) open = await stillOpen(bench, begin(bench, limit), limit);
  return open.map(({ photo, uncertainty, labels }) => ({ photo, uncertainty, ...reason(bench, labels) }));
}

const isCurrent = ({ library, labeller }: Workbench, queue: Queue): boolean =>
  queue.labeller === labeller && queue.ranked === countRanked(library);

function begin(bench: Workbench, limit: number): Queue {
  const { library, labeller } = bench;
  const length = Math.max(LENGTH, limit);
  const queue: Queue = {
    labeller,
    ranked: countRanked(library),
    event: lastVerdictEvent(library),
    length,
    order: inOrder(bench, length),
  };
  queues.set(bench, queue);
  queue.order.catch(() => queues.delete(bench)); // the caller is told; the next one tries again
  return queue;
}

/** The first photos of the queue that were not dealt with. */
async function stillOpen({ library }: Workbench, { order }: Queue, limit: number) {
  const open: { photo: PhotoId; uncertainty: number; labels: CarriedLabel[] }[] = [];
  for (const doubt of await order) {
    if (open.length >= limit) break;
    // what it is unsure of is seldom shown
    const labels = [...labelsOfPhoto(library, doubt.photo), ...guessesOf(library, doubt.photo)];
    if (!isDealtWith(labels)) open.push({ ...doubt, labels });
  }
  return open;
}

const isDealtWith = (labels: CarriedLabel[]): boolean =>
  labels.some(({ source }) => source === "accepted" || source === "added") ||
  (labels.length > 0 && labels.every(({ source }) => source === "rejected"));

async function inOrder(bench: Workbench, length: number): Promise<{ photo: PhotoId; uncertainty: number }[]> {
  const { library, model, pack } = bench;
  const verdicts = new Map<PhotoId, Map<LabelId, "accept" | "reject">>();
  for (const { photo, label, verdict } of standingVerdicts(library)) {
    const before = verdicts.get(photo);
    verdicts.delete(photo); // so that the photos stand in the order of their last verdicts
    verdicts.set(photo, (before ?? new Map<LabelId, "accept" | "reject">()).set(label, verdict));
  }
  const specificity = await specificityOf(bench);
  const photos: PhotoId[] = [];
  const uncertainty: number[] = [];
  for (const some of rankedPhotos(library, CHUNK)) {
    for (const { photo, labels, scores } of some) {
      const judged = verdicts.get(photo);
      if (judged && [...judged.values()].includes("accept")) continue;
      let most = 0;
      labels.forEach((label, i) => {
        if (!judged?.has(label)) most = Math.max(most, scores[i] * (specificity.get(label) ?? 0));
      });
      photos.push(photo);
      uncertainty.push(1 - most);
    }
    await setImmediate();
  }
  const drawn = drawUnsure(uncertainty, CHOSEN_FROM, random(model.model));
  const pool = await measuredFeatures(
    bench,
    drawn.rows.map((row) => photos[row]),
  );
  const known = await measuredFeatures(bench, [...verdicts.keys()].slice(-KEPT_AWAY_FROM));
  const at = new Map(drawn.rows.map((row, i) => [photos[row], i]));
  const weights = pool.photos.map((photo) => drawn.weights[at.get(photo)!]);
  const chosen = await herd({ rows: pool.rows, weights, dimensions: pack.dimensions }, known.rows, length);
  return chosen.map((i) => ({ photo: pool.photos[i], uncertainty: uncertainty[drawn.rows[at.get(pool.photos[i])!]] }));
}

/** How much each label that may be predicted says, 0..1. */
async function specificityOf({ labeller, lexicon }: Workbench): Promise<Map<LabelId, number>> {
  let there = specificities.get(labeller);
  if (!there) {
    const labels = [...labeller.labels];
    const said = informationContent(labels, lexicon.wordnet);
    there = new Map(labels.map((label, i) => [label, said[i]]));
    specificities.set(labeller, there);
    await setImmediate();
  }
  return there;
}

/** Which labels it is unsure of, and how. */
function reason({ lexicon }: Workbench, carried: CarriedLabel[]): Pick<Doubt, "why" | "labels"> {
  const named = (label: CarriedLabel) => ({ ...label, ...lexicon.named(label.label) });
  const [best, ...others] = carried.filter(({ source }) => source === "predicted");
  if (!best) return { why: "nothing", labels: [] };
  const { wordnet } = lexicon;
  const rival = others.find(({ label }) => !wordnet.isA(label, best.label) && !wordnet.isA(best.label, label));
  return rival && rival.score >= RIVAL * best.score
    ? { why: "between", labels: [named(best), named(rival)] }
    : { why: "unsure", labels: [named(best)] };
}
