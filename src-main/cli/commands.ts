import { Argument, type Command, InvalidArgumentError, Option } from "commander";
import { IGNORED_FOLDERS } from "../../src-shared/ignored-folders";
import { dataFolder } from "../base/data-folder";
import { BUNDLED_PACK } from "../base/default-pack";
import { programVersion } from "../base/program-folder";
import { CANDIDATE_SETS } from "../evaluation/settings";
import { addExportCommand } from "./export";
import { IMPORT_SOURCES, importFolder } from "./import";
import { count, share } from "./option-values";
import { addVisualCommands } from "./visual-train";
import { addWordsCommands } from "./words-commands";

const folder = () => new Argument("<folder>", "folder of photos");
const json = () => new Option("--json", "print JSON");
const pack = () =>
  new Option("--pack <DIR|NAME>", `model pack: a folder, or the name of a bundled one (at first: ${BUNDLED_PACK})`);
const words = () =>
  new Option(
    "--words <FILE>",
    "word vectors to place labels by: a vocabulary that semblance words made, or bundled (at first: bundled)",
  );
const labels = () =>
  new Option(
    "--labels <SET>",
    "everyday, pack-classes, imagenet-1k, all-nouns, or a text or CSV file (at first: everyday)",
  );

/** The commands of `semblance`. What an option changes is kept with the folder's library. */
export function addCommands(program: Command): void {
  program.version(programVersion());

  program
    .command("tag")
    .description("label every photo of a folder; prints one JSON object a file, sorted by path")
    .addArgument(folder())
    .option("--top <N>", "labels a photo, at most", count, 5)
    .addOption(labels())
    .addOption(pack())
    .addOption(words())
    .addOption(
      new Option(
        "--relabel",
        "label all photos again where there is a better model than theirs; verdicts stay, and semblance models --back goes back",
      ).conflicts("pack"),
    )
    .option("--objects", "find objects and people too (at first: on)")
    .option("--no-objects", "don't look for objects and people")
    .option("--faces", "find faces too (at first: on)")
    .option("--no-faces", "don't look for faces")
    .option("--threshold <P>", "show labels that are at least so likely, 0 to 1 (at first 0.5)", share)
    .option("--csv <FILE|->", "write the labels as CSV, to a file or to standard output")
    .addOption(json())
    .addHelpText(
      "after",
      examples(
        "semblance tag ~/Pictures",
        "semblance tag ~/Pictures --top 3 --csv labels.csv",
        "semblance tag ~/Pictures --labels my-labels.txt",
        "semblance tag ~/Pictures --relabel",
      ),
    )
    .action(onDemand(async () => (await import("./tag")).tagFolder));

  program
    .command("search")
    .description("photos of a labelled folder that show what the words say, best first")
    .addArgument(folder())
    .argument("<words...>", "any words")
    .option("--limit <N>", "photos, at most", count, 20)
    .addOption(json())
    .addHelpText(
      "after",
      examples("semblance search ~/Pictures sailboat", "semblance search ~/Pictures snow mountain --limit 5"),
    )
    .action(onDemand(async () => (await import("./search")).searchFolder));

  program
    .command("correct")
    .description("take verdicts from a CSV with the columns path, label and verdict (accept or reject)")
    .addArgument(folder())
    .argument("<file.csv>", "the verdicts")
    .addOption(json())
    .addHelpText("after", examples("semblance correct ~/Pictures corrections.csv"))
    .action(onDemand(async () => (await import("./correct")).correctFolder));

  program
    .command("import")
    .description("take labels of other programs as verdicts; a verdict that stands is never changed")
    .addArgument(folder())
    .argument("[file]", "for csv (path, label, perhaps verdict), jsonl, coco and labeller: the file")
    .addOption(
      new Option("--from <SOURCE>", "XMP sidecars, keywords inside photos, names of folders, or a file")
        .choices(IMPORT_SOURCES)
        .makeOptionMandatory(),
    )
    .addOption(
      new Option("--level <LEVEL>", "of folders: the nearest to a photo, the top one, or all as a path")
        .choices(["nearest", "top", "all"])
        .default("nearest"),
    )
    .option("--without <NAMES...>", "folders whose names say nothing, beside dates and cameras' own", [
      ...IGNORED_FOLDERS,
    ])
    .option("--threshold <P>", "of labeller: labels less sure are only counted, 0 to 1", share, 0.5)
    .option("--trust", "of labeller: also results of one that this library never exported")
    .option("--dry-run", "only say what would be done")
    .addOption(json())
    .addHelpText(
      "after",
      examples(
        "semblance import ~/Pictures --from xmp --dry-run",
        "semblance import ~/Pictures --from folders --level top",
        "semblance import ~/Pictures --from csv labels.csv",
      ),
    )
    .action(importFolder);

  program
    .command("retrain")
    .description("learn from all corrections, then label the folder again")
    .addArgument(folder())
    .addOption(json())
    .addHelpText("after", examples("semblance retrain ~/Pictures"))
    .action(onDemand(async () => (await import("./retrain")).retrainFolder));

  program
    .command("models")
    .description("list the models of a folder, or go back to an earlier one")
    .addArgument(folder())
    .addOption(new Option("--use <N>", "label the folder with this model").argParser(count).conflicts("back"))
    .option("--back", "label the folder with the model before the one in use")
    .addOption(json())
    .addHelpText(
      "after",
      examples(
        "semblance models ~/Pictures",
        "semblance models ~/Pictures --back",
        "semblance models ~/Pictures --use 1",
      ),
    )
    .action(onDemand(async () => (await import("./retrain")).listModelsOf));

  addExportCommand(program);

  program
    .command("copy")
    .description("write a folder's library (verdicts, labels, models; no photos) into one file for another computer")
    .addArgument(folder())
    .requiredOption("--to <FILE.semblance>", "the file")
    .option("--no-overwrite", "refuse to replace a file that is there")
    .addOption(json())
    .addHelpText("after", examples("semblance copy ~/Pictures --to pictures.semblance"))
    .action(onDemand(async () => (await import("./library-copy")).copyFolderLibrary));

  program
    .command("open-copy")
    .description("make a copied library that of a folder with the same photos, wherever they lie in it")
    .argument("<file.semblance>", "the copy")
    .addArgument(folder())
    .option("--replace", "put aside the library that the folder has already")
    .addOption(json())
    .addHelpText("after", examples("semblance open-copy pictures.semblance ~/Pictures"))
    .action(onDemand(async () => (await import("./library-copy")).openCopiedLibrary));

  program
    .command("restore")
    .description(
      "list the copies of a folder's library that were made by themselves, or put one in the place of a damaged library",
    )
    .addArgument(folder())
    .addOption(
      new Option("--copy <N>", "put this copy back; what is there is put aside, and newer verdicts are read from it")
        .argParser(count)
        .conflicts("empty"),
    )
    .option("--empty", "begin with an empty library instead, and with what verdicts can be read")
    .addOption(json())
    .addHelpText("after", examples("semblance restore ~/Pictures", "semblance restore ~/Pictures --copy 1"))
    .action(onDemand(async () => (await import("./restore")).restoreFolderLibrary));

  program
    .command("status")
    .description("counts of a folder's library, and what runs the numbers here")
    .argument("[folder]", "folder of photos")
    .addOption(json())
    .addHelpText("after", examples("semblance status", "semblance status ~/Pictures --json"))
    .action(onDemand(async () => (await import("./status")).showStatus));

  program
    .command("evaluate")
    .description("measure DeViSE, its ablations, ConSE, the softmax and Semblance's own ranking on labelled photos")
    .argument("[dataset]", "a folder of class folders, or a CSV with the columns path, label and perhaps wnid")
    .addOption(pack())
    .addOption(words())
    .addOption(new Option("--labels <SET>", "rank among these labels too: a label set or a file"))
    .option("--train <DATASET>", "fit the projections on this dataset's photos beside the pack's prototypes")
    .option(
      "--features <FOLDER>",
      "instead of a dataset, the features of the pack's own training and validation photos",
    )
    .option(
      "--hold-out <N>",
      "take so many classes from the pack and from the fits; their photos are unseen then",
      nonNegative,
      0,
    )
    .addOption(
      new Option("--candidates <SET>", "labels without a class that unseen photos are ranked among")
        .choices(CANDIDATE_SETS)
        .default("dataset"),
    )
    .option(
      "--synsets <FILE>",
      "table of ImageNet's synsets: wnid, lemmas, parents, split; maps all wnids, and has the candidate sets",
    )
    .addOption(violations())
    .option("--margin <M>", "of the hinge loss", positive)
    .option("--steps <N>", "steps of each fit", count)
    .option("--batch <N>", "photos a step", count)
    .option("--learning-rate <R>", "of Adagrad", positive)
    .option("--seed <N>", "of all that is drawn", nonNegative)
    .option("--report <FILE.html>", "write tables and plots as one page")
    .addOption(json())
    .addHelpText(
      "after",
      examples(
        "semblance evaluate photos.csv",
        "semblance evaluate ~/Photos-by-class --pack ~/packs/mobilenet --report evaluation.html",
        "semblance evaluate photos.csv --candidates 2-hop --synsets synsets.tsv --json",
      ),
    )
    .action(onDemand(async () => (await import("./evaluate")).evaluateDataset));

  const project = program.command("project").description("the projection from a visual model's features to words");
  project
    .command("train")
    .description(
      "fit a pack's projection on its prototypes and on a dataset's photos; folders first opened from then on use it",
    )
    .argument("[dataset]", "a folder of class folders, or a CSV with the columns path, label and perhaps wnid")
    .addOption(pack())
    .addOption(words())
    .option("--out <FOLDER>", "write the projection there instead of keeping it for the pack")
    .option("--features <FOLDER>", "instead of a dataset, the features of the pack's own training photos")
    .addOption(new Option("--loss <LOSS>", "hinge rank loss, or L2 as the paper's ablation").choices(["hinge", "l2"]))
    .addOption(violations())
    .addOption(
      new Option("--embeddings <WHICH>", "words, or random vectors as the paper's control")
        .choices(["words", "random"])
        .default("words"),
    )
    .option("--margin <M>", "of the hinge loss (at first 0.1)", positive)
    .option("--steps <N>", "at first 2000 with photos, 400 without", count)
    .option("--batch <N>", "photos a step (at first 256)", count)
    .option("--learning-rate <R>", "of Adagrad (at first 1 with photos, 0.1 without)", positive)
    .option("--seed <N>", "of all that is drawn", nonNegative)
    .option("--hold-out <N>", "leave so many of the pack's classes out", nonNegative, 0)
    .option("--calibrate", "fit the confidences too, on the dataset's photos; takes five more fits")
    .option("--synsets <FILE>", "table of ImageNet's synsets, which maps all wnids")
    .option(
      "--unfreeze <N|all>",
      "then train the visual model's last N layers too, or all; --out is the folder of a new pack then",
      layers,
    )
    .option("--unfreeze-steps <N>", "at first 200", count)
    .option("--unfreeze-batch <N>", "photos a step (at first 16)", count)
    .option("--unfreeze-rate <R>", "of Adagrad (at first 0.003)", positive)
    .option("--validation <P>", "with --unfreeze, share of the photos that is only measured on", share, 0.2)
    .addOption(json())
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

  addVisualCommands(program);
  addWordsCommands(program);

  program
    .command("serve")
    .description("show the window in a browser on this computer")
    .argument("[folder]", "folder of photos")
    .option("--port <N>", "port on 127.0.0.1; any free one by default", port, 0)
    .addHelpText("after", examples("semblance serve ~/Pictures --port 8080"))
    .action(async (path: string | undefined, options: { port: number }) => {
      const [{ serveWindow }, { createSemblance }] = await Promise.all([
        import("../hosts/web"),
        import("../engine/semblance"),
      ]);
      const { url, close } = await serveWindow({
        create: (emit) => createSemblance({ home: dataFolder(), folderDialog: false, emit }),
        port: options.port,
        folder: path,
      });
      console.log(`Semblance is open at ${url}`);
      const stop = () => void close();
      process.once("SIGINT", stop).once("SIGTERM", stop);
    });

  program
    .command("open", { isDefault: true })
    .description("open the window on a folder, or on the welcome screen")
    .argument("[folder]", "folder of photos")
    .addHelpText("after", examples("semblance open ~/Pictures"))
    .action(onDemand(async () => (await import("../hosts/open")).openWindow));
}

/** A command's own modules are loaded when it is given, not with every other. */
const onDemand =
  <Args extends unknown[]>(load: () => Promise<(...args: Args) => Promise<void> | void>) =>
  async (...args: Args): Promise<void> =>
    (await load())(...args);

const violations = () =>
  new Option(
    "--violations <WHICH>",
    "false labels that count: the first that violates the margin in random order, or all",
  ).choices(["first", "all"]);

const examples = (...lines: string[]) => `\nExamples:\n${lines.map((line) => `  ${line}`).join("\n")}`;

function nonNegative(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isInteger(value) || value < 0)
    throw new InvalidArgumentError(`“${text}” is no whole number from 0 on.`);
  return value;
}

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError(`“${text}” is no number above 0.`);
  return value;
}

const layers = (text: string): number | "all" => (text === "all" ? text : count(text));

function port(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65535) throw new InvalidArgumentError(`“${text}” is no port.`);
  return value;
}
