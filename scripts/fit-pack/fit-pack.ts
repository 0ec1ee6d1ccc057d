/**
 * Fits a pack's projection on the features of its training photos and calibrates its confidences on its validation photos.
 *
 *   npm run fit-pack -- PACK FEATURES
 *
 * PACK is the pack's folder, which gets projection.f32 and projection.json; FEATURES holds train.* and validation.* as the
 * pack's training left them (see the pack's README).
 */
import { fitProjection, type FitSettings, FIRST_FIT } from "../../src-main/devise/fit";
import { placesOf, type Seen, topClasses } from "../../src-main/devise/places";
import { rankLabels, standardised } from "../../src-main/devise/ranking";
import { startTensorFlow } from "../../src-main/devise/tensorflow";
import { calibrate, type CalibrationFold, expectedCalibrationError, type TaughtEvidence } from "../../src-main/labelling/calibrate";
import { KEPT_CLASSES } from "../../src-main/labelling/embed-photos";
import { buildLabelSpace } from "../../src-main/labelling/label-space";
import { readLexicon } from "../../src-main/labelling/lexicon";
import { writeProjection } from "../../src-main/labelling/pack-projection";
import { indexRows } from "../../src-main/search/nearest";
import { dot } from "../../src-main/vectors";
import { readClassifierHead } from "../../src-main/vision/classifier-head";
import { readPack, readPrototypes } from "../../src-main/vision/pack";
import { type FeatureSet, readFeatureSet, subset } from "../../src-main/evaluate/feature-set";
import { taughtEvidence } from "./taught-evidence";

/** Of the bundled projection. Adagrad's rate is high because features have unit length: its first steps are then of M's own size. */
const SETTINGS: FitSettings = { ...FIRST_FIT, steps: 2000, learningRate: 1 };
/** Those of the folds, where a class in five is held out. */
const FOLD_SETTINGS: FitSettings = { ...SETTINGS, steps: 700 };
const FOLDS = 5;
/** Photos of held-out classes a fold, and as many of known ones: half of what people photograph is no class of any pack. */
const PHOTOS_A_FOLD = 600;

const [packFolder, featureFolder] = process.argv.slice(2);
if (!packFolder || !featureFolder) throw new Error("usage: fit-pack PACK FEATURES");
console.log((await startTensorFlow()).name);
const lexicon = readLexicon();
const E = lexicon.vocabulary.dimensions;
const pack = readPack(packFolder);
const D = pack.dimensions;
const C = pack.classes.length;
const prototypes = readPrototypes(pack).vectors;
const head = readClassifierHead(pack.visual.file, pack.visual.logits, C, D);
const classLabels = pack.classes.map(({ name, wnid }) => lexicon.classLabel({ name, wnid: wnid ?? undefined }));
const labels = lexicon.labelSet("everyday", classLabels).labels;
const train = readFeatureSet(featureFolder, "train", D);
const validation = readFeatureSet(featureFolder, "validation", D);

const begun = performance.now();
const all = Array.from({ length: C }, (_, c) => c);
const M = await fitOn(all, SETTINGS);
const seconds = (performance.now() - begun) / 1000;
const scores = { photos: validation.classes.length, hit: hitsOf(M) };
console.log(`fitted in ${seconds.toFixed(0)} s; validation photos whose class is nearest to Mv among ${C}: ${JSON.stringify(scores.hit)} %`);

const folds: CalibrationFold[] = [];
const lessons: TaughtEvidence[] = [];
for (let fold = 0; fold < FOLDS; fold++) {
  const known = all.filter((c) => c % FOLDS !== fold);
  folds.push(await foldOf(known));
  lessons.push(...taughtEvidence(validation, prototypesOf(known), all.filter((c) => c % FOLDS === fold), D));
  console.log(`fold ${fold + 1} of ${FOLDS}`);
}
const confidence = await calibrate(folds, lessons, lexicon.wordnet);
// Each fold is scored with the calibration of the other four.
const calibration = { error: await crossValidatedError() };
console.log(`expected calibration error of the labels shown: ${calibration.error.toFixed(4)}`);
writeProjection(packFolder, pack, lexicon.vocabulary.id, { M, confidence, settings: SETTINGS, seconds: Math.round(seconds), scores: { ...scores, calibration } });

