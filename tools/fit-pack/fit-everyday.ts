/** `npm run fit-everyday`: calibrates the bundled pack on everyday photos. See `--help`. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dataFolder } from "../../src-main/base/data-folder";
import { type Logistic, logit, probability } from "../../src-main/devise/calibration";
import { type ConceptScores, PEOPLE_GROUPS } from "../../src-main/devise/concepts";
import { zScoreRows } from "../../src-main/devise/hubness";
import { meanTopProbability } from "../../src-main/devise/in-distribution";
import { capGuess, rankLabels } from "../../src-main/devise/label-ranking";
import { UNCALIBRATED } from "../../src-main/devise/uncalibrated";
import { expectedCalibrationError } from "../../src-main/evaluation/calibrate";
import { conceptBank, NOTHING_DETECTED } from "../../src-main/labeller/concept-bank";
import { createRanker } from "../../src-main/labeller/label-ranker";
import { readLexicon } from "../../src-main/labeller/lexicon";
import { classLabelsOf } from "../../src-main/labeller/pack-labels";
import { type StoredConfidence, toStoredConfidence } from "../../src-main/labeller/stored-confidence";
import { indexRows } from "../../src-main/math/nearest";
import { readPack, readPrototypes } from "../../src-main/vision/pack";
import { readPackFloats } from "../../src-main/vision/pack-files";
import type { LabelId } from "../../src-shared/contract";
import { isNearHit } from "../benchmark/label-scores";
import { developerCommand } from "../command-line";
import { cocoPhotos, featuresOfThings, type KnownPhotos, photosOfThings } from "./everyday-photos";
import { evidenceIn, fitConfidence, fitObjects, fitScenes, type Source } from "./fit-confidence";
import { fitSearch, searchReport } from "./fit-search";

const FOLDS = 5;
const command = developerCommand(
  "fit-everyday",
  "Calibrates a pack with detectors and scenes on everyday photos with boxes and captions (COCO), on photos of single " +
    "objects, and on features of more such photos. Prints cross-validated results.",
)
  .argument("<pack>", "the pack's folder")
  .argument("<shared>", "folder with photos/coco, photos/imagenet-200, imagenet/synsets.tsv and features/caltech-101")
  .argument("<scenes>", "output of tools/scenes/captions.py --held-out: out-of-sample scene probabilities")
  .option("--wrong", "list the predicted labels that captions do not name")
  .option("--write", "write the calibration to the pack's projection.json, keeping the rest of the file")
  .parse();
const [packPath, shared, heldOutScenes] = command.args;
const { wrong, write } = command.opts<{ wrong?: boolean; write?: boolean }>();
const home = join(dataFolder(), "fit-everyday");
const lexicon = readLexicon();
const pack = readPack(packPath);
const D = pack.dimensions;
const classLabels = classLabelsOf(pack, lexicon);
const prototypes = readPrototypes(pack).vectors;
const E = lexicon.vocabulary.dimensions;
const M = readPackFloats(packPath, "projection.f32", E * D, "a projection");
const labels = lexicon.labelSet("everyday", classLabels).labels;
const objectLabels = pack
  .detection!.detectors.find(({ kind }) => kind === "objects")!
  .classes.map(({ name, wnid }) => lexicon.classLabel({ name, wnid: wnid ?? undefined }));

const coco = await cocoPhotos(home, join(shared, "photos", "coco"));
const things = await photosOfThings(
  home,
  join(shared, "photos", "imagenet-200"),
  join(shared, "imagenet", "synsets.tsv"),
);
const caltech = featuresOfThings(join(shared, "features", "caltech-101"), lexicon, 1500);
const all = [
  { photos: coco, weight: 4 },
  { photos: things, weight: 1 },
  { photos: caltech, weight: 0.3 },
];
const fold = (photo: number) => (Math.imul(photo + 1, 2654435761) >>> 0) % FOLDS;

const file = join(packPath, "projection.json");
const described = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as { confidence?: StoredConfidence }) : {};
/** Own labels are calibrated by `fit-few-shot`. */
const fewShot = described.confidence?.taught ?? UNCALIBRATED.fewShot;

const sceneLabels = pack.scenes!.classes.map(({ name, wnid }) => lexicon.classLabel({ name, wnid: wnid ?? undefined }));
const parts = {
  M,
  prototypes,
  classLabels,
  dimensions: D,
  labels,
  vectorOf: lexicon.vectorOf,
  wordnet: lexicon.wordnet,
};

