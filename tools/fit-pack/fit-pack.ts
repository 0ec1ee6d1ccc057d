/** `npm run fit-pack`: fits and calibrates the projection of a model pack. See `--help`. */
import { dataFolder } from "../../src-main/base/data-folder";
import { FIRST_FIT } from "../../src-main/devise/first-fit";
import { fitProjection, type FitSettings } from "../../src-main/devise/fit";
import { projectRows } from "../../src-main/devise/semantic-embedding";
import { startTensorFlow } from "../../src-main/devise/tensorflow";
import { calibratePack, dataOf, type PackToCalibrate } from "../../src-main/evaluation/calibrate-pack";
import { readFeatureSet } from "../../src-main/evaluation/feature-set";
import { cachedFit } from "../../src-main/evaluation/fit-cache";
import { labelVectors } from "../../src-main/labeller/label-space";
import { readLexicon } from "../../src-main/labeller/lexicon";
import { writeProjection } from "../../src-main/labeller/pack-projection";
import { packSpace } from "../../src-main/labeller/pack-space";
import { dot } from "../../src-main/math/vectors";
import { readClassifierHead } from "../../src-main/vision/classifier-head";
import { classifierOutput, readPack, readPrototypes } from "../../src-main/vision/pack";
import { developerCommand } from "../command-line";

/**
 * Settings for the bundled projection. Adagrad's rate is high because features have unit length: its first steps are
 * then about as large as M.
 */
const SETTINGS: FitSettings = { ...FIRST_FIT, steps: 2000, learningRate: 1 };
/** Settings for calibration, where a fifth of the classes is held out. */
const FOLD_SETTINGS: FitSettings = { ...SETTINGS, steps: 700 };

const [packFolder, featureFolder] = developerCommand(
  "fit-pack",
  "Fits a pack's projection on the features of its training photos and calibrates its confidences on its validation " +
    "photos. Writes projection.f32 and projection.json into the pack. Fits are cached: run the command again to resume.",
)
  .argument("<pack>", "the pack's folder")
  .argument("<features>", "folder with train.* and validation.* from the pack's training (see its README)")
  .parse().args;
console.log((await startTensorFlow()).name);
const lexicon = readLexicon();
const pack = readPack(packFolder);
const { dimensions } = pack;
const C = pack.classes.length;
const classLabels = pack.classes.map(({ name, wnid }) => lexicon.classLabel({ name, wnid: wnid ?? undefined }));
const known: PackToCalibrate = {
  dimensions,
  classLabels,
  lexicon,
  withPrototypes: false,
  space: packSpace(pack),
  prototypes: readPrototypes(pack).vectors,
  head: readClassifierHead(pack.visual.file, classifierOutput(pack), C, dimensions),
  labels: lexicon.labelSet("everyday", classLabels).labels,
  train: readFeatureSet(featureFolder, "train", dimensions, C),
  validation: readFeatureSet(featureFolder, "validation", dimensions, C),
};

const begun = performance.now();
const { M } = await fitProjection(dataOf(known, [...classLabels.keys()]), SETTINGS);
const seconds = Math.round((performance.now() - begun) / 1000);
const scores = { photos: known.validation.classes.length, hit: hitsOf(M) };
console.log(
  `fitted in ${seconds} s; hit@k of validation photos by cosine to Mv among ${C} classes: ${JSON.stringify(scores.hit)} %`,
);
const { confidence, scores: calibration } = await calibratePack(
  known,
  FOLD_SETTINGS,
  (data, settings) => cachedFit(dataFolder(), data, settings, fitProjection),
  (done, of) => console.log(`fold ${done} of ${of}`),
);
for (const {
  share,
  estimated,
  error,
  interval: [low, high],
  photos,
} of calibration) {
  console.log(
    `expected calibration error of the labels shown where ${100 * share} % of ${photos} photos show ` +
      `a known class (estimated ${(100 * estimated).toFixed(0)} %): ${error.toFixed(4)} ` +
      `(${low.toFixed(4)}–${high.toFixed(4)})`,
  );
}
writeProjection(packFolder, pack, lexicon.vocabulary.id, {
  M,
  confidence,
  settings: SETTINGS,
  seconds,
  scores: { ...scores, calibration },
});

/** DeViSE's hit@k: the true class is among the k nearest to Mv, in percent. */
function hitsOf(projection: Float32Array): Record<number, number> {
  const E = lexicon.vocabulary.dimensions;
  const words = labelVectors(classLabels, lexicon.vectorOf, E);
  const embeddings = projectRows(known.validation.features, projection, dimensions);
  const ranks = Array.from(known.validation.classes, (truth, i) => {
    const scores = classLabels.map((_, c) => dot(words, c * E, embeddings, i * E, E));
    return scores.filter((score) => score > scores[truth]).length;
  });
  return Object.fromEntries(
    [1, 2, 5, 10, 20].map((k) => [k, Math.round((1000 * ranks.filter((rank) => rank < k).length) / ranks.length) / 10]),
  );
}
