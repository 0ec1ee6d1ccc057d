import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { CsvError, parse } from "csv-parse/sync";
import { z } from "zod";
import { isLabelId } from "../../src-shared/label-id";
import { HEAD_BYTES, type OwnFormat } from "../base/refuse-target";
import { HEADER as LONG, MARK_COLUMNS } from "./csv";
import { parsedJson } from "./text-stream";
import { HEADER as WIDE } from "./wide-csv";

/** The formats of labels as tables. An export in one of them replaces an earlier one in another. */
export const LABEL_TABLE: OwnFormat = {
  name: "a label table",
  isOurs: (head, file) => {
    const text = head.toString("utf8");
    return isCsv(text, head.length === HEAD_BYTES) || isJsonLines(text) || isCoco(text) || isParquet(head, file);
  },
};

/** Columns of a header that fills the head by itself; only Semblance's wide exports have as many. */
const COLUMNS_OF_LONG_HEADER = 300;
const SOURCES = ["predicted", "accepted", "added", "rejected", "box"];

/**
 * CSV has no room for a mark, so the header and the first row have to be what Semblance writes.
 * @param isCut whether the file goes on after the text
 */
function isCsv(text: string, isCut: boolean): boolean {
  const [header, first] = firstRows(text);
  if (!header) return false;
  const starts = (names: readonly string[]) => names.every((name, i) => header[i] === name);
  if (starts(LONG)) {
    const rest = header.slice(LONG.length);
    if (rest.slice(-MARK_COLUMNS.length).join() === MARK_COLUMNS.join()) rest.splice(-MARK_COLUMNS.length);
    const isHeader = ["", "split", "boxes", "split,boxes"].includes(rest.join());
    return isHeader && (first === undefined || SOURCES.includes(first[3] ?? ""));
  }
  if (!starts(WIDE)) return false;
  const names = header.slice(header[WIDE.length] === "split" ? WIDE.length + 1 : WIDE.length).map(unescaped);
  if (first !== undefined) return isWideRow(first, names);
  return isCut ? names.length > COLUMNS_OF_LONG_HEADER : text.endsWith("\r\n");
}

/** A score of 0 to 1 in every column, and a column for every label of the photo, unless there are too many. */
function isWideRow(row: readonly string[], names: readonly string[]): boolean {
  const scores = row.slice(row.length - names.length);
  if (!scores.every((score) => /^(0|1|0\.\d{1,4})$/.test(score))) return false;
  const labels = unescaped(row[1] ?? "");
  return labels === ""
    ? scores.every((score) => score === "0")
    : labels.split("|").some((label) => names.includes(label));
}

const unescaped = (cell: string): string => cell.replace(/^'/, "");

/** The header and, if it is whole, the row below it; nothing if this isn't CSV as Semblance writes it, with CRLF. */
function firstRows(text: string): string[][] {
  if (!/^path,label/.test(text)) return [];
  try {
    return parse(text, { to: 2, record_delimiter: "\r\n", relax_column_count: true });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return parse(text, { to: 1, record_delimiter: "\r\n" });
  }
}

const KEYS = ["path", "labels", "rejected", "width", "height", "bytes", "taken"];
/** Those of `MARK_COLUMNS` come together, if they are asked for. */
const OPTIONAL_KEYS = new Set(["split", ...MARK_COLUMNS]);
const object = z.record(z.string(), z.unknown());

/** An object with exactly the keys that `writeJsonLines` gives it; a line may be longer than the head. */
function isJsonLines(text: string): boolean {
  const end = text.indexOf("\n");
  if (end < 0) {
    const label = /^\{"path":"(?:[^"\\]|\\.)*","labels":\[\{"label":("(?:[^"\\]|\\.)*")/.exec(text)?.[1];
    return label !== undefined && isLabelId(parsedJson(label));
  }
  const read = object.safeParse(parsedJson(text.slice(0, end)));
  if (!read.success) return false;
  const keys = Object.keys(read.data).filter((key) => !OPTIONAL_KEYS.has(key));
  return keys.join() === KEYS.join();
}

const isCoco = (text: string): boolean =>
  /^\{"info":\{"description":"(?:[^"\\]|\\.)*, by Semblance","version":"1\.0"\},"licenses":\[\]/.test(text);

/** Bytes at the end that hold `created_by` and what may follow it: the order of each column, three bytes each. */
const TAIL_BYTES = 256;

/** "Semblance" as a field of Thrift's compact protocol, a list of empty structs, the end, the length, and "PAR1". */
const FOOTER_END = /(?:18|28)0953656d626c616e6365(?:19(?:..){1,2}(?:1c0000)+)?00.{8}50415231$/;

/** The footer of a Parquet file ends with the name of the program, as Thrift encodes it. */
function isParquet(head: Buffer, file: string): boolean {
  if (head.toString("latin1", 0, 4) !== "PAR1") return false;
  const handle = openSync(file, "r");
  try {
    const { size } = fstatSync(handle);
    const tail = Buffer.alloc(Math.min(TAIL_BYTES, size));
    readSync(handle, tail, 0, tail.length, size - tail.length);
    return FOOTER_END.test(tail.toString("hex"));
  } finally {
    closeSync(handle);
  }
}
