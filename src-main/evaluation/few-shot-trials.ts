import { type FeatureSpace, whitenedRows } from "../devise/feature-space";
import { type FewShotClassifier, fewShotScores, fitFewShot } from "../devise/few-shot";
import { STORED_CLASSES, topClasses } from "../devise/semantic-embedding";
import { random } from "../math/random";
import { takeRows } from "../math/take-rows";
import { dot } from "../math/vectors";
import type { ClassifierHead } from "../vision/classifier-head";
import type { FewShotTrial } from "./calibrate";

/** Numbers of examples to try. */
const EXAMPLES = [1, 2, 5, 10, 20];
/**
 * Photos of each few-shot label that are not its examples, and photos of other classes, in a realistic proportion:
 * mostly others.
 */
const TRIALS_PER_CLASS = 15;
const MAX_OTHER_PHOTOS = 900;
/** Only the most probable few-shot label of each photo could be shown. */
const LIKELIEST = 10;

/**
 * Learns some classes from a few of their photos, together and one at a time, and tries them on the remaining photos
 * and on photos of other classes.
 * @param rows `[n, W]` of `measured`, from a visual model that does not know these classes
 * @param classes `[n]`
 */
export function fewShotTrials(
  rows: Float32Array,
  classes: ArrayLike<number>,
  fewShotClasses: number[],
  space: FeatureSpace,
): FewShotTrial[] {
  const W = space.width;
  const draw = random(fewShotClasses[0] + 1);
  const all = Array.from({ length: classes.length }, (_, i) => i);
  const photosOf = fewShotClasses.map((c) => all.filter((i) => classes[i] === c));
  const others = Array.from({ length: MAX_OTHER_PHOTOS }, () => Math.floor(draw() * classes.length)).filter(
    (i) => !fewShotClasses.includes(classes[i]),
  );
  const most = Math.max(...photosOf.map((photos) => photos.length));
  return EXAMPLES.filter((n) => n < most).flatMap((n) => {
    const classifier = [
      fittedOn(
        space,
        rows,
        photosOf.map((photos) => photos.slice(0, n)),
      ),
      ...photosOf.map((photos) => fittedOn(space, rows, [photos.slice(0, n)])),
    ];
    const tried = [
      ...photosOf.flatMap((photos, truth) => photos.slice(n, n + TRIALS_PER_CLASS).map((photo) => ({ photo, truth }))),
      ...others.map((photo) => ({ photo, truth: -1 })),
    ];
    return tried.flatMap(({ photo, truth }) => {
      const [together, ...alone] = classifier.map((each) =>
        fewShotScores(each, rows.subarray(photo * W, (photo + 1) * W)),
      );
      const evidence = (scores: ArrayLike<number>, isAlone: boolean) =>
        Array.from(photosOf.keys())
          .sort((a, b) => scores[b] - scores[a])
          .slice(0, LIKELIEST)
          .map((label): FewShotTrial => ({
            score: scores[label],
            examples: Math.min(n, photosOf[label].length),
            right: label === truth,
            alone: isAlone,
          }));
      return [
        ...evidence(together, false),
        ...evidence(
          alone.map(([score]) => score),
          true,
        ),
      ];
    });
  });
}

/**
 * Labels of these photos.
 * @param photos rows of each label's examples
 */
function fittedOn(space: FeatureSpace, rows: Float32Array, photos: number[][]): FewShotClassifier {
  let from = 0;
  const examples = photos.map((each) => ({ accepted: each.map(() => from++), rejected: [], unknown: [] }));
  return fitFewShot(space, takeRows(rows, space.width, photos.flat()), examples);
}

/** Probabilities `[n, W]` from a classifier reduced to the known classes. */
export function rowsByClasses(
  space: FeatureSpace,
  features: Float32Array,
  { weights, bias }: ClassifierHead,
  known: number[],
): Float32Array {
  const { D } = space;
  const n = features.length / D;
  const logits = new Float32Array(n * known.length);
  for (let i = 0; i < n; i++)
    known.forEach((c, k) => {
      logits[i * known.length + k] = dot(features, i * D, weights, c * D, D) + bias[c];
    });
  const { classes, probabilities } = topClasses(logits, known.length, Math.min(STORED_CLASSES, known.length));
  return whitenedRows(space, { features, classes: classes.map((k) => known[k]), probabilities });
}
