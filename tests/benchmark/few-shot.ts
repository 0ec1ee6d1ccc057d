import { existsSync } from "node:fs";
import { join } from "node:path";
import { taughtScores, teachLabels } from "../../src-main/devise/few-shot";
import { random } from "../../src-main/devise/random";
import { type FeatureSet, readFeatureSet, takeRows } from "../../src-main/evaluate/feature-set";
import { whiteningWithout } from "../../src-main/labelling/taught-evidence";
import { readPack, readPrototypes } from "../../src-main/vision/pack";
import type { Figure, Outcome } from "./figures";
import { type Classifier, logisticRegression, nearestClassMean } from "./few-shot-baselines";
import { shuffled } from "./shuffled";

const EXAMPLES = [1, 2, 5, 10, 20];
/** Photos of each label that are none of its examples; together with the examples, the photos that a class needs. */
const TRIED = 20;
const LEAST_PHOTOS = 40;
const SEEDS = 5;
/** Logistic regression gets the one of these that is best on the photos tried: a baseline that nobody can have. */
const PENALTIES = [0.003, 0.01];
/** Half the width of a 95 % interval, in standard errors of five differences (Student, 4 degrees of freedom). */
const STUDENT = 2.776;

interface Split { labels: number; tried: FeatureSet; examples: (k: number) => FeatureSet; learner: (features: Float32Array, classes: Int32Array) => Classifier }
type Method = "Semblance" | "nearest class mean" | "logistic regression";

/**
 * Labels learned from 1 to 20 examples, on features of validation photos: for each seed a fifth of the classes are new labels, which neither
 * the prototypes nor the scatter know of, and each tried photo is to be told from all other labels.
 */
export function fewShot({ pack: folder, features }: { pack?: string; features: string }): Outcome {
  if (!existsSync(join(features, "validation.features.f16"))) return { figures: [], skipped: `there are no features in ${features}; --features names their folder` };
  const pack = readPack(folder ?? "tests/fixtures/packs/seed");
  const [C, D] = [pack.classes.length, pack.dimensions];
  const [train, validation] = [readFeatureSet(features, "train", D, C), readFeatureSet(features, "validation", D, C)];
  const prototypes = readPrototypes(pack).vectors;
  const shares = new Map<number, Record<Method, number>[]>(EXAMPLES.map((k) => [k, []]));
  for (let seed = 0; seed < SEEDS; seed++) {
    const split = splitOf(train, validation, prototypes, C, D, seed);
    for (const k of EXAMPLES) {
      const { features: shown, classes } = split.examples(k);
      const right = (classifier: Classifier) => shareRight(classifier(split.tried.features), split.tried.classes, split.labels);
      shares.get(k)!.push({
        Semblance: right(split.learner(shown, classes)),
        "nearest class mean": right(nearestClassMean(shown, classes, split.labels, D)),
        "logistic regression": Math.max(...PENALTIES.map((penalty) => right(logisticRegression(shown, classes, split.labels, D, penalty)))),
      });
    }
  }
  return { figures: EXAMPLES.flatMap((k) => figuresOf(k, shares.get(k)!)) };
}

function splitOf(train: FeatureSet, validation: FeatureSet, prototypes: Float32Array, C: number, D: number, seed: number): Split {
  const draw = random(100);
  const photosOf = Map.groupBy(validation.classes.keys(), (i) => validation.classes[i]);
  const enough = shuffled([...photosOf.keys()].filter((c) => photosOf.get(c)!.length >= LEAST_PHOTOS).sort((a, b) => a - b), draw);
  const labels = enough.filter((_, i) => i % SEEDS === seed);
  const known = Array.from({ length: C }, (_, c) => c).filter((c) => !labels.includes(c));
  const photos = labels.map((c) => shuffled(photosOf.get(c)!, random(1000 + seed)));
  const those = (from: number, to: number): FeatureSet => ({
    features: takeRows(validation.features, D, photos.flatMap((of) => of.slice(from, to))),
    classes: Int32Array.from(photos.flatMap((of, t) => of.slice(from, to).map(() => t))),
  });
  const whitening = whiteningWithout(labels, train, D);
  const background = takeRows(prototypes, D, known);
  return {
    labels: labels.length, tried: those(LEAST_PHOTOS - TRIED, LEAST_PHOTOS), examples: (k) => those(0, k),
    learner(shown, classes) {
      const accepted = labels.map((_, t) => takeRows(shown, D, [...classes.keys()].filter((i) => classes[i] === t)));
      const taught = teachLabels(accepted.map((of) => ({ accepted: of, rejected: new Float32Array(0) })), background, D, whitening);
      return (tried) => {
        const scores = new Float32Array((tried.length / D) * labels.length);
        for (let i = 0; i * D < tried.length; i++) scores.set(taughtScores(taught, tried.subarray(i * D, (i + 1) * D)), i * labels.length);
        return scores;
      };
    },
  };
}

function shareRight(scores: Float32Array, truths: Int32Array, T: number): number {
  let right = 0;
  truths.forEach((truth, i) => {
    const row = scores.subarray(i * T, (i + 1) * T);
    if (row.every((score, t) => t === truth || score < row[truth])) right++;
  });
  return right / truths.length;
}

/** The means over the seeds, and how far the learner is ahead of the better baseline, at least but for noise. */
function figuresOf(k: number, seeds: Record<Method, number>[]): Figure[] {
  const what = `${k} ${k === 1 ? "example" : "examples"} a label`;
  const mean = (of: (seed: Record<Method, number>) => number) => seeds.reduce((sum, seed) => sum + of(seed), 0) / seeds.length;
  const methods: Method[] = ["Semblance", "nearest class mean", "logistic regression"];
  const better = methods.slice(1).sort((a, b) => mean((seed) => seed[b]) - mean((seed) => seed[a]))[0];
  const ahead = (seed: Record<Method, number>) => seed.Semblance - seed[better];
  const noise = STUDENT * Math.sqrt(mean((seed) => (ahead(seed) - mean(ahead)) ** 2) / (seeds.length - 1));
  return [
    ...methods.map((method): Figure => ({ benchmark: "few-shot", what: `${what}: ${method}`, value: 100 * mean((seed) => seed[method]), unit: "%" })),
    { benchmark: "few-shot", what: `${what}: ahead of ${better}, ± ${(100 * noise).toFixed(1)} (95 %)`, value: 100 * mean(ahead), unit: "points", target: { atLeast: Math.min(0, -100 * noise) } },
  ];
}
