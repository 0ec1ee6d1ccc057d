import type { ExportQuery } from "../../src-preload/contract";
import { exportCsv } from "../exchange/csv";
import { labelRows } from "../exchange/label-rows";
import { partsOf } from "../library/splits";
import type { Jobs } from "../jobs/jobs";
import { Refusal } from "../refusal";
import { fullName } from "./lexicon";
import type { Workbench } from "./workbench";

/** Writes all labels of a library as CSV, as a job that can be cancelled. @throws Refusal of `exportCsv` */
export async function exportLabels({ library, lexicon }: Workbench, jobs: Jobs, query: ExportQuery): Promise<{ file: string; rows: number }> {
  let failure: Error = new Refusal("cancelled", "the export was cancelled");
  let written: { file: string; rows: number } | null = null;
  const { finished } = jobs.run("export", async (job) => {
    try {
      written = await exportCsv({
        ...query, rows: labelRows(library), parts: partsOf(library), signal: job.signal,
        nameOf: (label) => fullName(lexicon.named(label)),
        onProgress: (rows) => job.progress(rows, 0),
      });
    } catch (error) {
      failure = error as Error;
      throw error;
    }
    return `${written.rows} rows in ${written.file}`;
  });
  await finished;
  if (!written) throw failure;
  return written;
}
