import { labelNameFault, tidyName } from "../../src-shared/label-id";
import { asSentence, Refusal } from "../../src-shared/refusal";
import { recordsOf } from "./csv-labels";
import { unescapeFormula } from "./formula";

export interface Corrections {
  rows: { line: number; path: string; label: string; verdict: "accept" | "reject" }[];
  /** Unusable lines, with reasons. */
  refused: { line: number; reason: string }[];
}

const COLUMNS = ["path", "label", "verdict"] as const;

/**
 * Reads corrections from CSV with a header that names path, label and verdict (accept or reject), in any order. Ignores
 * other columns. Accepts a byte order mark, CRLF and LF. Removes the apostrophe that an export puts before formulas.
 * @throws Refusal `no-file`, `bad-csv`
 */
export async function readCorrections(file: string): Promise<Corrections> {
  const lines = recordsOf(file);
  const header = await lines.next();
  const names = header.done ? [] : header.value.record.map((name) => name.trim().toLowerCase());
  const missing = COLUMNS.filter((column) => !names.includes(column));
  if (missing.length > 0)
    throw new Refusal(
      "bad-csv",
      `${file} has no column ${missing.join(", ")}. Its first line must name path, label and verdict.`,
    );

  const corrections: Corrections = { rows: [], refused: [] };
  for await (const { record, line } of lines) {
    const cell = (column: (typeof COLUMNS)[number]) => record[names.indexOf(column)] ?? "";
    const [path, label, verdict] = [cell("path"), tidyName(unescapeFormula(cell("label"))), cell("verdict")];
    const reason =
      record.length !== names.length
        ? `The line has ${record.length} columns; the header has ${names.length}.`
        : path === ""
          ? "The line has no path."
          : label === ""
            ? "The line has no label."
            : !isVerdict(verdict)
              ? `The verdict is “${verdict}”; it must be accept or reject.`
              : nameFault(label);
    if (reason !== null) corrections.refused.push({ line, reason });
    else
      corrections.rows.push({
        line,
        path,
        label,
        verdict: verdict.trim().toLowerCase() as "accept" | "reject",
      });
  }
  return corrections;
}

function isVerdict(text: string): boolean {
  return ["accept", "reject"].includes(text.trim().toLowerCase());
}

function nameFault(label: string): string | null {
  const fault = labelNameFault(label);
  return fault === null ? null : asSentence(fault);
}
