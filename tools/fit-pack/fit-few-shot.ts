/** `npm run fit-few-shot`: calibrates few-shot labels. See `--help`. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fitLogistic, type Logistic, probability } from "../../src-main/devise/calibration";
import { fewShotEvidence } from "../../src-main/devise/few-shot-confidence";
import { expectedCalibrationError, type FewShotTrial } from "../../src-main/evaluation/calibrate";
import { readFeatureSet } from "../../src-main/evaluation/feature-set";
import { fewShotTrials, rowsByClasses } from "../../src-main/evaluation/few-shot-trials";
import { packSpace } from "../../src-main/labeller/pack-space";
import type { StoredConfidence } from "../../src-main/labeller/stored-confidence";
import { readClassifierHead } from "../../src-main/vision/classifier-head";
import { classifierOutput, readPack } from "../../src-main/vision/pack";
import { formatPercent } from "../../src-shared/format-percent";
import { developerCommand } from "../command-line";

const FOLDS = 5;
/** Confidences below this are left out of the error: most labels are certainly absent from most photos. */
const LOOKED_AT = 0.03;

const command = developerCommand(
  "fit-few-shot",
  "Fits the confidence of few-shot labels by their number of examples, and prints the calibration error on classes it was " +
    "not fitted on.",
)
  .argument("<pack>", "the pack's folder")
  .argument(
    "<features>",
    "folder with validation.*, of classes the pack's network was not trained on (such as Caltech-101's)",
  )
  .option("--own", "the features are of the pack's own classes: remove few-shot classes from its classifier")
  .option("--write", "write the confidence to the pack's projection.json, keeping the rest of the file")
  .parse();
const [packFolder, featureFolder] = command.args;
const { own, write } = command.opts<{ own?: boolean; write?: boolean }>();
const pack = readPack(packFolder);
const [C, D] = [pack.classes.length, pack.dimensions];
const space = packSpace(pack);
const { features, classes } = readFeatureSet(featureFolder, "validation", D);
const head = readClassifierHead(pack.visual.file, classifierOutput(pack), C, D);
const known = Array.from({ length: C }, (_, c) => c);
const all = [...new Set(classes)].sort((a, b) => a - b);
const rows = own ? null : rowsByClasses(space, features, head, known);
const evidence = Array.from({ length: FOLDS }, (_, fold) => {
  const newLabels = all.filter((_, i) => i % FOLDS === fold);
  return fewShotTrials(
    rows ??
      rowsByClasses(
        space,
        features,
        head,
        known.filter((c) => !newLabels.includes(c)),
      ),
    classes,
    newLabels,
    space,
  );
});

const x = ({ score, examples }: FewShotTrial) => fewShotEvidence(score, examples);
const fit = (some: FewShotTrial[]): Logistic =>
  fitLogistic(
    Float64Array.from(some.flatMap(x)),
    3,
    Uint8Array.from(some, ({ right }) => Number(right)),
    new Float64Array(some.length).fill(1),
  );

const tried = evidence.flatMap((some, fold) => {
  const model = fit(evidence.flatMap((others, other) => (other === fold ? [] : others)));
  return some.map((each) => ({ ...each, sure: probability(model, x(each)) }));
});
for (const alone of [false, true])
  for (const examples of [1, 2, 5, 10, 20, null]) {
    const those = tried.filter((each) => each.alone === alone && (examples === null || each.examples === examples));
    const looked = those.filter(({ sure }) => sure >= LOOKED_AT);
    const shown = those.filter(({ sure }) => sure >= 0.5);
    const right = shown.filter((each) => each.right).length;
    const error = (some: typeof tried) =>
      expectedCalibrationError(
        Float64Array.from(some, ({ sure }) => sure),
        Uint8Array.from(some, (each) => Number(each.right)),
      ).toFixed(3);
    console.log(
      `${alone ? "one at a time" : "together"}, ` +
        `${examples === null ? "all" : `${examples} examples`}: recall at 0.5 ` +
        `${formatPercent(right / those.filter((each) => each.right).length, 1)}, precision ` +
        `${formatPercent(right / shown.length, 1)}; calibration error ${error(looked)} from ${LOOKED_AT}, ` +
        `${error(shown)} from 0.5`,
    );
  }
const { bias, weights } = fit(evidence.flat());
const fewShot = { bias: Number(bias.toPrecision(6)), weights: weights.map((weight) => Number(weight.toPrecision(6))) };
console.log(JSON.stringify(fewShot));
if (write) {
  const file = join(packFolder, "projection.json");
  const described = JSON.parse(readFileSync(file, "utf8")) as { confidence: StoredConfidence };
  described.confidence.taught = fewShot;
  writeFileSync(file, `${JSON.stringify(described, null, 1)}\n`);
}
