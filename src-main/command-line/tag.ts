import { resolve } from "node:path";
import { csvText, exportCsv } from "../exchange/csv";
import { labelRows } from "../exchange/label-rows";
import { fullName } from "../labelling/lexicon";
import type { Workbench } from "../labelling/workbench";
import { allFiles, failures } from "../library/photos";
import { type CarriedLabel, labelsOfPhoto } from "../library/predictions";
import { partsOf } from "../library/splits";
import { labelNow, printJson, withFolder } from "./session";

interface TagOptions { top: number; labels?: string; pack?: string; words?: string; csv?: string; json?: boolean }

/** `semblance tag`: labels a folder and prints what each file got. Exit code 1 where a file could not be read. */
export async function tagFolder(folder: string, { top, labels, pack, words, csv }: TagOptions): Promise<void> {
  await withFolder(folder, { labelSet: labels, pack, words }, async (session) => {
    await labelNow(session);
    const { bench } = session;
    if (csv !== "-") printTags(bench, top);
    if (csv !== undefined) await writeCsv(bench, csv, top);
    const failed = failures(bench.library);
    if (failed.length > 0) {
      process.exitCode = 1;
      console.error(`${failed.length} ${failed.length === 1 ? "file" : "files"} could not be read:`);
      for (const { path, message } of failed) console.error(`  ${path}: ${message}`);
    }
  });
}

function printTags({ library, lexicon }: Workbench, top: number): void {
  for (const { path, photo, error } of allFiles(library)) {
    if (error) printJson({ path, error });
    else {
      const carried = photo === null ? [] : shown(labelsOfPhoto(library, photo), top);
      printJson({ path, labels: carried.map(({ label, score, source }) => ({ ...jsonLabel(lexicon.named(label)), score: rounded(score), source, id: label })) });
    }
  }
}

const shown = (labels: CarriedLabel[], top: number) => labels.filter(({ source }) => source !== "rejected").slice(0, top);
const jsonLabel = ({ name, parent }: { name: string; parent: string | null }) => (parent === null ? { label: name } : { label: name, parent });
const rounded = (score: number) => Math.round(score * 1e4) / 1e4;

async function writeCsv(bench: Workbench, csv: string, top: number): Promise<void> {
  const query = { file: csv, threshold: 0, escapeFormulas: true, overwrite: true, parts: partsOf(bench.library) };
  const rows = bestOfEachFile(labelRows(bench.library), top);
  const nameOf = (label: Parameters<Workbench["lexicon"]["named"]>[0]) => fullName(bench.lexicon.named(label));
  if (csv === "-") for (const { text } of csvText(rows, { ...query, nameOf })) process.stdout.write(text);
  else await exportCsv({ ...query, file: resolve(csv), rows, nameOf });
}

function* bestOfEachFile<Row extends { path: string }>(rows: Iterable<Row>, top: number): Generator<Row> {
  let [path, given]: [string | null, number] = [null, 0];
  for (const row of rows) {
    if (row.path !== path) [path, given] = [row.path, 0];
    if (given++ < top) yield row;
  }
}
