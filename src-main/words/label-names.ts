/**
 * Display names of labels: the names people use, which are not always WordNet's first ("rooster" rather than "cock").
 */
import { readFileSync } from "node:fs";
import type { LabelId } from "../../src-shared/contract";
import { isLabelId } from "../../src-shared/label-id";
import { Refusal } from "../../src-shared/refusal";
import { readClassNames } from "./class-labels";
import { foldPhrase, headNounOf, singulars } from "./phrases";
import type { WordNet } from "./wordnet";

/** `[label, name]` */
export type NamedLabel = [LabelId, string];

/** @throws Refusal `bad-word-table` when the file is not a list of `[label, name]` */
export function readNamedLabels(path: string): NamedLabel[] {
  const rows: unknown = JSON.parse(readFileSync(path, "utf8"));
  const isNamed = (row: unknown): row is NamedLabel =>
    Array.isArray(row) && isLabelId(row[0]) && typeof row[1] === "string";
  if (!Array.isArray(rows) || !rows.every(isNamed))
    throw new Refusal("bad-word-table", `${path} is not a list of [label, name].`);
  return rows;
}

export interface LabelNames {
  /** The label's display name. */
  name(id: LabelId): string;
  /** The label that our own tables give a name before any other ("kite" the toy); undefined if they don't have it. */
  meant(name: string): LabelId | undefined;
  /** Display names that WordNet lacks ("clownfish"), folded, with their labels. */
  readonly unlisted: ReadonlyMap<string, LabelId>;
}

/** Files of names, in order of precedence. */
export interface NameTables {
  /** `everyday.json` */
  everyday: string;
  /** `class-names.json`; its names are displayed if no other table names the label and the synset has them. */
  classNames: string;
  /** `shown-names.json` */
  shownNames: string;
}

/** @throws Refusal `bad-word-table` */
export function labelNames(wordnet: WordNet, tables: NameTables): LabelNames {
  const names = new Map<LabelId, string>();
  const meant = new Map<string, LabelId>();
  const unlisted = new Map<string, LabelId>();
  const isLemma = (id: LabelId, folded: string) => wordnet.lemmas(id).some((lemma) => foldPhrase(lemma) === folded);
  for (const [id, name] of [...readNamedLabels(tables.everyday), ...readNamedLabels(tables.shownNames)]) {
    const folded = foldPhrase(name);
    if (!names.has(id)) names.set(id, name);
    if (!meant.has(folded)) meant.set(folded, id);
    if (wordnet.has(id) && !isLemma(id, folded)) unlisted.set(folded, id);
  }
  for (const [name, id] of readClassNames(tables.classNames)) {
    if (!wordnet.has(id)) continue;
    meant.set(name, id);
    if (!names.has(id) && isLemma(id, name)) names.set(id, name);
  }
  return {
    name: (id) => names.get(id) ?? wordnet.name(id),
    meant(name) {
      const folded = foldPhrase(name);
      const words = folded.split(" ");
      const head = headNounOf(words);
      // Plurals of WordNet's own names are left to WordNet, which knows that "arms" can mean weapons.
      const single = () =>
        singulars(words[head])
          .map((word) => unlisted.get(words.with(head, word).join(" ")))
          .find((id) => id !== undefined);
      return meant.get(folded) ?? single();
    },
    unlisted,
  };
}
