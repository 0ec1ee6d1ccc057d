import type { LabelId } from "../../src-shared/contract";
import { formatCount } from "../../src-shared/format-count";
import { csvTable, type CsvText, rounded, type WriteResult, type WriteText } from "./csv";
import { distinctNames } from "./distinct-names";
import { escapeFormula } from "./formula";
import type { LabelledFile, LabelledFiles } from "./labelled-files";

/**
 * Labels that get a column, at most: spreadsheets and databases can't handle more than a few thousand columns.
 */
export const MAX_COLUMNS = 1000;
export const HEADER = ["path", "labels"];

/**
 * Writes labels as CSV with one row per file, as data frames expect: `path`, all `labels` joined by `|`, the `split` if
 * there is one, then a column per label, most frequent first, with its score, 0 if the file doesn't have it. A `|` in a
 * name is written as `¦`.
 */
export async function writeWideCsv(
  files: LabelledFiles,
  { textOf, escapeFormulas }: CsvText,
  write: WriteText,
): Promise<WriteResult> {
  const counts = await countLabels(files);
  const labels = [...counts.keys()].sort((a, b) => counts.get(b)! - counts.get(a)! || (a < b ? -1 : 1));
  const escaped = (text: string) => (escapeFormulas ? escapeFormula(text) : text);
  const first = files.split ? [...HEADER, "split"] : HEADER;
  const names = distinctNames(labels, (label) => textOf(label).replaceAll("|", "¦"), first);
  const columns = labels.slice(0, MAX_COLUMNS);

  const table = csvTable(write);
  await table.add([...first, ...columns.map((label) => escaped(names.get(label)!))]);
  for await (const file of files.read()) {
    const joined = escaped(file.labels.map(({ label }) => names.get(label) ?? textOf(label)).join("|"));
    await table.add([file.path, joined, ...(files.split ? [file.part ?? ""] : []), ...scoresOf(file, columns)]);
  }
  const left = labels.length - columns.length;
  return {
    rows: (await table.end()) - 1,
    notes:
      left > 0
        ? [
            `The ${columns.length} most frequent labels have a column each. ` +
              `${formatCount(left, "other is", "others are")} only in the column “labels”.`,
          ]
        : [],
  };
}

async function countLabels(files: LabelledFiles): Promise<Map<LabelId, number>> {
  const counts = new Map<LabelId, number>();
  for await (const { labels } of files.read())
    for (const { label } of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return counts;
}

function scoresOf({ labels }: LabelledFile, columns: readonly LabelId[]): string[] {
  const scores = new Map(labels.map(({ label, score }) => [label, String(rounded(score))]));
  return columns.map((label) => scores.get(label) ?? "0");
}