const scenesOf = JSON.parse(readFileSync(heldOutScenes, "utf8")) as Record<string, number[]>;
/** Scenes come last among the concepts. */
function withHeldOutScenes({ right, said }: ConceptScores, names: string[], W: number, models: Logistic[]): void {
  names.forEach((name, i) =>
    scenesOf[name]?.forEach((p, s, { length }) => {
      const at = (i + 1) * W - length + s;
      right[at] = p;
      said[at] = capGuess(probability(models[s], [logit(p)]), pack.scenes!.classes[s].from);
    }),
  );
}

const shareOf = ({ output, right }: KnownPhotos) =>
  Math.min(0.95, Math.max(0.05, meanTopProbability(output, right.length)));

/** Everything fitted on all folds but one; −1 means all folds. */
async function fitWithout(left: number) {
  const keep = ({ photos }: { photos: KnownPhotos }, photo: number) =>
    left < 0 || fold(photo) !== left || photos.name === "caltech-101";
  const objects = fitObjects(
    coco,
    objectLabels,
    PEOPLE_GROUPS.map(({ name }) => lexicon.meant(name)),
    0,
    coco.boxes.flatMap((_, i) => (keep({ photos: coco }, i) ? [i] : [])),
  );
  const scenes = fitScenes(
    coco,
    coco.names.map((name) => scenesOf[name]),
    sceneLabels,
    coco.names.flatMap((_, i) => (keep({ photos: coco }, i) ? [i] : [])),
  );
  const bank = conceptBank(pack, lexicon, { objects, scenes })!;
  const ranker = createRanker({
    ...parts,
    confidence: UNCALIBRATED,
    conceptLabels: bank.labels,
    sceneLabels: bank.scenes,
    counted: bank.counted,
  });
  await ranker.prepare();
  const { space } = ranker.numbers();
  const sources: Source[] = [];
  for (const { photos, weight } of all) {
    const concepts = bank.scores(
      photos.output.features,
      photos.right.map((_, i) => photos.found[i] ?? NOTHING_DETECTED),
    );
    withHeldOutScenes(concepts, photos.names, bank.labels.length, scenes);
    const scored = { ...photos, output: { ...photos.output, concepts } };
    const embeddings = ranker.semanticEmbeddings(scored.output);
    sources.push({
      photos: scored,
      embeddings,
      evidence: await evidenceIn(scored, space, labels, embeddings),
      share: shareOf(photos),
      weight,
    });
  }
  const confidence = fitConfidence(sources, space, { fewShot, objects, scenes }, (source, photo) =>
    keep(source, photo),
  );
  const search = fitSearch(sources[0], lexicon, ranker, bank, (photo) => keep(sources[0], photo));
  return { confidence: { ...confidence, search }, sources, space, ranker, bank };
}

interface Shown {
  label: LabelId;
  confidence: number;
  right: boolean;
  said: boolean;
  photo: number;
}
const shown: Record<string, Shown[]> = {};
for (let left = 0; left < FOLDS; left++) {
  const { confidence, sources, space } = await fitWithout(left);
  const index = await indexRows(zScoreRows(space), E + 1);
  for (const source of sources) {
    const { photos, embeddings, share } = source;
    const list = (shown[photos.name] ??= []);
    photos.right.forEach((right, i) => {
      if (fold(i) !== left) return;
      const ranked = rankLabels(
        space,
        confidence,
        photos.output,
        embeddings,
        i,
        (embedding) => index.rows(Float32Array.of(...embedding, 1), 40),
        { threshold: 0.03, limit: 12, share },
      );
      for (const { label, confidence: sure } of ranked)
        list.push({
          label: labels[label],
          confidence: sure,
          right: right.has(labels[label]),
          said: photos.said[i].has(labels[label]),
          photo: i,
        });
    });
  }
  console.log(`fold ${left}: ${JSON.stringify({ ...confidence, objects: undefined })}`);
}
const ece = (list: Shown[], of: "right" | "said" = "right") =>
  expectedCalibrationError(
    Float64Array.from(list, ({ confidence }) => confidence),
    Uint8Array.from(list, (each) => Number(each[of])),
  );
