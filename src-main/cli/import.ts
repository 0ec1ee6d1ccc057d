import { resolve } from "node:path";
import type { ImportPlan, ImportSource } from "../../src-shared/contract";
import { formatCount } from "../../src-shared/format-count";
import { Refusal } from "../../src-shared/refusal";
import { describeKeyword, describeMapping, importIntoLibrary } from "../exchange/import-into-library";
import { printJson, say, warn } from "./output";
import { scanAndLabel, withFolder } from "./session";

interface ImportOptions {
  from: ImportSource["from"];
  level: "nearest" | "top" | "all";
  without: string[];
  threshold: number;
  trust?: boolean;
  dryRun?: boolean;
  strictFiles?: boolean;
  json?: boolean;
}

/**
 * `semblance import`: takes labels from other programs as verdicts, as one undo step. Exit code 1 if a line or a file
 * could not be used.
 */
export async function importFolder(folder: string, file: string | undefined, options: ImportOptions): Promise<void> {
  const source = sourceOf(file, options);
  await withFolder(folder, { strictFiles: options.strictFiles }, async (session) => {
    const { plan, applied } = await importIntoLibrary(
      session.library,
      source,
      options.dryRun ?? false,
      session.run,
      () => scanAndLabel(session),
    );
    if (options.json)
      printJson({ ...jsonOf(plan), applied: applied?.verdicts ?? 0, appliedBoxes: applied?.boxes ?? 0 });
    else print(plan, applied);
    if (plan.unusable > 0) process.exitCode = 1;
  });
}

function sourceOf(
  file: string | undefined,
  { from, level, without, threshold, trust = false }: ImportOptions,
): ImportSource {
  if (from === "yolo" || from === "voc") {
    if (file === undefined) throw new Refusal("wrong-use", `--from ${from} needs the folder of the data set.`);
    return { from, folder: resolve(file) };
  }
  const needsFile = from === "csv" || from === "jsonl" || from === "coco" || from === "labeller";
  if (needsFile && file === undefined) throw new Refusal("wrong-use", `--from ${from} needs a file to import from.`);
  if (!needsFile && file !== undefined)
    throw new Refusal("wrong-use", `--from ${from} reads the folder itself: leave out ${file}.`);
  if (from === "labeller") return { from, file: resolve(file!), threshold, trust };
  if (needsFile) return { from, file: resolve(file!) };
  return from === "folders" ? { from, level, without } : { from };
}

/** The plan under the keys that `--json` has always had, some of which are older than the contract's names. */
const jsonOf = ({ alreadySet, unusableItems, conflicting, ...rest }: ImportPlan) => ({
  ...rest,
  standing: alreadySet,
  conflicting: conflicting.map(({ existing, ...conflict }) => ({ ...conflict, stands: existing })),
  unused: unusableItems,
});

function print(plan: ImportPlan, applied: { verdicts: number; boxes: number } | null): void {
  const {
    source,
    photos,
    given,
    alreadySet,
    boxes,
    boxesSet,
    conflicts,
    contradicted,
    predictions,
    keywords,
    unusable,
    unusableItems,
    conflicting,
  } = plan;
  const { verdicts, boxes: accepted } = applied ?? { verdicts: given, boxes };
  const withBoxes = boxes + boxesSet > 0 ? ` and ${formatCount(accepted, "box", "boxes")}` : "";
  say(
    `${source}: ${formatCount(verdicts, "verdict")}${withBoxes} ${applied === null ? "would be added" : "added"} on ` +
      `${formatCount(photos, "photo")}. ${alreadySet}${boxesSet > 0 ? ` and ${formatCount(boxesSet, "box", "boxes")}` : ""} ` +
      `were set already; ${conflicts} contradict your verdicts, which are kept.`,
  );
  if (contradicted > 0) say(`${contradicted} are both accepted and rejected in this source: skipped`);
  if (predictions > 0) say(`${formatCount(predictions, "prediction")} without a verdict: skipped`);
  for (const planned of keywords) {
    const { keyword, rejected, doubt } = planned;
    say(
      `  ${describeKeyword(keyword)} → ${describeMapping(planned)}, ${planned.accepted} accepted` +
        `${rejected > 0 ? `, ${rejected} rejected` : ""}` +
        `${planned.boxes > 0 ? `, ${formatCount(planned.boxes, "box", "boxes")}` : ""}` +
        `${doubt === null ? "" : `  (${doubt})`}`,
    );
  }
  for (const { path, name, existing, box } of conflicting)
    say(`  kept: ${path} has ${box ? `a box of ${name}` : name} ${existing}ed`);
  if (unusable > 0) warn(`${unusable} ${unusable === 1 ? "line or file" : "lines or files"} can't be used:`);
  for (const { where, reason } of unusableItems) warn(`  ${where}: ${reason}`);
}
