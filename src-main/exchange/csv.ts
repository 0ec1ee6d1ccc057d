import { stringify } from "csv-stringify/sync";
import { existsSync } from "node:fs";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { ExportQuery, LabelId, Part, PhotoId } from "../../src-preload/contract";
import { isPhotoFile } from "../library/photo-files";
import { Refusal } from "../refusal";
import { escapeFormula } from "./formula";
import type { LabelRow } from "./label-rows";

const HEADER = ["path", "label", "score", "source", "model"];
/** Rows that are written at once; between two such portions other work gets its turn. */
const PORTION = 2000;

export interface CsvExport extends ExportQuery {
  rows: Iterable<LabelRow>;
  /** A label as people read it. */
  nameOf(label: LabelId): string;
  /** Where each photo lies in the split, for a column of its own; null where the library is not split. */
  parts: ReadonlyMap<PhotoId, Part> | null;
  /** @param rows written so far */
  onProgress?(rows: number): void;
  signal?: AbortSignal;
}

type HowWritten = Pick<CsvExport, "threshold" | "escapeFormulas" | "nameOf" | "parts">;

/**
 * Writes labels as CSV (RFC 4180, UTF-8, CRLF), one row per file and label, by way of a temporary file: the file is there
 * whole or not at all.
 * @throws Refusal `file-exists` unless it may be replaced, `not-a-csv` where it would take a photo's place, `cannot-write`
 */
export async function exportCsv(
  { rows, file, threshold, escapeFormulas, overwrite, nameOf, parts, onProgress, signal }: CsvExport,
): Promise<{ file: string; rows: number }> {
  const target = resolve(file);
  if (isPhotoFile(basename(target))) throw new Refusal("not-a-csv", `${target} has the name of a photo; labels are not written there`);
  refuseExisting(target, overwrite);
  const unfinished = join(dirname(target), `.${basename(target)}.${process.pid}.tmp`);
  const handle = await open(unfinished, "w").catch((error: unknown) => { throw cannotWrite(target, error); });
  try {
    const written = await writeRows(handle, rows, { threshold, escapeFormulas, nameOf, parts, onProgress, signal });
    await handle.sync();
    await handle.close();
    refuseExisting(target, overwrite);
    await rename(unfinished, target);
    return { file: target, rows: written };
  } catch (error) {
    await handle.close();
    await rm(unfinished, { force: true });
    throw (error as NodeJS.ErrnoException).syscall ? cannotWrite(target, error) : error;
  }
}

/** The same as text, for standard output. */
export function* csvText(rows: Iterable<LabelRow>, { threshold, escapeFormulas, nameOf, parts }: HowWritten): Generator<{ text: string; rows: number }> {
  const name = (label: LabelId) => (escapeFormulas ? escapeFormula(nameOf(label)) : nameOf(label));
  let portion: string[][] = [parts ? [...HEADER, "split"] : HEADER];
  let written = 0;
  for (const { path, photo, label, score, source, model } of rows) {
    if (source === "predicted" && score < threshold) continue;
    portion.push([path, name(label), String(Math.round(score * 1e4) / 1e4), source, model === null ? "" : String(model), ...(parts ? [parts.get(photo) ?? ""] : [])]);
    written++;
    if (portion.length < PORTION) continue;
    yield { text: toCsv(portion), rows: written };
    portion = [];
  }
  yield { text: toCsv(portion), rows: written };
}

async function writeRows(
  handle: FileHandle, rows: Iterable<LabelRow>, { onProgress, signal, ...how }: HowWritten & Pick<CsvExport, "onProgress" | "signal">,
): Promise<number> {
  let written = 0;
  for (const portion of csvText(rows, how)) {
    signal?.throwIfAborted();
    await handle.writeFile(portion.text, "utf8"); // goes on where the last one ended
    written = portion.rows;
    onProgress?.(written);
  }
  return written;
}

function toCsv(portion: string[][]): string {
  // Without the pattern a lone CR or LF would stand bare: only the row's own CRLF is quoted by itself.
  return stringify(portion, { record_delimiter: "windows", quoted_match: /[\r\n]/ });
}

function refuseExisting(file: string, overwrite: boolean): void {
  if (!overwrite && existsSync(file)) throw new Refusal("file-exists", `${file} is there already`);
}

function cannotWrite(file: string, error: unknown): Refusal {
  return new Refusal("cannot-write", `${file} can't be written (${(error as NodeJS.ErrnoException).code ?? String(error)})`);
}
