import { Argument, type Command, Option } from "commander";
import type { ImportSource } from "../../src-shared/contract";
import { IGNORED_FOLDERS } from "../../src-shared/ignored-folders";
import { COLOUR_LABELS } from "../../src-shared/photo-marks";
import { programVersion } from "../base/program-folder";
import { addExportCommand } from "./export-command";
import { onDemand } from "./on-demand";
import {
  count,
  examples,
  jsonOption,
  packOption,
  port,
  share,
  stars,
  strictFilesOption,
  wordsOption,
} from "./option-values";
import { addPacksCommands } from "./packs-commands";
import { addResearchCommands } from "./research-commands";
import { addVisualCommands } from "./visual-commands";
import { addWordsCommands } from "./words-commands";

const IMPORT_SOURCES = [
  "xmp",
  "keywords",
  "folders",
  "csv",
  "jsonl",
  "coco",
  "yolo",
  "voc",
  "labeller",
] as const satisfies readonly ImportSource["from"][];

const folder = () => new Argument("<folder>", "folder of photos");

/** The commands of `semblance`, in the order in which its help lists them. */
export function addCommands(program: Command): void {
  program.version(programVersion());
  addLabelCommands(program);
  addCullingCommands(program);
  addLearnCommands(program);
  addExportCommand(program);
  addLibraryCommands(program);
  addPacksCommands(program);
  addResearchCommands(program);
  addVisualCommands(program);
  addWordsCommands(program);
  addWindowCommands(program);
}

function addLabelCommands(program: Command): void {
  program
    .command("tag")
    .description("label every photo in a folder; prints one JSON object per file, sorted by path")
    .addArgument(folder())
    .option("--top <N>", "labels per photo, at most", count, 5)
    .option(
      "--labels <SET>",
      "labels to choose from: everyday, my-keywords (those in your photos and the labels you gave), pack-classes, imagenet-1k, all-nouns, or a text or CSV file (default: everyday)",
    )
    .addOption(packOption())
    .addOption(wordsOption())
    .addOption(
      new Option(
        "--relabel",
        "if a better model than the library's is available, label all photos with it; verdicts stay, and semblance models --back returns",
      ).conflicts("pack"),
    )
    .option("--objects", "find objects and people (default: on)")
    .option("--no-objects", "don't look for objects and people")
    .option("--faces", "find faces (default: on)")
    .option("--no-faces", "don't look for faces")
    .option("--threshold <P>", "minimum confidence of labels, 0 to 1 (default: 0.5)", share)
    .option("--csv <FILE|->", "also write the labels as CSV; with -, to standard output instead")
    .addOption(strictFilesOption())
    .addOption(jsonOption())
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
    .description("print the photos of a labelled folder that match the words, best first")
    .addArgument(folder())
    .argument("<words...>", "any words")
    .option("--limit <N>", "photos, at most", count, 20)
    .addOption(strictFilesOption())
    .addOption(jsonOption())
    .addHelpText(
      "after",
      examples("semblance search ~/Pictures sailboat", "semblance search ~/Pictures snow mountain --limit 5"),
    )
    .action(onDemand(async () => (await import("./search")).searchFolder));

  program
    .command("boxes")
    .description("list the labels that have boxes in a labelled folder, or the boxes of one label")
    .addArgument(folder())
    .option("--label <NAME>", "list the boxes of this label")
    .addOption(
      new Option(
        "--state <STATE>",
        "with --label: boxes that are unjudged, accepted, rejected, all, or proposed: like the accepted ones",
      )
        .choices(["unjudged", "accepted", "rejected", "all", "proposed"])
        .default("all"),
    )
    .addOption(
      new Option("--order <ORDER>", "with --label: most doubtful, most confident, newest or largest boxes first")
        .choices(["doubt", "confidence", "newest", "size"])
        .default("doubt"),
    )
    .option(
      "--like <PLACE...>",
      "list photos with something like what is in a box: a file, left, top, right and bottom",
    )
    .option("--csv", "print CSV")
    .addOption(strictFilesOption())
    .addOption(jsonOption().conflicts("csv"))
    .addHelpText(
      "after",
      examples("semblance boxes ~/Pictures", "semblance boxes ~/Pictures --label dog --state unjudged"),
    )
    .action(onDemand(async () => (await import("./boxes")).showBoxes));
}

