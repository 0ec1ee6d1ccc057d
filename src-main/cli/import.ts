import { resolve } from "node:path";
import type { ImportPlan, ImportSource } from "../../src-shared/contract";
import { formatCount } from "../../src-shared/format-count";
import { Refusal } from "../../src-shared/refusal";
import type { JobHandle } from "../base/jobs";
import { type CollectedKeywords, collectKeywords } from "../exchange/collect-keywords";
import { applyImport, planImport } from "../exchange/import-labels";
import { fullName } from "../labeller/lexicon";
import { countPhotos } from "../store/photos";
import { check, printJson, scanAndLabel, type Session, withFolder } from "./session";

export const IMPORT_SOURCES = ["xmp", "keywords", "folders", "csv", "jsonl", "coco", "labeller"] as const;

interface ImportOptions {
  from: (typeof IMPORT_SOURCES)[number];
  level: "nearest" | "top" | "all";
  without: string[];
  threshold: number;
  trust?: boolean;
  dryRun?: boolean;
  json?: boolean;
}

/**
 * `semblance import`: takes labels of other programs as verdicts, as one step that can be undone. Exit code 1 where a
 * line or a file could not be used.
 */
export async function importFolder(folder: string, file: string | undefined, options: ImportOptions): Promise<void> {
  const source = sourceOf(file, options);
  await withFolder(folder, {}, async (session) => {
    const { library } = session;
    if (countPhotos(library.store).photos === 0) await scanAndLabel(session);
    let collected = await collect(session, source);
    if ("file" in source && collected.unusable > 0) {
      // perhaps they are new
      await scanAndLabel(session);
      collected = await collect(session, source);
    }
    const plan = planImport(library, collected, []);
    const done = options.dryRun ? null : applyImport(library, collected, []);
    if (options.json) printJson({ ...plan, applied: done?.verdicts ?? 0 });
    else print(plan, done?.verdicts ?? null);
    if (plan.unusable > 0) process.exitCode = 1;
  });
}

function sourceOf(
  file: string | undefined,
  { from, level, without, threshold, trust = false }: ImportOptions,
): ImportSource {
  const needsFile = from === "csv" || from === "jsonl" || from === "coco" || from === "labeller";
  if (needsFile && file === undefined) throw new Refusal("wrong-use", `--from ${from} needs the file to import from`);
  if (!needsFile && file !== undefined)
    throw new Refusal("wrong-use", `--from ${from} reads the folder itself and takes no file; ${file} was given`);
  if (from === "labeller") return { from, file: resolve(file!), threshold, trust };
  if (needsFile) return { from, file: resolve(file!) };
  return from === "folders" ? { from, level, without } : { from };
}

async function collect({ library, jobs }: Session, source: ImportSource): Promise<CollectedKeywords> {
  let collected: CollectedKeywords | undefined;
  let failure: unknown;
  await jobs.run("import", async (job: JobHandle) => {
    try {
      collected = await collectKeywords(library.store, source, job);
    } catch (error) {
      failure = error;
      throw error;
    }
  }).finished;
  // as it is, and not only that the job failed
  if (failure instanceof Refusal && failure.code !== "cancelled") throw failure;
  check(jobs);
  return collected!;
}

function print(plan: ImportPlan, applied: number | null): void {
  const {
    source,
    photos,
    given,
    standing,
    conflicts,
    contradicted,
    predictions,
    keywords,
    unusable,
    unused,
    conflicting,
  } = plan;
  console.log(
    `${source}: ${applied === null ? `${formatCount(given, "verdict")} would be given` : `${formatCount(applied, "verdict")} given`} on ${formatCount(photos, "photo")}, ${standing} stood already, ${conflicts} against one that stands, which is kept`,
  );
  if (contradicted > 0)
    console.log(`${contradicted} are accepted and rejected by the same source: nothing is done about them`);
  if (predictions > 0) console.log(`${predictions} predicted labels in it, which nobody judged, are passed over`);
  for (const { keyword, label, name, parent, isNew, kindOf, doubt, accepted, rejected } of keywords) {
    const becomes =
      label === null
        ? "left out"
        : `${fullName({ name, parent })}${isNew ? ` (new${kindOf === null ? "" : `, under ${kindOf}`})` : ""}`;
    console.log(
      `  ${keyword.join(" | ")} → ${becomes}, ${accepted} accepted${rejected > 0 ? `, ${rejected} rejected` : ""}${doubt === null ? "" : `  (${doubt})`}`,
    );
  }
  for (const { path, name, stands } of conflicting) console.log(`  kept: ${path} has ${name} ${stands}ed`);
  if (unusable > 0) console.error(`${unusable} ${unusable === 1 ? "line or file" : "lines or files"} can't be used:`);
  for (const { where, reason } of unused) console.error(`  ${where}: ${reason}`);
}
