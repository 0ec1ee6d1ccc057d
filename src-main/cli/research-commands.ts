import { Argument, type Command, Option } from "commander";
import { CANDIDATE_SETS } from "../evaluation/settings";
import type { EvaluateOptions } from "./evaluate";
import { onDemand } from "./on-demand";
import { count, examples, jsonOption, packOption, positive, share, wholeFrom, wordsOption } from "./option-values";

const dataset = () =>
  new Argument("[dataset]", "folder of class folders, or CSV with the columns path, label and optionally wnid");

const violations = () =>
  new Option(
    "--violations <WHICH>",
    "wrong labels that count: the first in random order that violates the margin, or all (default: first)",
  ).choices(["first", "all"]);

/** Options of `evaluate` that say nothing about boxes. */
const LABEL_OPTIONS = [
  ...["labels", "train", "features", "holdOut", "candidates", "synsets", "violations", "margin"],
  ...["steps", "batch", "learningRate", "seed", "report"],
];

interface EvaluateQuery extends EvaluateOptions {
  boxes?: string;
  library?: string;
  packs?: string[];
}

/** `semblance evaluate` and `semblance project train`: measure and train the method. */
export function addResearchCommands(program: Command): void {
  program
    .command("evaluate")
    .description(
      "measure DeViSE, its ablations, ConSE, the softmax and Semblance's own ranking on labelled photos, a pack's boxes, or two packs on your verdicts",
    )
    .addArgument(dataset())
    .addOption(packOption())
    .addOption(wordsOption())
    .option("--labels <SET>", "also rank among these labels: a label set or a file")
    .option("--train <DATASET>", "fit the projections on this dataset's photos as well as on the pack's prototypes")
    .option("--features <FOLDER>", "use the pack's own training and validation features instead of a dataset")
    .option(
      "--hold-out <N>",
      "hold out N classes from the pack and the fits; their photos count as unseen",
      wholeFrom(0),
      0,
    )
    .addOption(
      new Option("--candidates <SET>", "labels without a class that unseen photos are ranked among")
        .choices(CANDIDATE_SETS)
        .default("dataset"),
    )
    .option(
      "--synsets <FILE>",
      "table of ImageNet's synsets (wnid, lemmas, parents, split): maps all wnids, and defines the hop sets",
    )
    .addOption(violations())
    .option("--margin <M>", "margin of the hinge loss, as a cosine (default: 0.1)", positive)
    .option("--steps <N>", "steps of each fit (default: 2000 with photos, 400 without)", count)
    .option("--batch <N>", "examples per step (default: 256)", count)
    .option("--learning-rate <R>", "learning rate of Adagrad (default: 1 with photos, 0.1 without)", positive)
    .option("--seed <N>", "seed of all random numbers (default: 1)", wholeFrom(0))
    .option("--report <FILE.html>", "write tables and plots as one page")
    .addOption(
      new Option(
        "--boxes <FOLDER>",
        "instead of labels, measure the pack's detectors on a COCO folder: photos with boxes in instances JSON",
      ).conflicts(LABEL_OPTIONS),
    )
    .addOption(
      new Option(
        "--library <FOLDER>",
        "instead of a dataset, compare two packs on the verdicts in this folder's library",
      ).conflicts([...LABEL_OPTIONS, "boxes", "pack", "words"]),
    )
    .option("--packs <PACK...>", "with --library: two packs, or one to compare with the library's own")
    .addOption(jsonOption())
    .addHelpText(
      "after",
      examples(
        "semblance evaluate photos.csv",
        "semblance evaluate ~/Photos-by-class --pack ~/packs/mobilenet --report evaluation.html",
        "semblance evaluate photos.csv --candidates 2-hop --synsets synsets.tsv --json",
        "semblance evaluate --boxes ~/coco",
        "semblance evaluate --library ~/Pictures --packs efficientnet-lite2 ~/packs/mine",
      ),
    )
    .action(async (dataset: string | undefined, { boxes, library, packs, ...options }: EvaluateQuery) => {
      if (library !== undefined || packs !== undefined)
        await (await import("./compare-packs")).comparePacksCommand(dataset, { library, packs, json: options.json });
      else if (boxes === undefined) await (await import("./evaluate")).evaluateCommand(dataset, options);
      else await (await import("./evaluate-boxes")).evaluateBoxesCommand(dataset, { boxes, ...options });
    });

  program
    .command("project")
    .description("train the projection from a visual model's features to words")
    .command("train")
    .description(
      "fit a pack's projection on its prototypes and a dataset's photos; folders opened for the first time afterwards use it",
    )
    .addArgument(dataset())
    .addOption(packOption())
    .addOption(wordsOption())
    .option("--out <FOLDER>", "write the projection there instead of keeping it for the pack")
    .option("--features <FOLDER>", "use the pack's own training features instead of a dataset")
    .addOption(
      new Option("--loss <LOSS>", "hinge rank loss, or L2 as in the paper's ablation (default: hinge)").choices([
        "hinge",
        "l2",
      ]),
    )
    .addOption(violations())
    .addOption(
      new Option("--embeddings <WHICH>", "word vectors, or random vectors as in the paper's control")
        .choices(["words", "random"])
        .default("words"),
    )
    .option("--margin <M>", "margin of the hinge loss, as a cosine (default: 0.1)", positive)
    .option("--steps <N>", "steps of the fit (default: 2000 with photos, 400 without)", count)
    .option("--batch <N>", "examples per step (default: 256)", count)
    .option("--learning-rate <R>", "learning rate of Adagrad (default: 1 with photos, 0.1 without)", positive)
    .option("--seed <N>", "seed of all random numbers (default: 1)", wholeFrom(0))
    .option("--hold-out <N>", "hold out N of the pack's classes", wholeFrom(0), 0)
    .option("--calibrate", "also fit the confidences, on the dataset's photos; takes five more fits")
    .option("--synsets <FILE>", "table of ImageNet's synsets that maps all wnids")
    .option(
      "--unfreeze <N|all>",
      "then train the visual model's last N layers, or all, jointly; --out is the new pack (experimental)",
      (text) => (text === "all" ? text : count(text)),
    )
    .option("--unfreeze-steps <N>", "steps of that training (default: 200)", count)
    .option("--unfreeze-batch <N>", "photos per step (default: 16)", count)
    .option("--unfreeze-rate <R>", "learning rate of Adagrad (default: 0.003)", positive)
    .option("--validation <P>", "with --unfreeze, share of the photos to hold out, 0 to 1", share, 0.2)
    .addOption(jsonOption())
    .addHelpText(
      "after",
      examples(
        "semblance project train photos.csv",
        "semblance project train ~/Photos-by-class --pack ~/packs/mobilenet --violations all",
        "semblance project train photos.csv --loss l2 --out ~/l2",
        "semblance project train photos.csv --unfreeze 4 --out ~/packs/mine",
      ),
    )
    .action(onDemand(async () => (await import("./project-train")).projectTrain));
}
