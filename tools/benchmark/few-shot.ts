import { existsSync } from "node:fs";
import { join } from "node:path";
import { BUNDLED_PACK } from "../../src-main/base/default-pack";
import { packFolder } from "../../src-main/base/resources";
import type { FeatureSpace } from "../../src-main/devise/feature-space";
import { fewShotScores, fitFewShot } from "../../src-main/devise/few-shot";
import { type FeatureSet, readFeatureSet } from "../../src-main/evaluation/feature-set";
import { rowsByClasses } from "../../src-main/evaluation/few-shot-trials";
import { packSpace } from "../../src-main/labeller/pack-space";
import { random } from "../../src-main/math/random";
import { shuffled } from "../../src-main/math/shuffle";
import { takeRows } from "../../src-main/math/take-rows";
import { dot, unitRows } from "../../src-main/math/vectors";
import { readClassifierHead } from "../../src-main/vision/classifier-head";
import { classifierOutput, readPack } from "../../src-main/vision/pack";
import { type Classifier, logisticRegression, nearestClassMean, ridgeRegression } from "./few-shot-baselines";
import type { Figure, Outcome } from "./figures";

const EXAMPLES = [1, 2, 5, 10, 20];
const SEEDS = 3;
/** scikit-learn's C of the logistic regression: weight of the summed losses against half the squared weights. */
const C_LOGISTIC = 10;
const RIDGE = 0.3;
/**
 * Finding an object again: libraries of this many photos, two labelled photos per object, and the rank that its third
 * photo must reach.
 */
const [THINGS, LIBRARY, FIRST, LIBRARIES] = [40, 600, 12, 6];
/** A method counts as ahead of its rival from half a standard error of these means. */
const EVEN = 0.2;

interface Photos extends FeatureSet {
  /** `[n, W]` */
  rows: Float32Array;
}

type Method = "Semblance" | "nearest class mean" | "logistic regression" | "ridge regression";
const BASELINES = ["nearest class mean", "logistic regression", "ridge regression"] as const;

/**
 * Few-shot labels learned from 1 to 20 examples per class, tested on all validation photos of classes that the pack's
 * network was not trained on, macro-averaged; and objects found again from two photos.
 */
export function fewShot({ pack: folder, features }: { pack?: string; features: string }): Outcome {
  if (!existsSync(join(features, "validation.features.f16")))
    return { figures: [], skipped: `no features in ${features}; choose their folder with --features` };
  const pack = readPack(packFolder(folder ?? BUNDLED_PACK));
  const [C, D] = [pack.classes.length, pack.dimensions];
  const space = packSpace(pack);
  const head = readClassifierHead(pack.visual.file, classifierOutput(pack), C, D);
  const every = Array.from({ length: C }, (_, c) => c);
  const read = (name: string): Photos => {
    const set = readFeatureSet(features, name, D);
    return { ...set, rows: rowsByClasses(space, set.features, head, every) };
  };
  const [train, validation] = [read("train"), read("validation")];
  return { figures: [...apart(space, train, validation), ...foundAgain(space, validation)] };
}

function apart(space: FeatureSpace, train: Photos, validation: Photos): Figure[] {
  const { D } = space;
  const T = Math.max(...train.classes) + 1;
  const photosOf = Map.groupBy(train.classes.keys(), (i) => train.classes[i]);
  const shares = new Map(EXAMPLES.map((k) => [k, [] as Record<Method, number>[]]));
  for (let seed = 0; seed < SEEDS; seed++) {
    const order = [...photosOf.keys()]
      .sort((a, b) => a - b)
      .map((c) => shuffled(photosOf.get(c)!, random(1000 * (seed + 1) + c)));
    for (const k of EXAMPLES) {
      const shown = order.flatMap((photos) => photos.slice(0, k));
      const classes = Int32Array.from(shown, (i) => train.classes[i]);
      const raw = takeRows(train.features, D, shown);
      const right = (classifier: Classifier, photos = validation.features) =>
        meanShareRight(classifier(photos), validation.classes, T);
      shares.get(k)!.push({
        Semblance: right(learner(space, takeRows(train.rows, space.width, shown), classes, T), validation.rows),
        "nearest class mean": right(nearestClassMean(raw, classes, T, D)),
        "logistic regression": right(logisticRegression(raw, classes, T, D, C_LOGISTIC)),
        "ridge regression": right(ridgeRegression(raw, classes, T, D, RIDGE)),
      });
    }
  }
  return EXAMPLES.flatMap((k) => figuresOf(k, shares.get(k)!));
}

