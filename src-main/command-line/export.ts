import { resolve } from "node:path";
import { csvText } from "../exchange/csv";
import { labelRows } from "../exchange/label-rows";
import { exportLabels } from "../labelling/export-labels";
import { fullName } from "../labelling/lexicon";
import { partsOf } from "../library/splits";
import { Refusal } from "../refusal";
import { exportLabellerOf } from "./export-labeller";
import { printJson, withFolder } from "./session";

interface ExportOptions { csv?: string; labeller?: string; top: number; threshold: number; escapeFormulas: boolean; overwrite: boolean; json?: boolean }

/** `semblance export`: all labels of a folder as CSV, or its labeller. @throws Refusal `bad-output` where nothing says which */
export async function exportFolder(folder: string, { csv, labeller, top, json, ...options }: ExportOptions): Promise<void> {
  if (csv === undefined && labeller === undefined) throw new Refusal("bad-output", "say what to write, with --csv or --labeller");
  await withFolder(folder, {}, async (session) => {
    const { bench, jobs } = session;
    if (csv === undefined) return exportLabellerOf(session, { ...options, labeller: labeller!, top, json });
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
