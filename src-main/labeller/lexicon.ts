import { statSync } from "node:fs";
import type { LabelId, LabelSuggestion } from "../../src-shared/contract";
import { Refusal } from "../../src-shared/refusal";
import { resource } from "../base/resources";
import { classLabeller, type PackClass } from "../words/class-labels";
import { labelNames } from "../words/label-names";
import { type LabelSet, labelSet } from "../words/label-sets";
import { createLabels, type Labels } from "../words/labels";
import { readVocabulary, type Vocabulary } from "../words/vocabulary";
import { readWordNet, type WordNet } from "../words/wordnet";

/** All that is known of words and labels. */
export interface Lexicon {
  vocabulary: Vocabulary;
  wordnet: WordNet;
  labels: Labels;
  classLabel(packClass: PackClass): LabelId;
  /** Unit vector `[E]` of a label; null where no word of it has one. */
  vectorOf(label: LabelId): Float32Array | null;
  /** A label as people read it, told from others of its name. */
  named(label: LabelId): { name: string; parent: string | null };
  /**
   * The label that a typed name means: "crane (machine)" where there are several, else the likeliest; a name of the
   * user's own where no dictionary has it.
   */
  meant(text: string): LabelId;
  labelSet(nameOrPath: string, classLabels: LabelId[]): LabelSet;
  /** @param shown labels that the library uses, which come first */
  suggest(text: string, limit: number, shown: readonly LabelId[]): LabelSuggestion[];
}

/** Names the vocabulary that comes with the program. */
export const BUNDLED_WORDS = "bundled";

/** The one read last, with what its file was then: a vocabulary may be trained anew at the same place. */
let latest: { file: string; lexicon: Lexicon } | null = null;

/**
 * @param words a vocabulary's file, or "bundled"
 * @throws Refusal `bad-vocabulary`
 */
export function readLexicon(words: string = BUNDLED_WORDS): Lexicon {
  const path = words === BUNDLED_WORDS ? resource("words", "vocabulary.bin") : words;
  const about = statSync(path, { throwIfNoEntry: false });
  if (!about?.isFile())
    throw new Refusal(
      "bad-vocabulary",
      `There is no vocabulary ${path}; the word "${BUNDLED_WORDS}" in its place stands for the one that comes with the program.`,
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

  const vectorOf = (label: LabelId) => {
    let vector = vectors.get(label);
    if (vector === undefined) vectors.set(label, (vector = labels.vector(label)));
    return vector;
  };
  /** Shared names are told apart by the parent; most names have one sense that a photo can show, and need nothing. */
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
    named,
    classLabel: classLabeller(wordnet, tables, names.meant),
    meant(text) {
      const apart = /^(.+) \((.+)\)$/.exec(text);
      if (apart) {
        const meaning = labels.resolve(apart[1]).find((id) => named(id).parent === apart[2]);
        if (meaning) return meaning;
      }
      return labels.resolve(text)[0] ?? `own:${text}`;
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
      const own = shown.filter(
        (label) => label.startsWith("own:") && label.slice(4).toLowerCase().startsWith(typed.toLowerCase()),
      );
      // "auto" offers "car" before everything that merely begins so.
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
        ...own.map((label) => ({ label, name: label.slice(4), parent: null, synonym: null, own: true, near: false })),
        ...known.map(({ id, name, synonym }) => ({
          label: id,
          name,
          parent: named(id).parent,
          synonym,
          own: false,
          near: false,
        })),
      ];
      // Not where a label is shown under that very name; a synonym is no hindrance: Rex may be a king's title and
      // somebody's dog.
      const taken = suggestions.some(({ name }) => name.toLowerCase() === typed.toLowerCase());
      return taken
        ? suggestions.slice(0, limit)
        : [
            ...suggestions.slice(0, limit - 1),
            { label: `own:${typed}`, name: typed, parent: null, synonym: null, own: true, near: false },
          ];
    },
  };
}

/** A name that only one label has: as shown, with its parent in brackets where there are several. */
export const fullName = ({ name, parent }: { name: string; parent: string | null }): string =>
  parent === null ? name : `${name} (${parent})`;
