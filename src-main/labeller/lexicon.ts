import { statSync } from "node:fs";
import type { LabelId, LabelSuggestion } from "../../src-shared/contract";
import { isOwnLabel, nameOfOwnLabel, ownLabel, ownLabelOrNull } from "../../src-shared/label-id";
import { Refusal } from "../../src-shared/refusal";
import { resource } from "../base/resources";
import { classLabeller, type PackClass } from "../words/class-labels";
import { labelNames, readNamedLabels } from "../words/label-names";
import { type LabelSet, labelSet } from "../words/label-sets";
import { createLabels, type Labels } from "../words/labels";
import { readVocabulary, type Vocabulary } from "../words/vocabulary";
import { readWordNet, type WordNet } from "../words/wordnet";

/** Everything known about words and labels. */
export interface Lexicon {
  vocabulary: Vocabulary;
  wordnet: WordNet;
  labels: Labels;
  classLabel(packClass: PackClass): LabelId;
  /** Unit vector `[E]` of a label; null if none of its words has one. */
  vectorOf(label: LabelId): Float32Array | null;
  /** WordNet's definition of an everyday label; null for other labels. */
  glossOf(label: LabelId): string | null;
  /** A label's display name, with its parent if other labels share the name. */
  named(label: LabelId): { name: string; parent: string | null };
  /**
   * The label that a typed name means: exact with a parent, as in "crane (machine)", otherwise the most probable one;
   * an own label if no dictionary has the name.
   * @throws Refusal `bad-label` if no label can have that name
   */
  meant(text: string): LabelId;
  labelSet(nameOrPath: string, classLabels: LabelId[]): LabelSet;
  /** @param shown labels that the library uses, which come first */
  suggest(text: string, limit: number, shown: readonly LabelId[]): LabelSuggestion[];
}

/** Names the vocabulary that comes with Semblance. */
export const BUNDLED_WORDS = "bundled";

/** The last lexicon read, with the state of its file, because a vocabulary may be retrained in place. */
let latest: { file: string; lexicon: Lexicon } | null = null;

/** @param words path of a vocabulary file, or "bundled" @throws Refusal `bad-vocabulary` */
export function readLexicon(words: string = BUNDLED_WORDS): Lexicon {
  const path = words === BUNDLED_WORDS ? resource("words", "vocabulary.bin") : words;
  const about = statSync(path, { throwIfNoEntry: false });
  if (!about?.isFile())
    throw new Refusal(
      "bad-vocabulary",
      `There is no vocabulary ${path}. Use "${BUNDLED_WORDS}" for the one that comes with Semblance.`,
    );
  const file = JSON.stringify([path, about.size, about.mtimeMs]);
  if (latest?.file !== file) latest = { file, lexicon: createLexicon(path) };
  return latest.lexicon;
}

function createLexicon(vocabularyFile: string): Lexicon {
  const words = (name: string) => resource("words", name);
  const vocabulary = readVocabulary(vocabularyFile);
  const wordnet = readWordNet(words("wordnet.bin"));
  const tables = {
    everyday: words("everyday.json"),
    imagenet1k: words("imagenet-1k.json"),
    classNames: words("class-names.json"),
    shownNames: words("shown-names.json"),
  };
  const names = labelNames(wordnet, tables);
  const labels = createLabels(wordnet, vocabulary, names);
  const vectors = new Map<LabelId, Float32Array | null>();
  let glosses: Map<LabelId, string> | null = null; // only text towers need them

  const vectorOf = (label: LabelId) => {
    let vector = vectors.get(label);
    if (vector === undefined) vectors.set(label, (vector = labels.vector(label)));
    return vector;
  };
  /**
   * The parent tells apart labels that share a name. Most names have only one sense that a photo can show and need
   * none.
   */
  const named = (label: LabelId) => {
    const name = labels.name(label);
    const first = labels.resolve(name)[0];
    const parent = first === undefined || first === label ? undefined : wordnet.parents(label)[0];
    return { name, parent: parent === undefined ? null : labels.name(parent) };
  };

  return {
    vocabulary,
    wordnet,
    labels,
    vectorOf,
    glossOf: (label) => (glosses ??= new Map(readNamedLabels(words("glosses.json")))).get(label) ?? null,
    named,
    classLabel: classLabeller(wordnet, tables, names.meant),
    meant(text) {
      const apart = /^(.+) \((.+)\)$/.exec(text);
      if (apart) {
        const meaning = labels.resolve(apart[1]).find((id) => named(id).parent === apart[2]);
        if (meaning) return meaning;
      }
      return labels.resolve(text)[0] ?? ownLabel(text);
    },
    labelSet: (nameOrPath, classLabels) =>
      labelSet(nameOrPath, classLabels, {
        wordnet,
        vocabulary,
        labels,
        everyday: tables.everyday,
        imagenet1k: tables.imagenet1k,
      }),
    suggest(text, limit, shown) {
      const typed = text.trim();
      if (typed === "") return [];
      const known = labels.beginningWith(typed, limit, new Set(shown));
      const own = shown
        .filter(isOwnLabel)
        .filter((label) => nameOfOwnLabel(label).toLowerCase().startsWith(typed.toLowerCase()));
      // "auto" offers "car" before names that merely begin with it.
      const exact = labels.resolve(typed)[0];
      const found = exact && known.find(({ id }) => id === exact);
      if (found) known.unshift(...known.splice(known.indexOf(found), 1));
      else if (exact)
        known.unshift({
          id: exact,
          name: labels.name(exact),
          synonym: labels.name(exact).toLowerCase() === typed.toLowerCase() ? null : typed,
        });
      const suggestions: LabelSuggestion[] = [
        ...own.map((label) => ({
          label,
          name: nameOfOwnLabel(label),
          parent: null,
          synonym: null,
          own: true,
          near: false,
        })),
        ...known.map(({ id, name, synonym }) => ({
          label: id,
          name,
          parent: named(id).parent,
          synonym,
          own: false,
          near: false,
        })),
      ];
      // Don't offer an own label if a label with this very name is listed. A synonym doesn't count: Rex may be a king's
      // title and somebody's dog.
      const taken = suggestions.some(({ name }) => name.toLowerCase() === typed.toLowerCase());
      const label = ownLabelOrNull(typed);
      return taken || label === null
        ? suggestions.slice(0, limit)
        : [
            ...suggestions.slice(0, limit - 1),
            { label, name: nameOfOwnLabel(label), parent: null, synonym: null, own: true, near: false },
          ];
    },
  };
}

/** A unique name: the display name, followed by its parent in brackets if several labels share it. */
export const fullName = ({ name, parent }: { name: string; parent: string | null }): string =>
  parent === null ? name : `${name} (${parent})`;
