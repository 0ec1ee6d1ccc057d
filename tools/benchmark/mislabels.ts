import { existsSync } from "node:fs";
import { join } from "node:path";
import { BUNDLED_PACK } from "../../src-main/base/default-pack";
import { packFolder } from "../../src-main/base/resources";
import { confidentLearning } from "../../src-main/curate/confident-learning";
import { leaveOneOut } from "../../src-main/curate/leave-one-out";
import { fitInverseTemperature } from "../../src-main/curate/temperature-scaling";
import { whitenedFeatures } from "../../src-main/devise/feature-space";
import { readFeatureSet, subset } from "../../src-main/evaluation/feature-set";
import { CALIBRATION_EXAMPLES } from "../../src-main/features/review/label-issues";
import { packSpace } from "../../src-main/labeller/pack-space";
import { random } from "../../src-main/math/random";
import { softmax } from "../../src-main/math/softmax";
import { readPack } from "../../src-main/vision/pack";
import { type Figure, type Outcome, readable } from "./figures";
import { meanAndDeviation } from "./quantiles";

const SEEDS = 5;
const MIN_PHOTOS = 40;
/** Share of labels swapped for another one, uniformly chosen. */
const SWAPPED = 0.1;
const FIRST = 100;
/** What 5-fold logistic regression reaches on the features of Caltech-101. */
const MIN_PRECISION = 0.995;
const MAX_SECONDS = 2;

/**
 * Detection of swapped labels among validation photos of all classes with at least 40 photos, and among those of a
 * fifth of the classes.
 */
export async function mislabels({ pack: folder, features }: { pack?: string; features: string }): Promise<Outcome> {
  if (!existsSync(join(features, "validation.features.f16")))
    return { figures: [], skipped: `no features in ${features}; choose their folder with --features` };
  const pack = readPack(packFolder(folder ?? BUNDLED_PACK));
  const D = pack.dimensions;
  const validation = readFeatureSet(features, "validation", D);
  const rows = whitenedFeatures(packSpace(pack), validation.features);
  const photosOf = Map.groupBy(validation.classes.keys(), (i) => validation.classes[i]);
  const enough = [...photosOf.keys()].filter((c) => photosOf.get(c)!.length >= MIN_PHOTOS).sort((a, b) => a - b);
  const figures: Figure[] = [];
  for (const [which, take] of [
    [`classes of ${MIN_PHOTOS} photos or more`, 1],
    ["a fifth of these classes", SEEDS],
  ] as const) {
    const found: Awaited<ReturnType<typeof findSwapped>>[] = [];
    for (let seed = 0; seed < SEEDS; seed++) {
      const classes = enough.filter((_, i) => i % take === seed % take);
      const photos = subset({ features: rows, classes: validation.classes }, D, (c) => classes.includes(c));
      found.push(
        await findSwapped(
          photos.features,
          Array.from(photos.classes, (c) => classes.indexOf(c)),
          classes.length,
          random(3000 + seed),
        ),
      );
    }
    const figure = (
      what: string,
      of: keyof Awaited<ReturnType<typeof findSwapped>>,
      unit: string,
      target?: Figure["target"],
    ): Figure => {
      const { mean, deviation } = meanAndDeviation(found.map((each) => each[of]));
      return {
        benchmark: "mislabels",
        what: `${which}, ${100 * SWAPPED}% of labels swapped: ${what} (standard deviation ${readable(deviation)})`,
        value: mean,
        unit,
        target,
      };
    };
    figures.push(
      figure("average precision", "averagePrecision", "0..1", { atLeast: MIN_PRECISION }),
      figure(`swapped labels among the first ${FIRST} reported`, "first", "labels"),
      figure("recall of swapped labels", "recall", "%"),
      figure("reported labels with the right correction suggested", "restored", "%"),
      figure("precision of reported labels", "precision", "%"),
      figure("CPU time", "seconds", "s", { atMost: MAX_SECONDS }),
    );
  }
  return { figures };
}

/** Finds swapped labels with `likelyMislabels`. */
async function findSwapped(rows: Float32Array, truths: number[], C: number, draw: () => number) {
  const swapped = truths.map(() => draw() < SWAPPED);
  const given = truths.map((truth, i) => (swapped[i] ? (truth + 1 + Math.floor(draw() * (C - 1))) % C : truth));
  const begun = process.cpuUsage();
  const scores = await leaveOneOut({ rows, classes: given.map((c) => [c]), C });
  const telling = Array.from({ length: CALIBRATION_EXAMPLES }, (_, i) =>
    Math.floor((i * given.length) / CALIBRATION_EXAMPLES),
  );
  const inverseTemperature = await fitInverseTemperature(scores, given, telling);
  const into = new Float32Array(C);
  const { selfConfidence, counted, likeliestOther } = await confidentLearning(
    (i) => softmax(scores(i), inverseTemperature, into),
    given,
    C,
  );
  const { user, system } = process.cpuUsage(begun);
  const order = [...given.keys()].sort((a, b) => selfConfidence[a] - selfConfidence[b]);
  const errors = order.filter((i) => counted[i] >= 0 && counted[i] !== given[i]);
  const hits = errors.filter((i) => swapped[i]);
  let [right, precisions] = [0, 0];
  order.forEach((i, place) => {
    if (swapped[i]) precisions += ++right / (place + 1);
  });
  return {
    averagePrecision: precisions / right,
    first: order.slice(0, FIRST).filter((i) => swapped[i]).length,
    recall: (100 * hits.length) / right,
    precision: (100 * hits.length) / errors.length,
    seconds: (user + system) / 1e6,
    restored: (100 * hits.filter((i) => likeliestOther[i] === truths[i]).length) / hits.length,
  };
}