async function fitOn(classes: number[], settings: FitSettings): Promise<Float32Array> {
  const row = new Map(classes.map((c, i) => [c, i]));
  const photos = subset(train, D, (c) => row.has(c));
  const fitted = await fitProjection({
    dimensions: D, features: photos.features, truths: photos.classes.map((c) => row.get(c)!), wordDimensions: E, words: vectorsOf(classes),
  }, settings);
  return fitted.M;
}

function vectorsOf(classes: number[]): Float32Array {
  const vectors = new Float32Array(classes.length * E);
  classes.forEach((c, i) => {
    const vector = lexicon.vectorOf(classLabels[c]);
    if (!vector) throw new Error(`class ${pack.classes[c].name} has no word vector`);
    vectors.set(vector, i * E);
  });
  return vectors;
}

/** DeViSE's own score: the true class among the k nearest to Mv, in percent. */
function hitsOf(projection: Float32Array): Record<number, number> {
  const words = vectorsOf(all);
  const unseen: Seen = { features: validation.features, classes: new Uint16Array(0), probabilities: new Float32Array(0) };
  const places = placesOf(unseen, projection, words, D);
  const ranks = Array.from(validation.classes, (truth, i) => {
    const own = dot(words, truth * E, places, i * E, E);
    return all.filter((c) => dot(words, c * E, places, i * E, E) > own).length;
  });
  return Object.fromEntries([1, 2, 5, 10, 20].map((k) => [k, Math.round((1000 * ranks.filter((rank) => rank < k).length) / ranks.length) / 10]));
}

/** A projection that knows some classes, and validation photos of those and of the others. */
async function foldOf(known: number[]): Promise<CalibrationFold> {
  const projection = await fitOn(known, FOLD_SETTINGS);
  const isKnown = new Set(known);
  const photos = joined(
    sample(subset(validation, D, (c) => !isKnown.has(c)), PHOTOS_A_FOLD),
    sample(subset(validation, D, (c) => isKnown.has(c)), PHOTOS_A_FOLD));
  const n = photos.classes.length;
  const logits = new Float32Array(n * known.length);
  for (let i = 0; i < n; i++) {
    known.forEach((c, k) => { logits[i * known.length + k] = dot(photos.features, i * D, head.weights, c * D, D) + head.bias[c]; });
  }
  const seen: Seen = { features: photos.features, ...topClasses(logits, known.length, KEPT_CLASSES) };
  const knownLabels = known.map((c) => classLabels[c]);
  const vectors = vectorsOf(known);
  const reference = placesOf({ features: prototypesOf(known), classes: Uint16Array.from(known.keys()), probabilities: new Float32Array(known.length).fill(1) }, projection, vectors, D);
  return {
    labels, seen, places: placesOf(seen, projection, vectors, D),
    space: await buildLabelSpace({ labels, classLabels: knownLabels, vectorOf: lexicon.vectorOf, wordnet: lexicon.wordnet, reference, dimensions: E }),
    truths: Array.from(photos.classes, (c) => classLabels[c]),
  };
}

function prototypesOf(classes: number[]): Float32Array {
  const rows = new Float32Array(classes.length * D);
  classes.forEach((c, k) => rows.set(prototypes.subarray(c * D, (c + 1) * D), k * D));
  return rows;
}

/** n photos at even distances. */
function sample(set: FeatureSet, n: number): FeatureSet {
  const every = Math.max(1, Math.floor(set.classes.length / n));
  return subset(set, D, (_, i) => i % every === 0);
}

function joined(a: FeatureSet, b: FeatureSet): FeatureSet {
  const features = new Float32Array(a.features.length + b.features.length);
  features.set(a.features);
  features.set(b.features, a.features.length);
  return { features, classes: Int32Array.from([...a.classes, ...b.classes]) };
}

async function crossValidatedError(): Promise<number> {
  const sure: number[] = [];
  const right: number[] = [];
  for (const fold of folds) {
    const model = await calibrate(folds.filter((other) => other !== fold), lessons, lexicon.wordnet);
    const index = await indexRows(standardised(fold.space), E + 1);
    const nearest = (place: Float32Array) => index.rows(Float32Array.of(...place, 1), 40);
    fold.truths.forEach((truth, i) => {
      for (const { label, confidence: p } of rankLabels(fold.space, model, fold.seen, fold.places, i, nearest, { threshold: 0.1, limit: 5 })) {
        sure.push(p);
        right.push(Number(lexicon.wordnet.isA(truth, labels[label])));
      }
    });
  }
  return expectedCalibrationError(Float64Array.from(sure), Uint8Array.from(right));
}
