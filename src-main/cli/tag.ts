import { formatCount } from "../../src-shared/format-count";
import { dataFolder } from "../base/data-folder";
import { taggedFiles, tryTagsCsv, unreadableFiles, writeTagsCsv } from "../exchange/tagged-files";
import { setMinimumConfidence } from "../features/libraries/minimum-confidence";
import { type NamedPack, namedPack } from "../workspace/choose-pack";
import type { OpenOptions } from "../workspace/open-folder";
import type { OpenLibrary } from "../workspace/open-library";
import { isLabelledByAnother, relabelWithBetterPack, relabelWithPack } from "../workspace/relabel";
import { printJson, printText, warn } from "./output";
import { scanAndLabel, withFolder } from "./session";

interface TagOptions {
  top: number;
  labels?: string;
  pack?: string;
  words?: string;
  csv?: string;
  threshold?: number;
  objects?: boolean;
  faces?: boolean;
  relabel?: boolean;
  strictFiles?: boolean;
  json?: boolean;
}

/** `semblance tag`: labels a folder and prints each file's labels. Exit code 1 if a file could not be read. */
export async function tagFolder(
  folder: string,
  { top, labels, csv, threshold, relabel = false, pack, words, objects, faces, strictFiles }: TagOptions,
): Promise<void> {
  if (csv !== undefined && csv !== "-") tryTagsCsv(dataFolder(), csv);
  const options = { labelSet: labels, pack, words, objects, faces, strictFiles };
  if (relabel) await relabelFolder(folder, options, null);
  const chosen = pack === undefined ? null : namedPack(pack, dataFolder());
  if (chosen && isLabelledByAnother(dataFolder(), folder, chosen))
    await relabelFolder(folder, { ...options, pack: undefined }, chosen);
  await withFolder(folder, options, async (session) => {
    await scanAndLabel(session);
    const { library } = session;
    if (library.labelSet.size === 0)
      warn(
        `No photo in ${library.store.folder} has a keyword and no label a verdict, so my-keywords suggests nothing.`,
      );
    if (library.better) warn(betterPackNotice(library));
    if (threshold !== undefined) setMinimumConfidence(library, threshold);
    if (csv !== "-") for (const file of taggedFiles(library, top)) printJson(file);
    if (csv !== undefined) await writeTagsCsv(library, top, csv === "-" ? printText : csv, session.signal);
    const failed = unreadableFiles(library);
    if (failed.length === 0) return;
    process.exitCode = 1;
    warn(`${formatCount(failed.length, "file")} could not be read:`);
    for (const { path, message } of failed) warn(`  ${path}: ${message}`);
  });
}

/**
 * Changes the pack of a labelled library. All labels change once every photo is analysed, so that the library keeps its
 * labels if that is interrupted.
 * @param chosen null for the better pack; does nothing if the library has it
 */
const relabelFolder = (folder: string, options: OpenOptions, chosen: NamedPack | null): Promise<void> =>
  withFolder(folder, options, async ({ library, jobs, run }) => {
    if (!chosen && !library.better) return;
    await run("upgrade", async (job) => {
      const next = chosen
        ? await relabelWithPack(library, chosen, job, jobs)
        : await relabelWithBetterPack(library, job, jobs);
      await next.dispose();
    });
  });

function betterPackNotice({ pack, isPackMissing, better }: Pick<OpenLibrary, "pack" | "isPackMissing" | "better">) {
  const missing = isPackMissing ? ", which is no longer on this computer, so new photos can't be labelled" : "";
  return (
    `These photos were labelled by ${pack.title}${missing}. A better model is available: ` +
    `${better!.pack.title}. --relabel labels all photos with it and keeps your verdicts.`
  );
}
