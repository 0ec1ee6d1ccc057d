import { z } from "zod";
import type { LabelId } from "../../src-shared/contract";
import { isLabelId, labelIdFault } from "../../src-shared/label-id";
import { Refusal } from "../../src-shared/refusal";
import { recordsOf } from "./csv-labels";
import type { ImportEntry } from "./photo-keywords";
import { linesOf, parsedJson, textOf } from "./text-stream";

export interface ResultsChoice {
  /** Minimum confidence, 0..1: less confident labels are only counted. */
  threshold: number;
  /** Whether to trust predictions of the labeller with this fingerprint. */
  isTrusted(labeller: string): boolean;
}

/** Longest line in characters. */
const MAX_LINE_CHARS = 4_000_000;
const COLUMNS = ["path", "label", "score", "labeller"];

const id = z.custom<LabelId>(isLabelId, { error: ({ input }) => labelIdFault(input) ?? undefined });
const score = z.number().min(0).max(1);
const result = z.object({
  path: z.string().min(1),
  labeller: z.string().min(1),
  labels: z.array(z.object({ id, score })),
});
const cells = z.object({
  path: z.string().min(1),
  labeller: z.string().min(1),
  label: id,
  score: z.string().trim().min(1).transform(Number).pipe(score),
});

/**
 * Reads predictions that an exported labeller made elsewhere: JSON Lines of `{path, labeller, labels: [{id, score}]}`,
 * or, if the file name ends in .csv, CSV with the columns path, label (its id), score and labeller. Labels at or above
 * the minimum confidence count as accepted; the others are only counted.
 * @throws Refusal `no-file`, `bad-jsonl`, `bad-csv`, `unknown-labeller` if the labeller isn't trusted
 */
export async function* readLabellerResults(
  file: string,
  { threshold, isTrusted }: ResultsChoice,
): AsyncGenerator<ImportEntry> {
  let predictions = 0;
  for await (const read of /\.csv$/i.test(file) ? readCsv(file) : readJsonLines(file)) {
    if ("reason" in read) {
      yield read;
      continue;
    }
    const { path, labeller, labels } = read;
    if (!isTrusted(labeller))
      throw new Refusal(
        "unknown-labeller",
        `${file} has predictions from a model that this library never exported (${labeller}).`,
      );
    const confident = labels.filter((label) => label.score >= threshold);
    predictions += labels.length - confident.length;
    yield { path, keywords: confident.map((label) => [label.id]), verdict: "accept" };
  }
  if (predictions > 0) yield { predictions };
}

type Result = z.infer<typeof result> | { where: string; reason: string };

async function* readJsonLines(file: string): AsyncGenerator<Result> {
  for await (const { line, text } of linesOf(textOf(file, "bad-jsonl"), file, MAX_LINE_CHARS, "bad-jsonl")) {
    if (text.trim() !== "") yield read(line, result, parsedJson(text));
  }
}

async function* readCsv(file: string): AsyncGenerator<Result> {
  let names: string[] | null = null;
  for await (const { record, line } of recordsOf(file)) {
    if (names === null) {
      names = record.map((name) => name.trim().toLowerCase());
      const missing = COLUMNS.filter((column) => !names!.includes(column));
      if (missing.length > 0)
        throw new Refusal(
          "bad-csv",
          `${file} has no column ${missing.join(", ")}. Its first line must name ${COLUMNS.join(", ")}.`,
        );
      continue;
    }
    const row = read(line, cells, Object.fromEntries(names.map((name, column) => [name, record[column]])));
    yield "reason" in row
      ? row
      : { path: row.path, labeller: row.labeller, labels: [{ id: row.label, score: row.score }] };
  }
}

/** Validates a line; reports its first problem. */
function read<Shape extends z.ZodType>(
  line: number,
  shape: Shape,
  value: unknown,
): z.infer<Shape> | { where: string; reason: string } {
  const { data, error } = shape.safeParse(value);
  if (!error) return data;
  const { path, message } = error.issues[0]!; // an error has at least one
  return {
    where: `line ${line}`,
    reason: path.length === 0 ? "The line isn’t a JSON object." : `${path.join(".")}: ${message}`,
  };
}
