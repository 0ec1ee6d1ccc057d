/** The name that each label is shown with: the one people use, which need not be WordNet's first ("rooster", not "cock"). */
import { readFileSync } from "node:fs";
import type { LabelId } from "../../src-preload/contract";
import { Refusal } from "../refusal";
import { readClassNames } from "./class-labels";
import { foldPhrase } from "./phrases";
import type { WordNet } from "./wordnet";

/** `[label, name]` */
export type NamedLabel = [LabelId, string];

/** @throws Refusal `bad-word-table` when the file is no list of `[label, name]` */
export function readNamedLabels(path: string): NamedLabel[] {
  const rows: unknown = JSON.parse(readFileSync(path, "utf8"));
  const isNamed = (row: unknown): row is NamedLabel =>
    Array.isArray(row) && /^(wn:\d{8}|own:.+)$/.test(String(row[0])) && typeof row[1] === "string";
  if (!Array.isArray(rows) || !rows.every(isNamed)) throw new Refusal("bad-word-table", `${path} is no list of [label, name].`);
  return rows;
}

export interface LabelNames {
  /** The name that a label is shown with. */
  name(id: LabelId): string;
  /** The label that is meant by a name before any other, by our own tables ("kite" the toy); undefined where they are silent. */
  meant(name: string): LabelId | undefined;
}

/**
 * @param everyday   `everyday.json`
 * @param classNames `class-names.json`, whose names are shown where the synset has them
 * @throws Refusal `bad-word-table`
 */
export function labelNames(wordnet: WordNet, everyday: string, classNames: string): LabelNames {
  const names = new Map(readNamedLabels(everyday));
  const meant = new Map<string, LabelId>();
  for (const [id, name] of names) meant.set(foldPhrase(name), id);
  for (const [name, id] of readClassNames(classNames)) {
    if (!wordnet.has(id)) continue;
    meant.set(name, id);
    if (wordnet.lemmas(id).some((lemma) => foldPhrase(lemma) === name)) names.set(id, name);
  }
  return {
    name: (id) => names.get(id) ?? wordnet.name(id),
    meant: (name) => meant.get(foldPhrase(name)),
  };
}
