import { Readable } from "node:stream";
import { CsvError, parse } from "csv-parse";
import { Refusal } from "../../src-shared/refusal";
import { unescapeFormula } from "./formula";
import { type ImportEntry, stepsOf } from "./photo-keywords";
import { textOf } from "./text-stream";

/** Longest record in characters. Refuses a line without an end before it fills memory. */
const MAX_RECORD_CHARS = 4_000_000;
/** Names that programs use for the column with the photo's file, and for the column with the label. */
const PATH_NAMES = ["path", "file", "filename", "file_name", "image"];
const LABEL_NAMES = ["label", "class", "keyword", "tag"];
/** Columns of Semblance's exports, and of datasets, that aren't labels in a wide table. */
const OTHER_COLUMNS = new Set([
  "label",
  "labels",
  "verdict",
  "score",
  "source",
  "model",
  "split",
  "taken",
  "size",
  "wnid",
  "id",
  "photo",
]);
/** Cells of a wide table that hold a person's decision. Predictions lie between 0 and 1. */
const YES = new Set(["1", "1.0", "true", "yes", "accept"]);
const NO = new Set(["-1", "-1.0", "reject"]);

/**
 * Reads labels from CSV with a header. A long table has the columns path, label and optionally verdict (accept or
 * reject), and one row per label. A wide table has one row per photo and one column per label, with 1 where the photo
 * has it. Separators are commas, semicolons or tabs. `animals|crane` is a hierarchical keyword, except in Semblance's
 * own exports, which have a column source: there names are taken literally and predicted labels are only counted.
 * @throws Refusal `no-file`, `bad-csv`
 */
export async function* readCsvLabels(file: string): AsyncGenerator<ImportEntry> {
  const rows = recordsOf(file);
  const header = await rows.next();
  const names = header.done ? [] : header.value.record.map((name) => name.trim());
  const folded = names.map((name) => name.toLowerCase());
  const columnOf = (known: readonly string[]) => folded.findIndex((name) => known.includes(name));
  const [path, label] = [columnOf(PATH_NAMES), columnOf(LABEL_NAMES)];
  const [verdict, source] = [columnOf(["verdict"]), columnOf(["source"])];
  const wide =
    label < 0 && folded.every((name) => name !== "labels")
      ? names.flatMap((name, column) =>
          column === path || OTHER_COLUMNS.has(name.toLowerCase()) || name === "" ? [] : [{ name, column }],
        )
      : [];
  if (path >= 0 && label < 0 && folded.includes("labels"))
    throw new Refusal(
      "bad-csv",
      `${file} is a wide export, which doesn’t distinguish predicted labels from accepted ones. ` +
        "Import a CSV with one row per label instead.",
    );
  if (path < 0 || (label < 0 && wide.length === 0)) {
    throw new Refusal(
      "bad-csv",
      `${file} has no column ${path < 0 ? "path" : "label"}. Its first line must name path and label, or path and one column per label.`,
    );
  }
  let predictions = 0;
  for await (const { record, line } of rows) {
    const where = `line ${line}`;
    if (record.length !== names.length) {
      yield { where, reason: `The line has ${record.length} columns; the header has ${names.length}.` };
      continue;
    }
    const cell = (column: number) => record[column] ?? "";
    if (cell(path).trim() === "") {
      yield { where, reason: "The line has no path." };
      continue;
    }
    const at = { path: cell(path), where };
    if (label < 0) {
      const said = (words: ReadonlySet<string>) =>
        wide
          .filter(({ column }) => words.has(cell(column).trim().toLowerCase()))
          .map(({ name }) => stepsOf(unescapeFormula(name), null))
          .filter((steps) => steps.length > 0);
      yield { ...at, keywords: said(YES), verdict: "accept" };
      if (said(NO).length > 0) yield { ...at, keywords: said(NO), verdict: "reject" };
      continue;
    }
    // The photo has boxes of it, but not the label.
    if (source >= 0 && cell(source).trim().toLowerCase() === "box") continue;
    if (source >= 0 && cell(source).trim().toLowerCase() === "predicted") {
      predictions++;
      continue;
    }
    const given = verdict < 0 ? "accept" : cell(verdict).trim().toLowerCase();
    const keyword = stepsOf(unescapeFormula(cell(label)), source < 0 ? "|" : null);
    if (keyword.length === 0) yield { where, reason: "The line has no label." };
    else if (given !== "accept" && given !== "reject")
      yield { where, reason: `The verdict is “${cell(verdict)}”; it must be accept or reject.` };
    else yield { ...at, keywords: [keyword], verdict: given };
  }
  if (predictions > 0) yield { predictions };
}

/**
 * Yields every record with the number of its first line, from 1; never holds more than one record in memory.
 * @throws Refusal `no-file`, `bad-csv`
 */
export async function* recordsOf(file: string): AsyncGenerator<{ record: string[]; line: number }> {
  const text = textOf(file, "bad-csv");
  const first = await text.next();
  const pieces = Readable.from(first.done ? [] : rejoin(first.value, text));
  const parser = parse({
    delimiter: separatorOf(first.done ? "" : first.value),
    relax_column_count: true,
    skip_empty_lines: true,
    info: true,
    record_delimiter: lineEndsOf(first.done ? "" : first.value),
    max_record_size: MAX_RECORD_CHARS,
  });
  pieces.on("error", (error) => parser.destroy(error));
  try {
    for await (const { record, info } of pieces.pipe(parser) as AsyncIterable<{
      record: string[];
      info: { lines: number };
    }>) {
      yield { record, line: info.lines - lineBreaks(record) };
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    if (error.code === "CSV_MAX_RECORD_SIZE")
      throw new Refusal(
        "bad-csv",
        `${file} has a record of more than ${MAX_RECORD_CHARS.toLocaleString("en")} characters.`,
      );
    throw new Refusal("bad-csv", `${file} isn’t CSV: ${error.message}.`);
  } finally {
    pieces.destroy();
  }
}

async function* rejoin(first: string, rest: AsyncIterable<string>): AsyncGenerator<string> {
  yield first;
  yield* rest;
}

/** The separator that is most frequent in the header; a comma on a tie. */
function separatorOf(text: string): string {
  const header = text
    .slice(0, 10_000)
    .split(/[\r\n]/, 1)[0]!
    .replace(/"[^"]*"/g, "");
  const count = (separator: string) => header.split(separator).length;
  return [",", ";", "\t"].toSorted((a, b) => count(b) - count(a))[0]!;
}

/** Old Macs end lines with a carriage return alone, which elsewhere may be part of a field. */
function lineEndsOf(text: string): string[] {
  const [first] = /\r\n|\r|\n/.exec(text.replace(/"[^"]*"/g, "")) ?? [];
  return first === "\r" ? ["\r"] : ["\r\n", "\n"];
}

function lineBreaks(record: readonly string[]): number {
  return record.reduce((n, field) => n + (field.match(/\r\n|\r|\n/g)?.length ?? 0), 0);
}
