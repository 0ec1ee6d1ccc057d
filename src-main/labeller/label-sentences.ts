import type { LabelId } from "../../src-shared/contract";
import { foldPhrase } from "../words/phrases";
import type { Lexicon } from "./lexicon";

/** Synonyms that get a sentence, at most. */
const MAX_SYNONYMS = 2;

/**
 * The sentences that a text tower embeds for a label. The first `prompts.length` are about its name; the others are the
 * plain name, WordNet's synonyms, and its definition.
 * @param prompts sentences with `{}` in the place of the name
 */
export function labelSentences(
  { labels, wordnet, glossOf }: Pick<Lexicon, "labels" | "wordnet" | "glossOf">,
  label: LabelId,
  prompts: readonly string[],
): string[] {
  const name = labels.name(label);
  const synonyms = wordnet
    .lemmas(label)
    .filter((lemma) => foldPhrase(lemma) !== foldPhrase(name))
    .slice(0, MAX_SYNONYMS);
  const gloss = glossOf(label);
  return [
    ...prompts.map((prompt) => about(prompt, name)),
    name,
    ...synonyms.map((synonym) => about(prompts[0]!, synonym)),
    ...(gloss === null ? [] : [`${name}, ${gloss}`]),
  ];
}

/** A prompt about a name, with "an" before a vowel. */
export const about = (prompt: string, name: string): string =>
  prompt
    .replace(/\b([Aa]) \{\}/, (_, article: string) => (/^[aeiou]/i.test(name) ? `${article}n {}` : `${article} {}`))
    .replace("{}", () => name);
