/** Label sets: built-in ones, or a list of the user's own. */
import { readFileSync, statSync } from "node:fs";
import { extname } from "node:path";
import { parse } from "csv-parse/sync";
import type { LabelId } from "../../src-shared/contract";
import { isOwnLabel, labelNameFault, ownLabel, tidyName } from "../../src-shared/label-id";
import { Refusal } from "../../src-shared/refusal";
import { readNamedLabels } from "./label-names";
import type { Labels } from "./labels";
import { foldPhrase } from "./phrases";
import { isPredictable } from "./prediction-rules";
import type { Vocabulary } from "./vocabulary";
import { readWnidTable } from "./wnid";
import type { WordNet } from "./wordnet";

export const BUILT_IN_SETS = ["everyday", "pack-classes", "imagenet-1k", "all-nouns"] as const;
export type BuiltInSet = (typeof BUILT_IN_SETS)[number];

/** The set of a library's own labels and keywords; see `myKeywordSet`. */
export const MY_KEYWORDS = "my-keywords";

export interface LabelSet {
  /** Name of a built-in set, `my-keywords`, or the file's path. */
  name: string;
  /** Without repetitions. */
  labels: LabelId[];
  /** Lines of the user's file that name no synset and became own labels. */
  own: string[];
  /** Lines of the user's file that repeat a label. */
  repeated: string[];
}

export interface LabelSetSources {
  wordnet: WordNet;
  vocabulary: Vocabulary;
  labels: Labels;
  /** Path of `everyday.json`. */
  everyday: string;
  /** Path of `imagenet-1k.json`. */
  imagenet1k: string;
}

/** Generous limits: there are fewer nouns in WordNet. */
const MAX_LABELS = 100_000;
const MAX_BYTES = 16_000_000;

/**
 * @param set a built-in set, or the path of a file: one label per line, or a CSV with a column `label`
 * @param packClasses labels of the model pack's classes; part of `everyday`, all of `pack-classes`
 * @throws Refusal `bad-label-set` when there is no such set, or the file is empty, too large, contains a name that
 * no label can have, or is a CSV without a column `label`
 */
export function labelSet(set: string, packClasses: LabelId[], sources: LabelSetSources): LabelSet {
  const { wordnet, labels } = sources;
  switch (set) {
    case "everyday":
      return builtIn(set, [...packClasses, ...readNamedLabels(sources.everyday).map(([id]) => id)]);
    case "pack-classes":
      return builtIn(set, packClasses);
    case "imagenet-1k":
      return builtIn(
        set,
        readWnidTable(sources.imagenet1k).map(([, id]) => id),
      );
    case "all-nouns":
      return builtIn(set, [...packClasses, ...wordnet.ids().filter((id) => isPredictableNoun(id, sources))]);
    default:
      return userSet(set, readNames(set), labels);
  }
}

function builtIn(name: BuiltInSet, labels: LabelId[]): LabelSet {
  return { name, labels: [...new Set(labels)], own: [], repeated: [] };
}

/** Kinds rather than instances, whose display name has a word vector. */
function isPredictableNoun(id: LabelId, { wordnet, vocabulary, labels }: LabelSetSources): boolean {
  const name = labels.name(id);
  return !wordnet.synset(id)!.instance && vocabulary.has(name) && isPredictable(id, name, wordnet);
}

function userSet(path: string, names: string[], labels: Labels): LabelSet {
  const found = new Set<LabelId>();
  const own: string[] = [];
  const repeated: string[] = [];
  for (const name of names) {
    const id = labels.resolve(name)[0] ?? ownLabel(name);
    if (found.has(id)) repeated.push(name);
    else if (isOwnLabel(id)) own.push(name);
    found.add(id);
  }
  return { name: path, labels: [...found], own, repeated };
}

/** The names in a user's file, in order, without blank lines. */
function readNames(path: string): string[] {
  const refuse = (why: string): never => {
    throw new Refusal("bad-label-set", why);
  };
  const file = statSync(path, { throwIfNoEntry: false });
  if (file === undefined || !file.isFile()) {
    return refuse(`There is no label set “${path}”: it is neither a file nor one of ${BUILT_IN_SETS.join(", ")}.`);
  }
  if (file.size > MAX_BYTES) refuse(`The label list ${path} has ${file.size} bytes; the maximum is ${MAX_BYTES}.`);
  const text = readFileSync(path, "utf8").replace(/^\uFEFF/, "");
  const lines = isTable(path, text)
    ? readColumn(path, text)
    : text.split(/\r\n|\n|\r/).map((name, i) => ({ name, line: i + 1 }));
  const named = lines
    .map(({ name, line }) => ({ name: tidyName(name.replace(/\s+/g, " ")), line }))
    .filter(({ name }) => name !== "");
  const names = named.map(({ name }) => name);
  if (names.length === 0) refuse(`The label list ${path} contains no labels.`);
  if (names.length > MAX_LABELS)
    refuse(`The label list ${path} has ${names.length} labels; the maximum is ${MAX_LABELS}.`);
  for (const { name, line } of named) {
    const fault = labelNameFault(name);
    if (fault !== null) refuse(`Line ${line} of the label list ${path}: ${fault}.`);
  }
  return names;
}

/** Recognised by the extension, or by a first line that is a header with a column `label`. */
function isTable(path: string, text: string): boolean {
  const header = text
    .slice(0, text.search(/[\r\n]|$/))
    .split(",")
    .map((field) => foldPhrase(field.replace(/"/g, "")));
  return extname(path).toLowerCase() === ".csv"
    ? text.trim() !== "" && (header.includes("label") || header.length > 1)
    : header.includes("label");
}

function readColumn(path: string, text: string): { name: string; line: number }[] {
  let rows: { record: Record<string, string>; info: { lines: number } }[];
  try {
    rows = parse(text, {
      columns: (header: string[]) => header.map(foldPhrase),
      skip_empty_lines: true,
      relax_column_count: true,
      info: true,
    });
  } catch (cause) {
    throw new Refusal(
      "bad-label-set",
      `The label list ${path} is not a valid CSV file: ${cause instanceof Error ? cause.message : String(cause)}.`,
    );
  }
  const columns = Object.keys(rows[0]?.record ?? {});
  if (rows.length > 0 && !columns.includes("label")) {
    throw new Refusal(
      "bad-label-set",
      `The label list ${path} has no column "label"; its ${columns.length} columns are ${columns.join(", ")}.`,
    );
  }
  return rows.map(({ record, info }) => ({ name: record.label ?? "", line: info.lines }));
}
