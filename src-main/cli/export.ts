import { resolve } from "node:path";
import { type Command, Option } from "commander";
import type { Exported, ExportQuery, LabelChoice } from "../../src-shared/contract";
import { Refusal } from "../../src-shared/refusal";
import { exportLabels, exportText, isText } from "../exchange/export-labels";
import { browsePhotos } from "../features/browse/browse-photos";
import type { OpenLibrary } from "../workspace/open-library";
import { indexPhotos } from "../workspace/rank-photos";
import { exportLabellerOf, MAX_LABELS } from "./export-labeller";
import { count, examples, jsonOption, share, strictFilesOption } from "./option-values";
import { printJson, printText, say, warn } from "./output";
import { withFolder } from "./session";

/** What can be written; the option's value is the file or folder. */
const TARGETS = ["csv", "wide", "jsonl", "coco", "parquet", "folders", "xmp"] as const;
type Target = (typeof TARGETS)[number];

interface ExportOptions extends Partial<Record<Exclude<Target, "xmp">, string>> {
  xmp?: boolean;
  labeller?: string;
  top: number;
  link?: boolean;
  names: "photo.jpg.xmp" | "photo.xmp";
  to?: string;
  dryRun?: boolean;
  query?: string;
  which: LabelChoice["labels"];
  threshold?: number;
  text: "name" | "id";
  escapeFormulas: boolean;
  overwrite: boolean;
  strictFiles?: boolean;
  json?: boolean;
}

/**
 * Default thresholds. Tables hold every label that photos show, with its score; folders and sidecars have no scores, so
 * they hold probable labels only, even if the library's own threshold is lower.
 */
const LIKELY = 0.5;
const DEFAULT_THRESHOLDS: Record<Target, number> = {
  csv: 0,
  wide: 0,
  jsonl: 0,
  coco: 0,
  parquet: 0,
  folders: LIKELY,
  xmp: LIKELY,
};
const WRITTEN: Record<Target, string> = {
  csv: "labels",
  wide: "rows",
  jsonl: "objects",
  coco: "annotations",
  parquet: "rows",
  folders: "files",
  xmp: "sidecars",
};

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
    .option("--coco <FILE|->", "COCO JSON: images, categories, and annotations that cover whole photos")
    .option("--parquet <FILE>", "Parquet with a row per label")
    .option("--folders <DIR>", "a folder per label, with copies of its photos")
    .option("--link", "with --folders, hard links instead of copies")
    .option("--labeller <FILE.onnx>", "the labeller as one ONNX file, to run elsewhere: see docs/labeller.md")
    .option("--top <N>", `with --labeller, labels per photo, at most (1 to ${MAX_LABELS})`, count, 5)
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
    .option("--no-overwrite", "refuse to replace an existing file")
    .addOption(strictFilesOption())
    .addOption(jsonOption())
    .addHelpText(
      "after",
      examples(
        "semblance export ~/Pictures --csv labels.csv",
        "semblance export ~/Pictures --jsonl - --which accepted",
        "semblance export ~/Pictures --folders ~/dogs --query label:dog --threshold 0.8",
        "semblance export ~/Pictures --xmp --dry-run",
      ),
    )
    .action(exportFolder);
}

async function exportFolder(folder: string, options: ExportOptions): Promise<void> {
  const { labeller, top, threshold = 0, overwrite, strictFiles, json } = options;
  if (labeller !== undefined)
    return withFolder(folder, { strictFiles }, (session) =>
      exportLabellerOf(session, { labeller, top, threshold, overwrite, json }),
    );
  const target = targetOf(options);
  await withFolder(folder, { strictFiles }, async ({ library, jobs, run, signal }) => {
    // Words in a query are matched against the semantic index, which is in memory.
    if (options.query !== undefined) await run("rank", (job) => indexPhotos(library, job));
    const choice = {
      photos: found(library, options.query),
      labels: options.which,
      threshold: options.threshold ?? DEFAULT_THRESHOLDS[target],
    };
    const query = queryOf(target, choice, options);
    if (options[target] === "-" && isText(query)) await exportText(library, query, printText, signal);
    else report(await exportLabels(library, jobs, query), target, options);
  });
}

/** @throws Refusal `wrong-use` unless exactly one target is named */
function targetOf(options: ExportOptions): Target {
  const asked = TARGETS.filter((target) => options[target] !== undefined);
  const [only] = asked;
  if (only === undefined || asked.length > 1)
    throw new Refusal(
      "wrong-use",
      asked.length === 0
        ? `Choose what to write with one of ${optionsOf(TARGETS).join(", ")} or --labeller.`
        : `Choose one of ${optionsOf(asked).join(" and ")}: an export writes one thing at a time.`,
    );
  return only;
}

const optionsOf = (targets: readonly Target[]): string[] => targets.map((target) => `--${target}`);

function queryOf(
  target: Target,
  choice: LabelChoice,
  { link, names, to, dryRun, text, escapeFormulas, overwrite, ...options }: ExportOptions,
): ExportQuery {
  if (target === "xmp")
    return {
      ...choice,
      format: "xmp",
      folder: to === undefined ? null : resolve(to),
      naming: names === "photo.xmp" ? "stem" : "full",
      dryRun: dryRun ?? false,
    };
  const path = resolve(options[target]!);
  if (options[target] === "-" && (target === "parquet" || target === "folders"))
    throw new Refusal(
      "wrong-use",
      `--${target} can't write to standard output: name a ${target === "folders" ? "folder" : "file"}.`,
    );
  if (target === "folders") return { ...choice, format: "folders", folder: path, as: link ? "links" : "copies" };
  if (target === "csv" || target === "wide")
    return { ...choice, format: target, file: path, overwrite, text, escapeFormulas };
  return { ...choice, format: target, file: path, overwrite };
}

/** @throws Refusal `bad-query` */
function found(library: OpenLibrary, query: string | undefined): LabelChoice["photos"] {
  if (query === undefined) return null;
  const { photos, sure, fault } = browsePhotos(library, {
    words: query,
    sort: "relevance",
    descending: true,
    group: "none",
  });
  if (fault) throw new Refusal("bad-query", fault.message);
  return photos.slice(0, sure);
}

/** Exit code 1 if a file was refused. */
function report(exported: Exported, target: Target, { json, dryRun }: ExportOptions): void {
  const { file, rows, notes, refused } = exported;
  if (json) printJson(exported);
  else {
    say(
      `${rows} ${WRITTEN[target]} ${dryRun ? "would be written" : "written"} ${target === "xmp" || target === "folders" ? "in" : "to"} ${file}`,
    );
    for (const note of notes) say(note);
    for (const { path, reason } of refused) warn(`  ${path}: ${reason}`);
  }
  if (refused.length > 0) process.exitCode = 1;
}
