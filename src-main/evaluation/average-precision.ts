import { type BoxGroup, boxOverlaps, type GroupMatches, IOU_THRESHOLDS, MATCH, matchBoxes } from "./box-matching";

/** Recalls at which precision is read: 0, 0.01, …, 1. */
const RECALLS = Float64Array.from({ length: 101 }, (_, i) => (i < 100 ? i * 0.01 : 1));
/** Areas in square pixels, both ends inclusive. */
const RANGES = {
  all: [0, 1e5 ** 2],
  small: [0, 32 ** 2],
  medium: [32 ** 2, 96 ** 2],
  large: [96 ** 2, 1e5 ** 2],
} as const;
type Range = keyof typeof RANGES;
/** Most detections per image and category. */
const MAX_DETECTIONS = 100;
const AT_50 = 0;
const AT_75 = 5;

/** Boxes in n images: x, y (top left corner), width and height in pixels. Images and categories are counted from 0. */
export interface Boxes {
  /** `[k]` */
  images: Uint32Array;
  /** `[k]` */
  categories: Uint32Array;
  /** `[k, 4]` */
  boxes: Float64Array;
}

export interface TrueBoxes extends Boxes {
  /** `[k]` in square pixels; of the object's outline, if the dataset has it. */
  areas: Float64Array;
  /** `[k]` 1 for a box around several objects (COCO's `iscrowd`). */
  crowds: Uint8Array;
}

export interface DetectedBoxes extends Boxes {
  /** `[k]` */
  scores: Float64Array;
}

/** Average precision and recall, 0..1; null where the images have no true box of that size. */
export interface BoxScores {
  /** Mean over the thresholds 0.5, 0.55, …, 0.95 of intersection over union. */
  ap: number | null;
  ap50: number | null;
  ap75: number | null;
  /** Of boxes up to 32² square pixels. */
  apSmall: number | null;
  /** From 32² to 96². */
  apMedium: number | null;
  /** From 96². */
  apLarge: number | null;
  /** Recall with at most one detection per image and category, over the same thresholds. */
  ar1: number | null;
  ar10: number | null;
  ar100: number | null;
  arSmall: number | null;
  arMedium: number | null;
  arLarge: number | null;
}

/**
 * COCO's detection metric: equal to `COCOeval(…, "bbox")` of pycocotools. Of detections with equal scores, the one that
 * comes first stays first, and lower images come first.
 * @param categoryCount the number of categories
 * @returns means over the categories that have true boxes, and the scores of each category `[categoryCount]`
 * @throws RangeError when arrays do not fit together, or a category is not below `categoryCount`
 */
export function averagePrecision(
  truth: TrueBoxes,
  detected: DetectedBoxes,
  categoryCount: number,
): { mean: BoxScores; categories: BoxScores[] } {
  checkLengths("true", truth, [truth.areas, truth.crowds], categoryCount);
  checkLengths("detected", detected, [detected.scores], categoryCount);
  const of = (rows: number[] | undefined, category: Boxes["categories"]) =>
    Map.groupBy(rows ?? [], (row) => category[row]);
  const byCategory = of([...truth.images.keys()], truth.categories);
  const foundByCategory = of([...detected.images.keys()], detected.categories);
  const categories = Array.from({ length: categoryCount }, (_, c) =>
    scoreCategory(groupsOf(truth, byCategory.get(c) ?? [], detected, foundByCategory.get(c) ?? [])),
  );
  const names = Object.keys(NOTHING) as (keyof BoxScores)[];
  const mean = names.map((name) => [name, meanOf(categories.map((scores) => scores[name]))] as const);
  return { mean: Object.fromEntries(mean) as Record<keyof BoxScores, number | null>, categories };
}

const NOTHING: BoxScores = {
  ap: null,
  ap50: null,
  ap75: null,
  apSmall: null,
  apMedium: null,
  apLarge: null,
  ar1: null,
  ar10: null,
  ar100: null,
  arSmall: null,
  arMedium: null,
  arLarge: null,
};

function checkLengths(which: string, { images, categories, boxes }: Boxes, others: ArrayLike<number>[], most: number) {
  const lengths = [images, categories, ...others].map(({ length }) => length);
  if (lengths.some((length) => length !== images.length) || boxes.length !== 4 * images.length)
    throw new RangeError(`${which} boxes: arrays of ${lengths.join(", ")} rows with ${boxes.length} coordinates`);
  const beyond = categories.find((category) => category >= most);
  if (beyond !== undefined) throw new RangeError(`${which} boxes: category ${beyond} of ${most}`);
}

const meanOf = (values: (number | null)[]): number | null => {
  const present = values.filter((value) => value !== null);
  return present.length === 0 ? null : present.reduce((sum, value) => sum + value, 0) / present.length;
};

