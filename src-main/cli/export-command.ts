import { type Command, Option } from "commander";
import { MAX_PREDICTED_LABELS } from "../workspace/max-predicted-labels";
import { LIKELY } from "./export-targets";
import { onDemand } from "./on-demand";
import { boxChoice, count, examples, jsonOption, share, strictFilesOption } from "./option-values";

/** `semblance export`: labels for other programs. */
export function addExportCommand(program: Command): void {
  program
    .command("export")
    .description(
      "write labels for other programs: as a table, as training data, or as sidecars that photo programs read",
    )
    .argument("<folder>", "folder of photos")
    .option("--csv <FILE|->", "CSV with a row per label: path, label, score, source, model")
    .option("--wide <FILE|->", "CSV with a row per photo and a column for each of the 1,000 most frequent labels")
    .option("--jsonl <FILE|->", "JSON Lines, an object per photo")
    .option(
      "--coco <FILE|->",
      "COCO JSON: images, categories, and annotations: boxes with --boxes, else labels of whole photos",
    )
    .option("--yolo <DIR>", "boxes in YOLO's format: data.yaml, and a text file per photo with boxes")
    .option("--voc <DIR>", "boxes in Pascal VOC's format: an XML file per photo with boxes")
    .option("--parquet <FILE>", "Parquet with a row per label")
    .option("--folders <DIR>", "a folder per label, with copies of its photos")
    .option("--link", "with --folders, hard links instead of copies")
    .option("--labeller <FILE.onnx>", "the labeller as one ONNX file, to run elsewhere: see docs/labeller.md")
    .option("--top <N>", `with --labeller, labels per photo, at most (1 to ${MAX_PREDICTED_LABELS})`, count, 5)
    .option("--xmp", "XMP sidecars beside the photos, with the labels as keywords; their other contents stay")
    .addOption(
      new Option(
        "--names <HOW>",
        "with --xmp, sidecar names: photo.jpg.xmp for digiKam and darktable, photo.xmp for Lightroom, which reads them for RAW files only",
      )
        .choices(["photo.jpg.xmp", "photo.xmp"])
        .default("photo.jpg.xmp"),
    )
    .option("--to <DIR>", "with --xmp, folder for the sidecars (default: beside the photos)")
    .option("--dry-run", "with --xmp, list what would be written, and write nothing")
    .addOption(
      new Option(
        "--boxes <WHICH>",
        "with --coco, --yolo, --voc, --csv and --regions: accepted for boxes that you accepted, drew or imported; or a confidence, 0 to 1, for detected ones too (default: accepted, and none with --coco and --csv)",
      ).argParser(boxChoice),
    )
    .addOption(
      new Option("--images <HOW>", "with --yolo and --voc, how the photos are added")
        .choices(["none", "copies", "links"])
        .default("none"),
    )
    .option("--regions", "with --xmp, also write boxes as regions (MWG)")
    .option("--marks", "with --xmp, --csv and --jsonl, also write flags, stars and colour labels")
    .option("--query <QUERY>", "only photos that match this search")
    .addOption(
      new Option(
        "--which <LABELS>",
        "shown: all labels that photos show; verdicts: accepted and rejected ones; accepted: only those",
      )
        .choices(["shown", "verdicts", "accepted"])
        .default("shown"),
    )
    .option(
      "--threshold <P>",
      `leave out predictions below this confidence, 0 to 1 (default: ${LIKELY} for --folders and --xmp, else 0)`,
      share,
    )
    .addOption(
      new Option("--text <HOW>", "with --csv and --wide, how labels are written")
        .choices(["name", "id"])
        .default("name"),
    )
    .option("--no-escape-formulas", "don't put an apostrophe before labels that start with = + - @")
    .option("--overwrite", "replace an earlier export (default); files of other programs are never replaced", true)
    .option("--no-overwrite", "refuse to replace an earlier export")
    .addOption(strictFilesOption())
    .addOption(jsonOption())
    .addHelpText(
      "after",
      examples(
        "semblance export ~/Pictures --csv labels.csv",
        "semblance export ~/Pictures --jsonl - --which accepted",
        "semblance export ~/Pictures --folders ~/dogs --query label:dog --threshold 0.8",
        "semblance export ~/Pictures --coco boxes.json --boxes accepted",
        "semblance export ~/Pictures --yolo ~/dogs-yolo --boxes 0.5 --images copies",
        "semblance export ~/Pictures --xmp --dry-run",
      ),
    )
    .action(onDemand(async () => (await import("./export")).exportFolder));
}
