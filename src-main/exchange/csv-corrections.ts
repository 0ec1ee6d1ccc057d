import { CsvError, parse } from "csv-parse/sync";
import { readFile } from "node:fs/promises";
import { Refusal } from "../refusal";
import { unescapeFormula } from "./formula";

export interface Corrections {
  rows: { line: number; path: string; label: string; verdict: "accept" | "reject" }[];
  /** Lines that say nothing usable, with the reason. */
  refused: { line: number; reason: string }[];
}

const COLUMNS = ["path", "label", "verdict"] as const;

/**
 * Reads corrections: CSV with a header that names path, label and verdict (accept or reject), in any order; other columns
 * are passed over. A byte order mark, CRLF and LF are all the same to it. Labels lose the apostrophe that an export put before a formula.
 * @throws Refusal `no-file`, `bad-csv`
 */
export async function readCorrections(file: string): Promise<Corrections> {
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw new Refusal("no-file", error.code === "ENOENT" ? `there is no file ${file}` : `${file} can't be read (${error.code})`);
  });
  const [header, ...lines] = parseLines(file, bytes);
  const names = (header?.record ?? []).map((name) => name.trim().toLowerCase());
  const missing = COLUMNS.filter((column) => !names.includes(column));
  if (missing.length > 0) throw new Refusal("bad-csv", `${file} has no column ${missing.join(", ")}; its first line must name path, label and verdict`);

  const [path, label, verdict] = COLUMNS.map((column) => names.indexOf(column));
  const corrections: Corrections = { rows: [], refused: [] };
  for (const { record, line } of lines) {
    const reason = record.length !== names.length ? `${record.length} columns instead of ${names.length}`
      : record[path] === "" ? "no path"
      : record[label].trim() === "" ? "no label"
      : !isVerdict(record[verdict]) ? `verdict “${record[verdict]}” is neither accept nor reject` : null;
    if (reason !== null) corrections.refused.push({ line, reason });
    else corrections.rows.push({ line, path: record[path], label: unescapeFormula(record[label]), verdict: record[verdict].trim().toLowerCase() as "accept" | "reject" });
  }
  return corrections;
}

function isVerdict(text: string): boolean {
  return ["accept", "reject"].includes(text.trim().toLowerCase());
}

/** Every record with the line it begins on, from 1. */
function parseLines(file: string, bytes: Buffer): { record: string[]; line: number }[] {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes); // takes a byte order mark off
    const records = parse(text, { relax_column_count: true, skip_empty_lines: true, info: true, record_delimiter: ["\r\n", "\n"] }) as unknown as
      { record: string[]; info: { lines: number } }[];
    return records.map(({ record, info }) => ({ record, line: info.lines - lineBreaks(record) }));
  } catch (error) {
    if (error instanceof CsvError) throw new Refusal("bad-csv", `${file} is not CSV: ${error.message}`);
    if (error instanceof TypeError) throw new Refusal("bad-csv", `${file} is not UTF-8`);
    throw error;
  }
}

function lineBreaks(record: readonly string[]): number {
  return record.reduce((n, field) => n + (field.match(/\r\n|\r|\n/g)?.length ?? 0), 0);
}