/** A group with the detections' scores `[d]`. */
type ScoredGroup = BoxGroup & { scores: Float64Array };

/** A category's boxes, image by image. */
function groupsOf(truth: TrueBoxes, rows: number[], detected: DetectedBoxes, found: number[]): ScoredGroup[] {
  const there = Map.groupBy(rows, (row) => truth.images[row]);
  const seen = Map.groupBy(found, (row) => detected.images[row]);
  const images = [...new Set([...there.keys(), ...seen.keys()])].sort((a, b) => a - b);
  return images.map((image) => {
    const present = there.get(image) ?? [];
    const best = (seen.get(image) ?? [])
      .sort((a, b) => detected.scores[b] - detected.scores[a])
      .slice(0, MAX_DETECTIONS);
    return {
      truth: boxesAt(truth.boxes, present),
      areas: Float64Array.from(present, (row) => truth.areas[row]),
      crowds: Uint8Array.from(present, (row) => truth.crowds[row]),
      detected: boxesAt(detected.boxes, best),
      scores: Float64Array.from(best, (row) => detected.scores[row]),
    };
  });
}

function boxesAt(boxes: Float64Array, rows: number[]): Float64Array {
  const at = new Float64Array(4 * rows.length);
  rows.forEach((row, i) => at.set(boxes.subarray(4 * row, 4 * row + 4), 4 * i));
  return at;
}

function scoreCategory(groups: ScoredGroup[]): BoxScores {
  const overlaps = groups.map(boxOverlaps);
  const matchesIn = (range: Range) => groups.map((group, i) => matchBoxes(group, overlaps[i], RANGES[range]));
  const all = matchesIn("all");
  const full = curves(groups, all, MAX_DETECTIONS);
  if (full === null) return NOTHING; // other ranges are parts of this one
  const [small, medium, large] = (["small", "medium", "large"] as const).map((range) =>
    curves(groups, matchesIn(range), MAX_DETECTIONS),
  );
  const ar = (curve: Curves | null) => curve && mean(curve.recalls);
  const ap = (curve: Curves | null) => curve && mean(curve.precisions);
  return {
    ap: ap(full),
    ap50: full.precisions[AT_50],
    ap75: full.precisions[AT_75],
    apSmall: ap(small),
    apMedium: ap(medium),
    apLarge: ap(large),
    ar1: ar(curves(groups, all, 1)),
    ar10: ar(curves(groups, all, 10)),
    ar100: ar(full),
    arSmall: ar(small),
    arMedium: ar(medium),
    arLarge: ar(large),
  };
}

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** For each of T thresholds of intersection over union, 0..1. */
interface Curves {
  /** `[T]` mean over the 101 recalls of the highest precision at that recall or a higher one. */
  precisions: Float64Array;
  /** `[T]` recall of all detections. */
  recalls: Float64Array;
}

/**
 * Precision and recall over all images, with the `most` best detections of each; null if no box is wanted.
 * @param matches of each group
 */
function curves(groups: ScoredGroup[], matches: GroupMatches[], most: number): Curves | null {
  const wanted = matches.reduce((sum, each) => sum + each.wanted, 0);
  if (wanted === 0) return null;
  const counted = groups
    .flatMap(({ scores }, group) => Array.from(scores.subarray(0, most), (score, d) => ({ score, group, d })))
    .sort((a, b) => b.score - a.score); // stable
  const n = counted.length;
  const [precisions, recalls] = [new Float64Array(IOU_THRESHOLDS.length), new Float64Array(IOU_THRESHOLDS.length)];
  const [precision, recall] = [new Float64Array(n), new Float64Array(n)];
  for (let t = 0; t < IOU_THRESHOLDS.length; t++) {
    let [right, wrong] = [0, 0];
    counted.forEach(({ group, d }, i) => {
      const outcome = matches[group].outcomes[t * groups[group].scores.length + d];
      if (outcome === MATCH.right) right++;
      else if (outcome === MATCH.wrong) wrong++;
      recall[i] = right / wanted;
      precision[i] = right / (right + wrong + Number.EPSILON);
    });
    for (let i = n - 1; i > 0; i--) precision[i - 1] = Math.max(precision[i - 1], precision[i]);
    recalls[t] = n > 0 ? recall[n - 1] : 0;
    precisions[t] = meanPrecision(precision, recall);
  }
  return { precisions, recalls };
}

/** Mean of the precisions at the 101 recalls; 0 at those that are not reached. */
function meanPrecision(precision: Float64Array, recall: Float64Array): number {
  let [sum, i] = [0, 0];
  for (const at of RECALLS) {
    while (i < recall.length && recall[i] < at) i++;
    if (i === recall.length) break;
    sum += precision[i];
  }
  return sum / RECALLS.length;
}
