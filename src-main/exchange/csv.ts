import { stringify } from "csv-stringify/sync";
import type { LabelId } from "../../src-shared/contract";
import type { PhotoMarks } from "../../src-shared/photo-marks";
import { escapeFormula } from "./formula";
import type { LabelledFile, LabelledFiles } from "./labelled-files";

/** Writes text; calls are in order. */
export type WriteText = (text: string) => Promise<void>;
export interface WriteResult {
  rows: number;
  notes: string[];
}

export interface CsvText {
  /** The label as written into the file. */
  textOf(label: LabelId): string;
  escapeFormulas: boolean;
}

export const HEADER = ["path", "label", "score", "source", "model"];
/** The last columns, if they are asked for. */
export const MARK_COLUMNS = ["flag", "rating", "colour"];
/** Cells formatted at once (about 5 ms). */
const CELLS_PER_WRITE = 20_000;

/**
 * Writes labels as CSV (RFC 4180, UTF-8, CRLF), one row per file and label, with a column for the split if there is
 * one.
 * @param withRejected rejected labels get rows too, with score 0
 * @param withBoxes adds a column with the label's boxes as JSON, `[[left, top, right, bottom, confidence, origin], …]`
 *   in fractions of the upright photo. A label of which the photo only has boxes gets a row with the source "box".
 * @param withMarks adds columns with the photo's flag, rating and colour label
 */
export async function writeCsv(
  files: LabelledFiles,
  {
    textOf,
    escapeFormulas,
    withRejected,
    withBoxes = false,
    withMarks = false,
  }: CsvText & { withRejected: boolean; withBoxes?: boolean; withMarks?: boolean },
  write: WriteText,
): Promise<WriteResult> {
  const text = (label: LabelId) => (escapeFormulas ? escapeFormula(textOf(label)) : textOf(label));
  const table = csvTable(write);
  await table.add([
    ...HEADER,
    ...(files.split ? ["split"] : []),
    ...(withBoxes ? ["boxes"] : []),
    ...(withMarks ? MARK_COLUMNS : []),
  ]);
  for await (const file of files.read()) {
    const boxes = boxesByLabel(file);
    for (const { label, score, source, model } of [...rowsOf(file, withRejected), ...rowsOfBoxes(file, withRejected)])
      await table.add([
        file.path,
        text(label),
        String(score),
        source,
        model === null ? "" : String(model),
        ...(files.split ? [file.part ?? ""] : []),
        ...(withBoxes ? [JSON.stringify(boxes.get(label) ?? [])] : []),
        ...(withMarks ? marksCells(file.marks) : []),
      ]);
  }
  return { rows: (await table.end()) - 1, notes: [] };
}

/** A label of another program can be any text. */
const marksCells = ({ flag, rating, colour }: PhotoMarks): string[] => [flag, String(rating), escapeFormula(colour)];

/** One label of a file in a table. */
export interface LabelRow {
  label: LabelId;
  /** 0..1, rounded to four places */
  score: number;
  source: "predicted" | "accepted" | "added" | "rejected" | "box";
  /** The model that predicted it; null for an annotation. */
  model: number | null;
}

export function rowsOf({ labels, rejected, model }: LabelledFile, withRejected: boolean): LabelRow[] {
  const carried: LabelRow[] = labels.map(({ label, score, source }) => ({
    label,
    score: rounded(score),
    source,
    model: source === "predicted" ? model : null,
  }));
  return withRejected
    ? [...carried, ...rejected.map((label): LabelRow => ({ label, score: 0, source: "rejected", model: null }))]
    : carried;
}

const boxesByLabel = ({ boxes }: LabelledFile): Map<LabelId, unknown[]> => {
  const byLabel = Map.groupBy(boxes, ({ label }) => label);
  return new Map(
    [...byLabel].map(([label, of]) => [
      label,
      of.map(({ box, confidence, origin }) => [...box.map(rounded), rounded(confidence), origin]),
    ]),
  );
};

/** Rows for labels that the photo doesn't have itself, such as a face's. Boxes are sorted by confidence. */
function rowsOfBoxes({ boxes, labels, rejected }: LabelledFile, withRejected: boolean): LabelRow[] {
  const others = new Map(boxes.toReversed().map(({ label, confidence }) => [label, confidence]));
  for (const { label } of labels) others.delete(label);
  if (withRejected) for (const label of rejected) others.delete(label);
  return [...others].map(([label, confidence]) => ({ label, score: rounded(confidence), source: "box", model: null }));
}

export const rounded = (score: number): number => Math.round(score * 1e4) / 1e4;

/** Formats rows as text, many at once. */
export function csvTable(write: WriteText): { add(row: string[]): Promise<void>; end(): Promise<number> } {
  let portion: string[][] = [];
  let [cells, rows] = [0, 0];
  const flush = async () => {
    // csv-stringify only quotes its own record delimiter, so the pattern quotes single CRs and LFs too.
    await write(stringify(portion, { record_delimiter: "windows", quoted_match: /[\r\n]/ }));
    portion = [];
    cells = 0;
  };
  return {
    async add(row) {
      portion.push(row);
      rows++;
      cells += row.length;
      if (cells >= CELLS_PER_WRITE) await flush();
    },
    async end() {
      if (portion.length > 0) await flush();
      return rows;
    },
  };
}