function addCullingCommands(program: Command): void {
  program
    .command("rate")
    .description("give photos stars, a flag or a colour label, as one undo step")
    .addArgument(folder())
    .argument("[photos...]", "photos to rate; or find them with --query")
    .option("--query <QUERY>", "rate the photos that match this search")
    .option("--stars <N>", "stars, 0 to 5", stars)
    .addOption(new Option("--flag <FLAG>", "pick, reject, or none to unflag").choices(["pick", "reject", "none"]))
    .addOption(
      new Option("--colour <COLOUR>", "colour label, or none to remove it").choices([...COLOUR_LABELS, "none"]),
    )
    .addOption(strictFilesOption())
    .addOption(jsonOption())
    .addHelpText(
      "after",
      examples(
        "semblance rate ~/Pictures IMG_1.jpg IMG_2.jpg --stars 4",
        "semblance rate ~/Pictures --query is:picked --colour green",
        "semblance rate ~/Pictures --query flag:reject --flag none",
      ),
    )
    .action(onDemand(async () => (await import("./rate")).rateFolder));
}

function addLearnCommands(program: Command): void {
  program
    .command("correct")
    .description("take verdicts from a CSV with the columns path, label and verdict (accept or reject)")
    .addArgument(folder())
    .argument("<file.csv>", "the verdicts")
    .addOption(strictFilesOption())
    .addOption(jsonOption())
    .addHelpText("after", examples("semblance correct ~/Pictures corrections.csv"))
    .action(onDemand(async () => (await import("./correct")).correctFolder));

  program
    .command("import")
    .description("take labels and boxes from other programs as verdicts; your own verdicts are never changed")
    .addArgument(folder())
    .argument(
      "[file]",
      "file to import, for csv (path, label, optionally verdict), jsonl, coco and labeller; folder for yolo and voc",
    )
    .addOption(
      new Option("--from <SOURCE>", "XMP sidecars, keywords inside photos, folder names, or a file")
        .choices(IMPORT_SOURCES)
        .makeOptionMandatory(),
    )
    .addOption(
      new Option("--level <LEVEL>", "with folders: the folder nearest to a photo, the top one, or all as a path")
        .choices(["nearest", "top", "all"])
        .default("nearest"),
    )
    .option("--without <NAMES...>", "with folders: names to ignore, as well as dates and camera folders", [
      ...IGNORED_FOLDERS,
    ])
    .option(
      "--threshold <P>",
      "with labeller: count, but don't import, predictions below this confidence, 0 to 1",
      share,
      0.5,
    )
    .option("--trust", "with labeller: also accept results of a labeller that this library did not export")
    .option("--dry-run", "only report what would be imported")
    .addOption(strictFilesOption())
    .addOption(jsonOption())
    .addHelpText(
      "after",
      examples(
        "semblance import ~/Pictures --from xmp --dry-run",
        "semblance import ~/Pictures --from folders --level top",
        "semblance import ~/Pictures --from csv labels.csv",
        "semblance import ~/Pictures dataset --from yolo",
      ),
    )
    .action(onDemand(async () => (await import("./import")).importFolder));

  program
    .command("retrain")
    .description("learn from all corrections, then label the folder with the new version")
    .addArgument(folder())
    .addOption(strictFilesOption())
    .addOption(jsonOption())
    .addHelpText("after", examples("semblance retrain ~/Pictures"))
    .action(onDemand(async () => (await import("./retrain")).retrainFolder));

  program
    .command("models")
    .description("list a folder's versions, or go back to an earlier one")
    .addArgument(folder())
    .addOption(new Option("--use <N>", "label the folder with this version").argParser(count).conflicts("back"))
    .option("--back", "label the folder with the version before the one in use")
    .addOption(strictFilesOption())
    .addOption(jsonOption())
    .addHelpText(
      "after",
      examples(
        "semblance models ~/Pictures",
        "semblance models ~/Pictures --back",
        "semblance models ~/Pictures --use 1",
      ),
    )
    .action(onDemand(async () => (await import("./retrain")).showModels));
}

