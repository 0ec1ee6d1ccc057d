import { existsSync } from "node:fs";
import { join } from "node:path";
import { samplePoisson } from "../../src-main/curate/poisson-sampling";
import { uncertaintyHerding } from "../../src-main/curate/uncertainty-herding";
import { type Logistic, probability } from "../../src-main/devise/calibration";
import { type FeatureSpace, whitenedFeatures } from "../../src-main/devise/feature-space";
import { type FewShotClassifier, fewShotScores, fitFewShot } from "../../src-main/devise/few-shot";
import { fewShotEvidence } from "../../src-main/devise/few-shot-confidence";
import { type FeatureSet, readFeatureSet } from "../../src-main/evaluation/feature-set";
import { rowsByClasses } from "../../src-main/evaluation/few-shot-trials";
import { POOL_PHOTOS } from "../../src-main/features/review/review-queue";
import { readLexicon } from "../../src-main/labeller/lexicon";
import { readProjection } from "../../src-main/labeller/pack-projection";
import { packSpace } from "../../src-main/labeller/pack-space";
import { random } from "../../src-main/math/random";
import { shuffled } from "../../src-main/math/shuffle";
import { takeRows } from "../../src-main/math/take-rows";
import { readClassifierHead } from "../../src-main/vision/classifier-head";
import { classifierOutput, readPack } from "../../src-main/vision/pack";
import { logisticRegression } from "./few-shot-baselines";
import type { Figure, Outcome } from "./figures";
import { meanAndDeviation } from "./quantiles";

/** Photos labelled between retrainings. */
const BATCH = 20;
const MAX_REVIEWED_LABELS = 700;
/**
 * Target shares of the accuracy with the whole pool labelled, for the program's learner and for logistic regression.
 */
const REACHED = [0.8, 0.85, 0.9];
const CHECKED = [0.8, 0.85];
const FEWER_PERCENT = 30;
const SEEDS = 5;
const MIN_PHOTOS = 40;
/** scikit-learn's C. */
const C_LOGISTIC = 10;

/** New labels, photos to label, and photos for testing. */
interface Task {
  labels: number;
  pool: Rows;
  tried: Rows;
  space: FeatureSpace;
  calibrated: Logistic;
  D: number;
}
/** @property rows `[n, W]` of `measured`, from a classifier without the new labels */
interface Rows extends FeatureSet {
  rows: Float32Array;
}
/**
 * Learns from some rows of the pool.
 * @returns a function that predicts photos' labels
 */
type Learner = (rows: number[]) => (photos: Rows) => Int32Array;
type Needed = Record<"queue" | "random", number>;

/**
 * Labels needed to reach a given accuracy on new photos, in the order of the review queue and in random order. For each
 * seed, a fifth of the classes are new labels, which the classifier does not know; half of their validation photos form
 * the pool, the other half the test set. Uses the program's own learner and, as a check, logistic regression on the
 * same orders.
 */
export async function review({ pack, features }: { pack?: string; features: string }): Promise<Outcome> {
  if (!existsSync(join(features, "validation.features.f16")))
    return { figures: [], skipped: `no features in ${features}; choose their folder with --features` };
  const own: Needed[][] = [];
  const check: Needed[][] = [];
  for (const [seed, task] of tasksOf(pack ?? "tests/fixtures/packs/seed", features).entries()) {
    const orders = {
      queue: await queueOrder(task),
      random: shuffled([...task.pool.classes.keys()], random(2000 + seed)).slice(0, MAX_REVIEWED_LABELS),
    };
    own.push(needed(task, programsOwn(task), orders, REACHED));
    check.push(needed(task, regression(task), orders, CHECKED));
  }
  const of = (share: number) => `labels needed for ${100 * share}% of the accuracy of the fully labelled pool`;
  return {
    figures: [
      ...REACHED.flatMap((share, s) =>
        figuresOf(
          of(share),
          own.map((seed) => seed[s]),
          true,
        ),
      ),
      ...CHECKED.flatMap((share, s) =>
        figuresOf(
          `${of(share)} (logistic regression)`,
          check.map((seed) => seed[s]),
          false,
        ),
      ),
    ],
  };
}

function tasksOf(folder: string, features: string): Task[] {
  const pack = readPack(folder);
  const [C, D] = [pack.classes.length, pack.dimensions];
  const validation = readFeatureSet(features, "validation", D, C);
  const space = packSpace(pack);
  const head = readClassifierHead(pack.visual.file, classifierOutput(pack), C, D);
  const { vocabulary } = readLexicon();
  const projection = readProjection(pack, vocabulary.id, vocabulary.dimensions, folder);
  if (!projection) throw new Error(`${folder} has no projection for the words ${vocabulary.id}`);
  const photosOf = Map.groupBy(validation.classes.keys(), (i) => validation.classes[i]);
  const enough = shuffled(
    [...photosOf.keys()].filter((c) => photosOf.get(c)!.length >= MIN_PHOTOS).sort((a, b) => a - b),
    random(100),
  );
  return Array.from({ length: SEEDS }, (_, seed) => {
    const labels = enough.filter((_c, i) => i % SEEDS === seed);
    const photos = labels.map((c) => shuffled(photosOf.get(c)!, random(1000 + seed)));
    const known = Array.from({ length: C }, (_c, c) => c).filter((c) => !labels.includes(c));
    const half = (which: 0 | 1): Rows => {
      const rows = photos.flatMap((of, t) => of.filter((_photo, i) => i % 2 === which).map((row) => ({ row, t })));
      const taken = takeRows(
        validation.features,
        D,
        rows.map(({ row }) => row),
      );
      return {
        features: taken,
        classes: Int32Array.from(rows, ({ t }) => t),
        rows: rowsByClasses(space, taken, head, known),
      };
    };
    return {
      labels: labels.length,
      pool: half(0),
      tried: half(1),
      D,
      calibrated: projection.confidence.fewShot,
      space,
    };
  });
}

