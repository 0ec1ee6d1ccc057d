import { z } from "zod";
import { isLikeLabelId } from "../../src-shared/label-id";
import { type ImportEntry, stepsOf } from "./photo-keywords";
import { linesOf, parsedJson, textOf } from "./text-stream";

/** Longest line in characters. Refuses a line without an end before it fills memory. */
const MAX_LINE_CHARS = 4_000_000;

const labelled = z.union([
  z.string(),
  z.array(z.string()),
  z.looseObject({
    id: z.string().optional(),
    name: z.string().optional(),
    label: z.string().optional(),
    source: z.string().optional(),
  }),
]);
const row = z.looseObject({
  path: z.string().min(1).optional(),
  file_name: z.string().min(1).optional(),
  label: z.string().optional(),
  labels: z.array(labelled).optional(),
  rejected: z.array(labelled).optional(),
  labeller: z.string().optional(),
  verdict: z.enum(["accept", "reject"]).optional(),
});

/**
 * Reads labels from JSON Lines: one object per line with `path`, and `label` or `labels` (texts, paths from general to
 * specific, or objects with a name or an id), optionally `rejected` and `verdict`. Semblance's own exports have this
 * format; predicted labels in them are only counted.
 * @throws Refusal `no-file`, `bad-jsonl`
 */
export async function* readJsonLines(file: string): AsyncGenerator<ImportEntry> {
  let predictions = 0;
  for await (const { line, text } of linesOf(textOf(file, "bad-jsonl"), file, MAX_LINE_CHARS, "bad-jsonl")) {
    if (text.trim() === "") continue;
    const where = `line ${line}`;
    const read = row.safeParse(parsedJson(text));
    const path = read.data?.path ?? read.data?.file_name;
    if (!read.success || path === undefined) {
      yield { where, reason: "The line isn’t a JSON object with a path and labels." };
      continue;
    }
    const { label, labels = label === undefined ? [] : [label], rejected = [], verdict = "accept" } = read.data;
    // predictions of an exported labeller are read by labeller-results
    const given = read.data.labeller === undefined ? labels.filter((one) => !isPredicted(one)) : [];
    predictions += labels.length - given.length;
    yield { path, where, keywords: given.map(keywordOf).filter(({ length }) => length > 0), verdict };
    if (rejected.length > 0)
      yield { path, where, keywords: rejected.map(keywordOf).filter(({ length }) => length > 0), verdict: "reject" };
  }
  if (predictions > 0) yield { predictions };
}

const isPredicted = (label: z.infer<typeof labelled>): boolean =>
  typeof label === "object" && !Array.isArray(label) && label.source === "predicted";

/** Prefers a label's id to its name. Names in objects, as in Semblance's own exports, are taken literally. */
function keywordOf(label: z.infer<typeof labelled>): string[] {
  if (typeof label === "string") return stepsOf(label, "|");
  if (Array.isArray(label)) return label.flatMap((step) => stepsOf(step, null));
  const id = [label.id, label.label].find((text) => text !== undefined && isLikeLabelId(text));
  return stepsOf(id ?? label.name ?? label.label ?? "", null);
}