function addLibraryCommands(program: Command): void {
  program
    .command("features")
    .description("list what each model computed for a folder's photos, or delete what one computed")
    .addArgument(folder())
    .option("--drop <PACK>", "delete this model's features to free space; using it again analyses all photos again")
    .addOption(strictFilesOption())
    .addOption(jsonOption())
    .addHelpText(
      "after",
      examples("semblance features ~/Pictures", "semblance features ~/Pictures --drop efficientnet-lite2"),
    )
    .action(onDemand(async () => (await import("./features")).showFeatures));

  program
    .command("copy")
    .description("write a folder's library (verdicts, labels, versions; no photos) to one file for another computer")
    .addArgument(folder())
    .requiredOption("--to <FILE.semblance>", "file to write")
    .option("--overwrite", "replace an earlier copy (default); other files are never replaced", true)
    .option("--no-overwrite", "refuse to replace an earlier copy")
    .addOption(jsonOption())
    .addHelpText("after", examples("semblance copy ~/Pictures --to pictures.semblance"))
    .action(onDemand(async () => (await import("./library-copy")).copyLibraryOf));

  program
    .command("open-copy")
    .description("use a copied library for a folder with the same photos; their paths may differ")
    .argument("<file.semblance>", "copy of a library")
    .addArgument(folder())
    .option("--replace", "if the folder has a library, move it aside")
    .addOption(jsonOption())
    .addHelpText("after", examples("semblance open-copy pictures.semblance ~/Pictures"))
    .action(onDemand(async () => (await import("./library-copy")).openCopyFor));

  program
    .command("restore")
    .description("list the automatic backups of a folder's library, or restore one if the library is damaged")
    .addArgument(folder())
    .addOption(
      new Option(
        "--copy <N>",
        "restore this backup; the current library is moved aside, and its newer verdicts are read from it",
      )
        .argParser(count)
        .conflicts("empty"),
    )
    .option("--empty", "start with an empty library and the verdicts that can be read")
    .addOption(jsonOption())
    .addHelpText("after", examples("semblance restore ~/Pictures", "semblance restore ~/Pictures --copy 1"))
    .action(onDemand(async () => (await import("./restore")).restoreLibraryOf));

  program
    .command("status")
    .description("print a library's counts, and what runs the computation on this computer")
    .argument("[folder]", "folder of photos")
    .addOption(strictFilesOption())
    .addOption(jsonOption())
    .addHelpText("after", examples("semblance status", "semblance status ~/Pictures --json"))
    .action(onDemand(async () => (await import("./status")).showStatus));
}

function addWindowCommands(program: Command): void {
  program
    .command("serve")
    .description("show the window in a browser on this computer")
    .argument("[folder]", "folder of photos")
    .option("--port <N>", "port on 127.0.0.1; 0 picks any free one", port, 0)
    .addHelpText("after", examples("semblance serve ~/Pictures --port 8080"))
    .action(
      onDemand(async () => {
        const { serve } = await import("../hosts/serve");
        return (path: string | undefined, { port: chosen }: { port: number }) => serve(path, chosen);
      }),
    );

  program
    .command("open", { isDefault: true })
    .description("open the window on a folder, or on the welcome screen")
    .argument("[folder]", "folder of photos")
    .addHelpText("after", examples("semblance open ~/Pictures"))
    .action(onDemand(async () => (await import("../hosts/open")).openWindow));
}