/** The program's own few-shot classifier: scores of rows `[n, W]` for each label. */
function learner(space: FeatureSpace, shown: Float32Array, classes: Int32Array, T: number): Classifier {
  const examples = Array.from({ length: T }, (_, t) => ({
    accepted: [...classes.keys()].filter((i) => classes[i] === t),
    rejected: [],
    unknown: [],
  }));
  const classifier = fitFewShot(space, shown, examples);
  return (rows) => {
    const scores = new Float32Array((rows.length / space.width) * T);
    for (let i = 0; i * space.width < rows.length; i++)
      scores.set(fewShotScores(classifier, rows.subarray(i * space.width, (i + 1) * space.width)), i * T);
    return scores;
  };
}

/**
 * Macro-averaged accuracy.
 * @param scores `[n, T]`
 */
function meanShareRight(scores: Float32Array, truths: Int32Array, T: number): number {
  const [right, photos] = [new Float64Array(T), new Float64Array(T)];
  truths.forEach((truth, i) => {
    const row = scores.subarray(i * T, (i + 1) * T);
    photos[truth]++;
    if (row.every((score, t) => t === truth || score < row[truth])) right[truth]++;
  });
  const shares = Array.from(photos.keys())
    .filter((c) => photos[c] > 0)
    .map((c) => right[c] / photos[c]);
  return shares.reduce((a, b) => a + b, 0) / shares.length;
}

/** Means over the seeds, and the lead over the best baseline. */
function figuresOf(k: number, seeds: Record<Method, number>[]): Figure[] {
  const what = `${k} ${k === 1 ? "example" : "examples"} per label`;
  const mean = (method: Method) => (100 * seeds.reduce((sum, seed) => sum + seed[method], 0)) / seeds.length;
  const best = [...BASELINES].sort((a, b) => mean(b) - mean(a))[0];
  return [
    ...(["Semblance", ...BASELINES] as const).map((method): Figure => ({
      benchmark: "few-shot",
      what: `${what}: ${method}`,
      value: mean(method),
      unit: "%",
    })),
    {
      benchmark: "few-shot",
      what: `${what}: lead over ${best}`,
      value: mean("Semblance") - mean(best),
      unit: "points",
      target: { atLeast: -EVEN },
    },
  ];
}

/**
 * Objects labelled on two of their three photos: how many have the third among the first results. Each photo is the
 * third once.
 */
function foundAgain(space: FeatureSpace, { features, rows, classes }: Photos): Figure[] {
  const { D, width: W } = space;
  const photosOf = Map.groupBy(classes.keys(), (i) => classes[i]);
  const enough = [...photosOf.keys()].filter((c) => photosOf.get(c)!.length >= 3).sort((a, b) => a - b);
  const units = unitRows(features, D);
  const found = { Semblance: 0, "cosine of features": 0 };
  for (let seed = 0; seed < LIBRARIES; seed++) {
    const order = shuffled(enough, random(500 + seed));
    const things = order.slice(0, THINGS).map((c) => shuffled(photosOf.get(c)!, random(seed)).slice(0, 3));
    const others = shuffled(
      order.slice(THINGS).flatMap((c) => photosOf.get(c)!),
      random(900 + seed),
    ).slice(0, LIBRARY - 3 * THINGS);
    const library = [...things.flat(), ...others];
    for (const photos of things) {
      photos.forEach((third, t) => {
        const pair = photos.filter((_, i) => i !== t);
        const place = (score: (photo: number) => number) =>
          library.filter((photo) => !pair.includes(photo) && score(photo) > score(third)).length;
        const classifier = fitFewShot(space, takeRows(rows, W, pair), [
          { accepted: [0, 1], rejected: [], unknown: [] },
        ]);
        if (place((photo) => dot(classifier.vectors, 0, rows, photo * W, W)) < FIRST) found.Semblance++;
        if (
          place(
            (photo) => dot(units, pair[0] * D, units, photo * D, D) + dot(units, pair[1] * D, units, photo * D, D),
          ) < FIRST
        )
          found["cosine of features"]++;
      });
    }
  }
  return Object.entries(found).map(([method, count]): Figure => ({
    benchmark: "few-shot",
    what: `${THINGS} objects labelled on two photos each, third photo among the first ${FIRST} of ${LIBRARY}: ${method}`,
    value: count / (3 * LIBRARIES),
    unit: "things",
  }));
}
