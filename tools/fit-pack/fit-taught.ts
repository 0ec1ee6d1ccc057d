/**
 * Fits how sure examples make a label that a person taught, and tells how far that is to be trusted on classes that it
 * was not fitted on.
 *
 *   npm run fit-taught -- PACK FEATURES [--own] [--write]
 *
 * FEATURES holds validation.* of a dataset of classes that the pack's network was not trained on, as
 * ../shared/features/caltech-101 does;
 * with --own they are the pack's classes, and those that are taught are struck from its classifier.
 * --write puts the confidence into the pack's projection.json, and leaves the rest of it as it is.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { taughtEvidenceOf } from "../../src-main/devise/by-examples";
import { fitLogistic, type Logistic, probability } from "../../src-main/devise/calibration";
import { expectedCalibrationError, type TaughtEvidence } from "../../src-main/evaluation/calibrate";
import { readFeatureSet } from "../../src-main/evaluation/feature-set";
import { rowsByClasses, taughtEvidence } from "../../src-main/evaluation/taught-evidence";
import { packSpace } from "../../src-main/labeller/pack-space";
import { readClassifierHead } from "../../src-main/vision/classifier-head";
import { readPack } from "../../src-main/vision/pack";

const FOLDS = 5;
/** Labels that nobody would look at are left out of the error: most photos are surely not of most labels. */
const LOOKED_AT = 0.03;

const [packFolder, featureFolder, ...flags] = process.argv.slice(2);
if (!packFolder || !featureFolder) throw new Error("usage: fit-taught PACK FEATURES [--write]");
const pack = readPack(packFolder);
const [C, D] = [pack.classes.length, pack.dimensions];
const space = packSpace(pack);
const { features, classes } = readFeatureSet(featureFolder, "validation", D);
const head = readClassifierHead(pack.visual.file, pack.visual.logits, C, D);
const known = Array.from({ length: C }, (_, c) => c);
const all = [...new Set(classes)].sort((a, b) => a - b);
const rows = flags.includes("--own") ? null : rowsByClasses(space, features, head, known);
const evidence = Array.from({ length: FOLDS }, (_, fold) => {
  const taught = all.filter((_, i) => i % FOLDS === fold);
  return taughtEvidence(
    rows ??
      rowsByClasses(
        space,
        features,
        head,
        known.filter((c) => !taught.includes(c)),
      ),
    classes,
    taught,
    space,
  );
});

const x = ({ score, examples }: TaughtEvidence) => taughtEvidenceOf(score, examples);
const fit = (some: TaughtEvidence[]): Logistic =>
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
const percent = (part: number, whole: number) => `${((100 * part) / whole).toFixed(1)} %`;
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
      `${alone ? "each alone" : "together"}, ${examples === null ? "all" : `${examples} examples`}: shown at 0.5 and more on ${percent(right, those.filter((each) => each.right).length)} of the photos that show it, ${percent(right, shown.length)} of those shown are right; calibration error ${error(looked)} from ${LOOKED_AT} on, ${error(shown)} of those shown`,
    );
  }
const { bias, weights } = fit(evidence.flat());
const taught = { bias: Number(bias.toPrecision(6)), weights: weights.map((weight) => Number(weight.toPrecision(6))) };
console.log(JSON.stringify(taught));
if (flags.includes("--write")) {
  const file = join(packFolder, "projection.json");
  const described = JSON.parse(readFileSync(file, "utf8")) as { confidence: Record<string, unknown> };
  described.confidence.taught = taught;
  writeFileSync(file, `${JSON.stringify(described, null, 1)}\n`);
}
