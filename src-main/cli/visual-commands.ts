import { type Command, Option } from "commander";
import { defaultPack } from "../base/default-pack";
import { HEAD, WHOLE } from "../lab/training-defaults";
import { onDemand } from "./on-demand";
import { count, examples, jsonOption, partialShare, share } from "./option-values";

/** `semblance visual …`: makes packs with classes of your own. */
export function addVisualCommands(program: Command): void {
  const visual = program.command("visual").description("train a classifier for your own classes");
  visual
    .command("train")
    .description(
      "train a classifier on a pack's features and write it as a new pack: softmax over classes, or " +
        "several labels per photo with --multi-label",
    )
    .argument(
      "<dataset...>",
      "folder with a folder of photos per class, or CSV with the columns path and label; with " +
        "--multi-label: CSVs with the column photo and one column per label, 0 to 1",
    )
    .requiredOption("--out <DIR>", "folder of the new pack")
    .option("--pack <DIR|NAME>", "pack whose visual model is used", defaultPack())
    .option(
      "--epochs <N>",
      "passes over the photos, at most; stops early when held-out photos stop improving",
      count,
      HEAD.epochs,
    )
    .option("--validation <P>", "share of each class's photos to hold out, 0 to 1", partialShare, 0.2)
    .addOption(
      new Option("--whole", "train the whole network; needs a GPU or native TensorFlow (experimental)").conflicts(
        "multiLabel",
      ),
    )
    .option("--steps <N>", "with --whole, training steps", count, WHOLE.steps)
    .option(
      "--multi-label",
      "several labels per photo: amounts are shares of the photo, or 0 and 1; they become the pack's scenes",
    )
    .addOption(
      new Option(
        "--features <FILE...>",
        "with --multi-label, features as float16: of the first CSV's photos, of the second's, and so on; others are computed",
      ).implies({ multiLabel: true }),
    )
    .addOption(
      new Option(
        "--mapping <FILE.json>",
        "with --multi-label, makes labels from columns: [{ name, wnid, columns }]",
      ).implies({ multiLabel: true }),
    )
    .option(
      "--present <P>",
      "with --multi-label, a label is present if its amount is above this share of the photo, 0 to 1",
      share,
      0.05,
    )
    .option("--seed <N>", "seed of all random numbers", count, 1)
    .addOption(jsonOption())
    .addHelpText(
      "after",
      examples(
        "semblance visual train ~/Photos-by-class --out ~/packs/mine",
        "semblance visual train amounts.csv --multi-label --out ~/packs/scenes",
        "semblance tag ~/Pictures --pack ~/packs/mine",
      ),
    )
    .action(onDemand(async () => (await import("./visual-train")).visualTrain));
}
