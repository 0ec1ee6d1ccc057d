import { resolve } from "node:path";
import type { BoxChoice, Exported, ExportQuery, LabelChoice } from "../../src-shared/contract";
import { Refusal } from "../../src-shared/refusal";
import { dataFolder } from "../base/data-folder";
import { exportLabels, exportText, isText, tryExport } from "../exchange/export-labels";
import { queryPhotos } from "../features/browse/query-photos";
import { indexPhotos } from "../workspace/rank-photos";
import { exportLabellerOf } from "./export-labeller";
import { DEFAULT_THRESHOLDS, type Target, TARGETS } from "./export-targets";
import { printJson, printText, say, warn } from "./output";
import { withFolder } from "./session";

interface ExportOptions extends Partial<Record<Exclude<Target, "xmp">, string>> {
  xmp?: boolean;
  labeller?: string;
  top: number;
  link?: boolean;
  names: "photo.jpg.xmp" | "photo.xmp";
  to?: string;
  dryRun?: boolean;
  boxes?: Exclude<BoxChoice, null>;
  regions?: boolean;
  marks?: boolean;
  images: "none" | "copies" | "links";
  query?: string;
  which: LabelChoice["labels"];
  threshold?: number;
  text: "name" | "id";
  escapeFormulas: boolean;
  overwrite: boolean;
  strictFiles?: boolean;
  json?: boolean;
}

const WRITTEN: Record<Target, string> = {
  csv: "labels",
  wide: "rows",
  jsonl: "objects",
  coco: "annotations",
  yolo: "boxes",
  voc: "boxes",
  parquet: "rows",
  folders: "files",
  xmp: "sidecars",
};

/** `semblance export`: labels for other programs. */
export async function exportFolder(folder: string, options: ExportOptions): Promise<void> {
  const { labeller, top, threshold = 0, overwrite, strictFiles, json } = options;
  if (labeller !== undefined)
    return withFolder(folder, { strictFiles }, (session) =>
      exportLabellerOf(session, { labeller, top, threshold, overwrite, json }),
    );
  const target = targetOf(options);
  const all = {
    photos: null,
    labels: options.which,
    threshold: options.threshold ?? DEFAULT_THRESHOLDS[target],
  };
  const queryOfAll = queryOf(target, all, options);
  if (options[target] !== "-") tryExport(dataFolder(), queryOfAll);
  await withFolder(folder, { strictFiles }, async ({ library, jobs, run, signal }) => {
    // Words in a query are matched against the semantic index, which is in memory.
    if (options.query !== undefined) await run("rank", (job) => indexPhotos(library, job));
    const query = {
      ...queryOfAll,
      photos: options.query === undefined ? null : await queryPhotos(library, options.query),
    };
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
  {
    link,
    names,
    to,
    dryRun,
    boxes,
    regions,
    marks,
    images,
    text,
    escapeFormulas,
    overwrite,
    ...options
  }: ExportOptions,
): ExportQuery {
  if (boxes !== undefined && !WITH_BOXES.includes(target))
    throw new Refusal("wrong-use", `--${target} can't hold boxes. Use one of ${optionsOf(WITH_BOXES).join(", ")}.`);
  if (regions && target !== "xmp") throw new Refusal("wrong-use", "--regions goes with --xmp.");
  if (marks && !WITH_MARKS.includes(target))
    throw new Refusal(
      "wrong-use",
      `--${target} can't hold flags, stars and colours. Use one of ${optionsOf(WITH_MARKS).join(", ")}.`,
    );
  if (boxes !== undefined && target === "xmp" && !regions)
    throw new Refusal("wrong-use", "With --xmp, boxes are written by --regions. Add it.");
  if (target === "xmp")
    return {
      ...choice,
      format: "xmp",
      folder: to === undefined ? null : resolve(to),
      boxes: regions ? (boxes ?? "accepted") : null,
      naming: names === "photo.xmp" ? "stem" : "full",
      ...(marks ? { marks } : {}),
      dryRun: dryRun ?? false,
    };
  const path = resolve(options[target]!);
  if (options[target] === "-" && (target === "parquet" || isFolder(target)))
    throw new Refusal(
      "wrong-use",
      `--${target} can't write to standard output: name a ${isFolder(target) ? "folder" : "file"}.`,
    );
  if (target === "folders") return { ...choice, format: "folders", folder: path, as: link ? "links" : "copies" };
  if (target === "yolo" || target === "voc")
    return { ...choice, format: target, folder: path, boxes: boxes ?? "accepted", images };
  if (target === "wide") return { ...choice, format: target, file: path, overwrite, text, escapeFormulas };
  if (target === "csv")
    return {
      ...choice,
      format: target,
      file: path,
      overwrite,
      text,
      escapeFormulas,
      boxes: boxes ?? null,
      ...(marks ? { marks } : {}),
    };
  if (target === "jsonl") return { ...choice, format: target, file: path, overwrite, ...(marks ? { marks } : {}) };
  if (target === "coco") return { ...choice, format: target, file: path, overwrite, boxes: boxes ?? null };
  return { ...choice, format: target, file: path, overwrite };
}

const WITH_MARKS: readonly Target[] = ["csv", "jsonl", "xmp"];
const WITH_BOXES: readonly Target[] = ["coco", "yolo", "voc", "csv", "xmp"];

/** Whether the target is a folder of its own. */
const isFolder = (target: Target): boolean => target === "folders" || target === "yolo" || target === "voc";

/** Exit code 1 if a file was refused. */
function report(exported: Exported, target: Target, { json, dryRun }: ExportOptions): void {
  const { file, rows, notes, refused } = exported;
  if (json) printJson(exported);
  else {
    say(
      `${rows} ${WRITTEN[target]} ${dryRun ? "would be written" : "written"} ` +
        `${target === "xmp" || isFolder(target) ? "in" : "to"} ${file}`,
    );
    for (const note of notes) say(note);
    for (const { path, reason } of refused) warn(`  ${path}: ${reason}`);
  }
  if (refused.length > 0) process.exitCode = 1;
}
