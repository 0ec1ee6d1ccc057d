import { resolve } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { LabelId } from "../../src-shared/contract";
import { counted } from "../../src-shared/counted";
import { writeCsv } from "../exchange/csv";
import { type LabelledFiles, labelledFiles } from "../exchange/labelled-files";
import { writeWhole } from "../exchange/whole-file";
import { fullName } from "../labeller/lexicon";
import { allFiles, failures } from "../store/photos";
import { type CarriedLabel, labelsOfPhoto } from "../store/predictions";
import { changeSettings } from "../store/settings";
import { labelAgain } from "../workspace/label-again";
import type { Workbench } from "../workspace/workbench";
import { check, labelNow, printJson, printText, withFolder } from "./session";

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
  if (relabel) await labelFolderAgain(folder);
  await withFolder(folder, { labelSet: labels, pack, words, objects, faces }, async (session) => {
    await labelNow(session);
    const { bench } = session;
    if (bench.better)
      console.error(
        `${bench.pack.title} labelled these photos${bench.isPackGone ? " and is gone, so that new ones wait" : ""}; there is a better model, ${bench.better.pack.title}: --relabel labels all again, verdicts stay.`,
      );
    if (threshold !== undefined) changeSettings(bench.library, { threshold });
    if (csv !== "-") printTags(bench, top);
    if (csv !== undefined) await writeTags(bench, csv, top);
    const failed = failures(bench.library);
    if (failed.length > 0) {
      process.exitCode = 1;
      console.error(`${counted(failed.length, "file")} could not be read:`);
      for (const { path, message } of failed) console.error(`  ${path}: ${message}`);
    }
  });
}

/** Nothing happens where no better model is there. */
async function labelFolderAgain(folder: string): Promise<void> {
  await withFolder(folder, {}, async ({ bench, jobs }) => {
    if (!bench.better) return;
    await jobs.run("upgrade", async (job) => {
      const next = await labelAgain(bench, job, jobs);
      await next.dispose();
    }).finished;
    check(jobs);
  });
}

function printTags({ library, lexicon }: Workbench, top: number): void {
  for (const { path, photo, error } of allFiles(library)) {
    if (error) printJson({ path, error });
    else {
      const carried = photo === null ? [] : shown(labelsOfPhoto(library, photo), top);
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

const shown = (labels: CarriedLabel[], top: number) =>
  labels.filter(({ source }) => source !== "rejected").slice(0, top);
const jsonLabel = ({ name, parent }: { name: string; parent: string | null }) =>
  parent === null ? { label: name } : { label: name, parent };
const rounded = (score: number) => Math.round(score * 1e4) / 1e4;

async function writeTags({ library, lexicon }: Workbench, csv: string, top: number): Promise<void> {
  const files = bestOfEach(
    labelledFiles(library, { photos: null, labels: "shown", threshold: 0 }, async () => setImmediate()),
    top,
  );
  const how = { textOf: (label: LabelId) => fullName(lexicon.named(label)), escapeFormulas: true, withRejected: false };
  if (csv === "-") await writeCsv(files, how, printText);
  else
    await writeWhole(library.home, resolve(csv), true, (handle) =>
      writeCsv(files, how, async (text) => handle.writeFile(text, "utf8")),
    );
}

const bestOfEach = (files: LabelledFiles, top: number): LabelledFiles => ({
  ...files,
  async *read() {
    for await (const file of files.read()) yield { ...file, labels: file.labels.slice(0, top) };
  },
});