const mean = (list: Shown[], of: (each: Shown) => number) =>
  list.reduce((sum, each) => sum + of(each), 0) / list.length;
for (const { photos } of all) {
  const list = shown[photos.name];
  const sure = list.filter(({ confidence }) => confidence >= 0.5);
  const n = photos.right.length;
  console.log(
    `${photos.name}: labels per photo ≥ 0.5: ${(sure.length / n).toFixed(2)}, precision ` +
      `${mean(sure, (e) => Number(e.right)).toFixed(3)}, in captions ` +
      `${mean(sure, (e) => Number(e.said)).toFixed(3)}, mean confidence ${mean(sure, (e) => e.confidence).toFixed(3)};` +
      ` ECE all ${ece(list).toFixed(3)} (≥ .05: ` +
      `${ece(list.filter((e) => e.confidence >= 0.05)).toFixed(3)}), shown ${ece(sure).toFixed(3)}; ` +
      "photos with a label in captions " +
      `${(new Set(sure.filter((e) => e.said).map((e) => e.photo)).size / n).toFixed(3)}`,
  );
  const counts = (of: Shown[]) =>
    [...Map.groupBy(of, ({ label }) => lexicon.labels.name(label))]
      .sort((a, b) => b[1].length - a[1].length)
      .slice(0, 40)
      .map(([name, each]) => `${name} ${each.length}`)
      .join(", ");
  const first = photos.right.map((right, i) =>
    list
      .filter((e) => e.photo === i)
      .slice(0, 5)
      .map(({ label }) => right.has(label)),
  );
  const near = photos.truths.map((truth, i) =>
    list
      .filter((e) => e.photo === i)
      .slice(0, 5)
      .map(({ label }) => isNearHit(lexicon.wordnet, truth, label)),
  );
  if (near.length > 0)
    console.log(
      `  best label right or near ${(near.filter(([best]) => best).length / n).toFixed(3)}, one of ` +
        `five ${(near.filter((some) => some.includes(true)).length / n).toFixed(3)}`,
    );
  if (near.length > 0)
    console.log(
      `  wrong first: ${counts(near.flatMap(([best], i) => (best ? [] : list.filter((e) => e.photo === i).slice(0, 1))))}`,
    );
  console.log(
    `  best label right ${(first.filter(([best]) => best).length / n).toFixed(3)}, one of five ` +
      `${(first.filter((some) => some.includes(true)).length / n).toFixed(3)}`,
  );
  if (photos.name === "coco" || wrong)
    console.log(
      `  not in captions: ${counts(sure.filter((e) => !e.said))}\n  in captions: ${counts(sure.filter((e) => e.said))}`,
    );
}

const { confidence, sources, ranker, bank, space } = await fitWithout(-1);
for (const [what, by, without] of [
  ["uncalibrated, no concepts", UNCALIBRATED, true],
  ["no concepts", confidence, true],
  ["all", confidence, false],
] as const) {
  for (const { photos, embeddings, share } of sources.slice(1)) {
    const index = await indexRows(zScoreRows(space), E + 1);
    const output = without ? { ...photos.output, concepts: undefined } : photos.output;
    for (const threshold of [0.03, 0.01]) {
      const best = photos.truths.map((truth, i) =>
        rankLabels(space, by, output, embeddings, i, (embedding) => index.rows(Float32Array.of(...embedding, 1), 40), {
          threshold,
          limit: 12,
          share,
        })
          .slice(0, 5)
          .map(({ label }) => isNearHit(lexicon.wordnet, truth, labels[label])),
      );
      console.log(
        `${what}: ${threshold} ${photos.name} first near ` +
          `${(best.filter(([one]) => one).length / best.length).toFixed(3)}, one of five ` +
          `${(best.filter((some) => some.includes(true)).length / best.length).toFixed(3)}`,
      );
    }
  }
}
await searchReport(sources[0], lexicon, ranker, bank, confidence);
console.log(`shares ${sources.map(({ photos, share }) => `${photos.name} ${share.toFixed(2)}`).join(", ")}`);
if (write) {
  const rounded = JSON.parse(JSON.stringify(toStoredConfidence(confidence)), (_, value: unknown) =>
    typeof value === "number" ? Number(value.toPrecision(6)) : value,
  );
  writeFileSync(file, `${JSON.stringify({ ...described, visual: pack.visualId, confidence: rounded }, null, 1)}\n`);
}
