import { resolve } from "node:path";
import { csvText } from "../exchange/csv";
import { labelRows } from "../exchange/label-rows";
import { exportLabels } from "../labelling/export-labels";
import { fullName } from "../labelling/lexicon";
import { partsOf } from "../library/splits";
import { printJson, withFolder } from "./session";

interface ExportOptions { csv: string; threshold: number; escapeFormulas: boolean; overwrite: boolean; json?: boolean }

/** `semblance export`: all labels of a folder as CSV. */
export async function exportFolder(folder: string, { csv, json, ...options }: ExportOptions): Promise<void> {
  await withFolder(folder, {}, async ({ bench, jobs }) => {
    if (csv === "-") {
      const rows = csvText(labelRows(bench.library), { ...options, parts: partsOf(bench.library), nameOf: (label) => fullName(bench.lexicon.named(label)) });
      for (const { text } of rows) process.stdout.write(text);
      return;
    }
    const written = await exportLabels(bench, jobs, { ...options, file: resolve(csv) });
    if (json) printJson(written);
    else console.log(`${written.rows} labels written to ${written.file}`);
  });
}
