import { resolve } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { LabelId } from "../../src-shared/contract";
import { formatCount } from "../../src-shared/format-count";
import { writeAtomically } from "../exchange/atomic-file";
import { writeCsv } from "../exchange/csv";
import { type LabelledFiles, labelledFiles } from "../exchange/labelled-files";
import { fullName } from "../labeller/lexicon";
import { allFiles, failures } from "../store/photos";
import { labelsOfPhoto, type PhotoLabelRow } from "../store/predictions";
import { changeSettings } from "../store/settings";
import type { OpenLibrary } from "../workspace/open-library";
import { relabelWithBetterPack } from "../workspace/relabel";
import { check, printJson, printText, scanAndLabel, withFolder } from "./session";

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
  json?: boolean;
}

/** `semblance tag`: labels a folder and prints what each file got. Exit code 1 where a file could not be read. */
export async function tagFolder(
  folder: string,
  { top, labels, pack, words, csv, threshold, objects, faces, relabel = false }: TagOptions,
): Promise<void> {
  if (relabel) await relabelFolder(folder);
  await withFolder(folder, { labelSet: labels, pack, words, objects, faces }, async (session) => {
    await scanAndLabel(session);
    const { library } = session;
    if (library.better)
      console.error(
        `${library.pack.title} labelled these photos${library.isPackMissing ? " and is gone, so that new ones wait" : ""}; there is a better model, ${library.better.pack.title}: --relabel labels all again, verdicts stay.`,
      );
    if (threshold !== undefined) changeSettings(library.store, { threshold });
    if (csv !== "-") printTags(library, top);
    if (csv !== undefined) await writeTags(library, csv, top);
    const failed = failures(library.store);
    if (failed.length > 0) {
      process.exitCode = 1;
      console.error(`${formatCount(failed.length, "file")} could not be read:`);
      for (const { path, message } of failed) console.error(`  ${path}: ${message}`);
    }
  });
}

/** Nothing happens where no better model is there. */
async function relabelFolder(folder: string): Promise<void> {
  await withFolder(folder, {}, async ({ library, jobs }) => {
    if (!library.better) return;
    await jobs.run("upgrade", async (job) => {
      const next = await relabelWithBetterPack(library, job, jobs);
      await next.dispose();
    }).finished;
    check(jobs);
  });
}

function printTags({ store, lexicon }: OpenLibrary, top: number): void {
  for (const { path, photo, error } of allFiles(store)) {
    if (error) printJson({ path, error });
    else {
      const carried = photo === null ? [] : shown(labelsOfPhoto(store, photo), top);
      printJson({
        path,
        labels: carried.map(({ label, score, source }) => ({
          ...jsonLabel(lexicon.named(label)),
          score: rounded(score),
          source,
          id: label,
        })),
      });
    }
  }
}

const shown = (labels: PhotoLabelRow[], top: number) =>
  labels.filter(({ source }) => source !== "rejected").slice(0, top);
const jsonLabel = ({ name, parent }: { name: string; parent: string | null }) =>
  parent === null ? { label: name } : { label: name, parent };
const rounded = (score: number) => Math.round(score * 1e4) / 1e4;

async function writeTags({ store, lexicon }: OpenLibrary, csv: string, top: number): Promise<void> {
  const files = bestOfEach(
    labelledFiles(store, { photos: null, labels: "shown", threshold: 0 }, async () => setImmediate()),
    top,
  );
  const how = { textOf: (label: LabelId) => fullName(lexicon.named(label)), escapeFormulas: true, withRejected: false };
  if (csv === "-") await writeCsv(files, how, printText);
  else
    await writeAtomically(store.home, resolve(csv), true, (handle) =>
      writeCsv(files, how, async (text) => handle.writeFile(text, "utf8")),
    );
}

const bestOfEach = (files: LabelledFiles, top: number): LabelledFiles => ({
  ...files,
  async *read() {
    for await (const file of files.read()) yield { ...file, labels: file.labels.slice(0, top) };
  },
});