/** The order of `reviewQueue`, retraining after every batch; in the first batch all photos are equally uncertain. */
async function queueOrder(task: Task): Promise<number[]> {
  const { pool, D, space, calibrated } = task;
  const W = space.width;
  const rows = whitenedFeatures(space, pool.features);
  const order: number[] = [];
  for (let batch = 0; order.length < Math.min(MAX_REVIEWED_LABELS, pool.classes.length); batch++) {
    const classifier = classifierFrom(task, order);
    const open = [...pool.classes.keys()].filter((i) => !order.includes(i));
    const drawn = samplePoisson(
      open.map((i) => uncertainty(classifier, calibrated, pool.rows.subarray(i * W, (i + 1) * W))),
      POOL_PHOTOS,
      random(batch),
    );
    const from = drawn.rows.map((row) => open[row]);
    const chosen = await uncertaintyHerding(
      { rows: takeRows(rows, D, from), weights: drawn.weights, dimensions: D },
      takeRows(rows, D, order),
      BATCH,
    );
    order.push(...chosen.map((i) => from[i]));
  }
  return order;
}

function uncertainty(classifier: FewShotClassifier, calibrated: Logistic, row: Float32Array): number {
  const scores = fewShotScores(classifier, row);
  let most = 0;
  scores.forEach((score, t) => {
    if (classifier.examples[t] > 0)
      most = Math.max(most, probability(calibrated, fewShotEvidence(score, classifier.examples[t])));
  });
  return 1 - most;
}

function classifierFrom({ labels, pool, space }: Task, rows: number[]): FewShotClassifier {
  const examples = Array.from({ length: labels }, (_, t) => ({
    accepted: [...rows.keys()].filter((at) => pool.classes[rows[at]] === t),
    rejected: [],
    unknown: [],
  }));
  return fitFewShot(space, takeRows(pool.rows, space.width, rows), examples);
}

const programsOwn =
  (task: Task): Learner =>
  (rows) => {
    const classifier = classifierFrom(task, rows);
    const W = task.space.width;
    return (photos) =>
      photos.classes.map((_, i) =>
        best(fewShotScores(classifier, photos.rows.subarray(i * W, (i + 1) * W)), (t) => classifier.examples[t] > 0),
      );
  };

const regression =
  ({ pool, labels, D }: Task): Learner =>
  (rows) => {
    const classes = Int32Array.from(rows, (i) => pool.classes[i]);
    const classify = logisticRegression(takeRows(pool.features, D, rows), classes, labels, D, C_LOGISTIC);
    return ({ features }) => {
      const scores = classify(features);
      return Int32Array.from({ length: features.length / D }, (_, i) =>
        best(scores.subarray(i * labels, (i + 1) * labels), (t) => classes.includes(t)),
      );
    };
  };

function best(scores: Float32Array, may: (t: number) => boolean): number {
  let at = -1;
  scores.forEach((score, t) => {
    if (may(t) && (at < 0 || score > scores[at])) at = t;
  });
  return at;
}

/** @throws Error when an accuracy is not reached: there are too few labels to say how many it takes */
function needed(
  { pool, tried }: Task,
  learner: Learner,
  orders: Record<keyof Needed, number[]>,
  shares: number[],
): Needed[] {
  const accuracy = (rows: number[]) =>
    learner(rows)(tried).reduce((right, t, i) => right + (t === tried.classes[i] ? 1 : 0), 0) / tried.classes.length;
  const whole = accuracy([...pool.classes.keys()]);
  const labels = (order: number[]): number[] => {
    const reached: number[] = [];
    for (let n = BATCH, before = 0; reached.length < shares.length; n += BATCH) {
      if (n > order.length)
        throw new Error(`${order.length} labels reach less than ${shares[reached.length]} of accuracy ${whole}`);
      const now = accuracy(order.slice(0, n));
      // Accuracy is interpolated linearly between batches.
      while (reached.length < shares.length && now >= shares[reached.length] * whole)
        reached.push(n - (BATCH * (now - shares[reached.length] * whole)) / (now - before));
      before = now;
    }
    return reached;
  };
  const [queue, any] = [labels(orders.queue), labels(orders.random)];
  return shares.map((_, s) => ({ queue: queue[s], random: any[s] }));
}

function figuresOf(what: string, seeds: Needed[], promised: boolean): Figure[] {
  const figure = (of: string, values: number[], unit: string, target?: Figure["target"]): Figure => {
    const { mean, deviation } = meanAndDeviation(values);
    return {
      benchmark: "review",
      what: `${what}: ${of} (standard deviation ${deviation.toFixed(0)})`,
      value: mean,
      unit,
      target,
    };
  };
  const fewer = seeds.map(({ queue, random: any }) => 100 * (1 - queue / any));
  return [
    figure(
      "random order",
      seeds.map(({ random: any }) => any),
      "labels",
    ),
    figure(
      "review queue",
      seeds.map(({ queue }) => queue),
      "labels",
    ),
    figure(
      `saved by the queue, worst seed ${Math.min(...fewer).toFixed(0)}%`,
      fewer,
      "%",
      promised ? { atLeast: FEWER_PERCENT } : undefined,
    ),
  ];
}
