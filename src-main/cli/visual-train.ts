import { resolve } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import { Refusal } from "../../src-shared/refusal";
import { dataFolder } from "../base/data-folder";
import { defaultPack } from "../base/default-pack";
import { packFolder } from "../base/resources";
import { HEAD } from "../lab/softmax-head";
import { trainVisual, WHOLE } from "../lab/train-visual";
import { readPack } from "../vision/pack";
import { share as shareOrNone } from "./option-values";
import { costOf } from "./project-unfreeze";
import { runJob } from "./run-job";
import { printJson } from "./session";
import { trainScenesOf, type TrainScenesOptions } from "./train-scenes";

interface VisualTrainOptions extends TrainScenesOptions {
  multiLabel?: boolean;
  out: string;
  pack: string;
  epochs: number;
  whole?: boolean;
  steps: number;
  validation: number;
  seed: number;
  json?: boolean;
}

/** `semblance visual …`: makes the visual models that photos are seen by. */
export function addVisualCommands(program: Command): void {
  const visual = program.command("visual").description("the visual model: train a classifier of your own classes");
  visual
    .command("train")
    .description(
      "train a classifier on a pack's features: softmax, one class a photo, from a folder of class folders; or several labels a photo, from a CSV of amounts; the result is a pack",
    )
    .argument(
      "<dataset...>",
      "a folder with a folder of photos for each class, or a CSV with the columns path and label; with --multi-label: CSVs with the column photo and one for each label, 0 to 1",
    )
    .requiredOption("--out <DIR>", "folder of the new pack")
    .option("--pack <DIR|NAME>", "the pack whose visual model is used", defaultPack())
    .option(
      "--epochs <N>",
      "passes over the photos, at most: it stops when held-out photos gain nothing more",
      whole,
      HEAD.epochs,
    )
    .option("--validation <P>", "share of each class's photos that is held out, 0 to 1", share, 0.2)
    .addOption(
      new Option("--whole", "train the whole network, where a GPU or native TensorFlow is there").conflicts(
        "multiLabel",
      ),
    )
    .addOption(new Option("--steps <N>", "steps of training the whole network").argParser(whole).default(WHOLE.steps))
    .option(
      "--multi-label",
      "several labels a photo: amounts are shares of the photo, or 0 and 1; the pack keeps its classes and gets scenes",
    )
    .addOption(
      new Option(
        "--features <FILE...>",
        "of --multi-label: features of the first CSV's photos, of the second's …, float16; photos of the others are looked at",
      ).implies({ multiLabel: true }),
    )
    .addOption(
      new Option(
        "--mapping <FILE.json>",
        "of --multi-label: labels made of columns, [{ name, wnid, columns }]",
      ).implies({ multiLabel: true }),
    )
    .option(
      "--present <P>",
      "of --multi-label: a photo shows a label that takes more than this share of it, 0 to 1",
      shareOrNone,
      0.05,
    )
    .option("--seed <N>", "of all that is drawn", whole, 1)
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  semblance visual train ~/Photos-by-class --out ~/packs/mine\n  semblance visual train amounts.csv --multi-label --out ~/packs/scenes\n  semblance tag ~/Pictures --pack ~/packs/mine",
    )
    .action(visualTrain);
}

async function visualTrain(datasets: string[], options: VisualTrainOptions): Promise<void> {
  const { out, pack: packName, epochs, whole: all, steps, validation, seed, json } = options;
  if (options.multiLabel) return trainScenesOf(datasets, options);
  const [dataset] = datasets;
  if (dataset === undefined || datasets.length > 1)
    throw new Refusal("bad-dataset", `${datasets.length} datasets; several are taken with --multi-label only`);
  const folder = resolve(out);
  const pack = readPack(packFolder(packName));
  const tuning = all ? { ...WHOLE, steps, seed } : null;
  const trained = await runJob("retrain", (job) =>
    trainVisual(
      dataFolder(),
      pack,
      { dataset, out: folder, epochs, validation, seed, whole: tuning },
      {
        signal: job.signal,
        onPhotos: job.progress,
        onStep: (step) => job.progress(step, steps),
        onEpoch: (epoch) => job.progress(epoch, epochs),
        onCost: (cost, backend) => console.error(costOf(cost, steps, WHOLE.batch, backend)),
      },
    ),
  );
  const { classes, training, heldOut, epoch, losses, failed } = trained;
  if (failed.length > 0) {
    console.error(`${failed.length} photos could not be read:`);
    for (const { path, reason } of failed) console.error(`  ${path}: ${reason}`);
  }
  if (json) return printJson({ folder, ...trained });
  const [low, high] = heldOut.interval.map((bound) => (100 * bound).toFixed(1));
  console.log(
    `${classes.length} classes from ${training} photos, epoch ${epoch} of ${losses.length}; ${(100 * heldOut.accuracy).toFixed(1)} % of ${heldOut.photos} held-out photos are right (95 % interval: ${low} to ${high}).`,
  );
  console.log(`The pack is in ${folder}; use it with semblance tag --pack ${out}`);
}

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError(`“${text}” is no whole number above 0.`);
  return value;
}

function share(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < 1)) throw new InvalidArgumentError(`“${text}” is no number between 0 and 1.`);
  return value;
}
