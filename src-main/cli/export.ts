import { resolve } from "node:path";
import { type Command, Option } from "commander";
import type { Exported, ExportQuery, LabelChoice } from "../../src-shared/contract";
import { Refusal } from "../../src-shared/refusal";
import { exportLabels, exportText, isText } from "../exchange/export-labels";
import { browsePhotos } from "../features/browse/browse-photos";
import type { OpenLibrary } from "../workspace/open-library";
import { indexPhotos } from "../workspace/rank-photos";
import { exportLabellerOf, MAX_LABELS } from "./export-labeller";
import { count, share } from "./option-values";
import { printJson, printText, withFolder } from "./session";

/** What may be written; the option's value says where. */
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
  json?: boolean;
}

/**
 * How sure a shown prediction must be where nobody says it: tables hold all that photos show, with scores; what people
 * look at holds likely ones, however bold the library's own threshold is.
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
    .description("write labels for other programs: as a table, for training, or as sidecars that photo programs read")
    .argument("<folder>", "folder of photos")
    .option("--csv <FILE|->", "CSV with a row a label: path, label, score, source, model")
    .option("--wide <FILE|->", "CSV with a row a photo and a column a label, the 1,000 most frequent")
    .option("--jsonl <FILE|->", "JSON Lines, an object a photo")
    .option("--coco <FILE|->", "COCO JSON: images, categories and annotations of whole photos")
    .option("--parquet <FILE>", "Parquet with a row a label")
    .option("--folders <DIR>", "a folder for each label with copies of its photos")
    .option("--link", "with --folders, hard links in place of copies")
    .option("--labeller <FILE.onnx>", "what labels the folder, to run elsewhere: see docs/labeller.md")
    .option("--top <N>", `with --labeller, labels a photo, at most (1 to ${MAX_LABELS})`, count, 5)
    .option("--xmp", "XMP sidecars with the labels as keywords, beside the photos; what they hold already stays")
    .addOption(
      new Option(
        "--names <HOW>",
        "with --xmp: photo.jpg.xmp for digiKam and darktable, photo.xmp for Lightroom, which reads those of RAW files only",
      )
        .choices(["photo.jpg.xmp", "photo.xmp"])
        .default("photo.jpg.xmp"),
    )
    .option("--to <DIR>", "with --xmp, put the sidecars there")
    .option("--dry-run", "with --xmp, say what would be written and write nothing")
    .option("--query <QUERY>", "only photos that this search finds")
    .addOption(
      new Option(
        "--which <LABELS>",
        "shown: all that photos show; verdicts: what was accepted or rejected; accepted: that alone",
      )
        .choices(["shown", "verdicts", "accepted"])
        .default("shown"),
    )
    .option(
      "--threshold <P>",
      `of the labels that photos show, leave out predictions less sure than this, 0 to 1 (at first ${LIKELY} for --folders and --xmp, else 0)`,
      share,
    )
    .addOption(
      new Option("--text <HOW>", "with --csv and --wide, write labels by name or by id")
        .choices(["name", "id"])
        .default("name"),
    )
    .option("--no-escape-formulas", "write labels that begin with = + - @ as they are")
    .option("--no-overwrite", "refuse to replace a file that is there")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      `
Examples:
  semblance export ~/Pictures --csv labels.csv
  semblance export ~/Pictures --jsonl - --which accepted
  semblance export ~/Pictures --folders ~/dogs --query label:dog --threshold 0.8
  semblance export ~/Pictures --xmp --dry-run`,
    )
    .action(exportFolder);
}

async function exportFolder(folder: string, options: ExportOptions): Promise<void> {
  const { labeller, top, threshold = 0, overwrite, json } = options;
  if (labeller !== undefined)
    return withFolder(folder, {}, (session) =>
      exportLabellerOf(session, { labeller, top, threshold, overwrite, json }),
    );
  const target = targetOf(options);
  await withFolder(folder, {}, async ({ library, jobs }) => {
    // Words of a query are compared with photos in memory.
    if (options.query !== undefined) await jobs.run("rank", (job) => indexPhotos(library, job)).finished;
    const choice = {
      photos: found(library, options.query),
      labels: options.which,
      threshold: options.threshold ?? DEFAULT_THRESHOLDS[target],
    };
    const query = queryOf(target, choice, options);
    if (options[target] === "-" && isText(query)) await exportText(library, query, printText);
    else report(await exportLabels(library, jobs, query), target, options);
  });
}

/** @throws Refusal `usage` unless there is one */
function targetOf(options: ExportOptions): Target {
  const asked = TARGETS.filter((target) => options[target] !== undefined);
  const [only] = asked;
  if (only === undefined || asked.length > 1)
    throw new Refusal(
      "usage",
      `say what to write, with one of ${TARGETS.map((target) => `--${target}`).join(", ")}${asked.length > 1 ? `; ${asked.map((target) => `--${target}`).join(" and ")} are ${asked.length}` : ""}`,
    );
  return only;
}

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
    throw new Refusal("usage", `--${target} can't go to standard output`);
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

/** Exit code 1 where a file was refused. */
function report(exported: Exported, target: Target, { json, dryRun }: ExportOptions): void {
  const { file, rows, notes, refused } = exported;
  if (json) printJson(exported);
  else {
    console.log(
      `${rows} ${WRITTEN[target]} ${dryRun ? "would be written" : "written"} ${target === "xmp" || target === "folders" ? "in" : "to"} ${file}`,
    );
    for (const note of notes) console.log(note);
    for (const { path, reason } of refused) console.error(`  ${path}: ${reason}`);
  }
  if (refused.length > 0) process.exitCode = 1;
}
