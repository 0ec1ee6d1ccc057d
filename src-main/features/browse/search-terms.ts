import type { BrowseResult, LabelId } from "../../../src-shared/contract";
import { isOwnLabel, nameOfOwnLabel } from "../../../src-shared/label-id";
import type { Target } from "../../labeller/semantic-index";
import { foldPhrase, singulars } from "../../words/phrases";
import type { OpenLibrary } from "../../workspace/open-library";
import { currentVector, labelsInUse } from "../../workspace/training-examples";

/** One term of a search: its word vector `[E]` and the labels that the word can mean. */
export interface SearchTerm {
  /** As typed. */
  words: string;
  target: Target;
  vector: Float32Array;
  meanings: LabelId[];
}

/** The longest name, in words: "golden retriever" has two. The user's own labels can be longer. */
const MAX_NAME_WORDS = 4;
const SUGGESTIONS = 5;
/** Unknown words with suggestions, at most: each takes a comparison with the whole vocabulary. */
const MAX_WORDS_WITH_SUGGESTIONS = 20;

export interface ParsedQuery {
  terms: SearchTerm[];
  /** Each unknown word once. */
  unknown: BrowseResult["unknown"];
}

/** Splits the query into names, preferring the longest known ones. */
export function parseSearchTerms(library: OpenLibrary, words: string): ParsedQuery {
  const { lexicon } = library;
  const own = ownNames(labelsInUse(library));
  const longest = longestByFirstWord(own.keys());
  const tokens = tokensOf(words);
  const terms: SearchTerm[] = [];
  const unknown = new Set<string>();
  for (let from = 0; from < tokens.length;) {
    const words = Math.max(MAX_NAME_WORDS, longest.get(firstWord(folded(tokens[from]!))) ?? 0);
    let length = Math.min(words, tokens.length - from);
    let found: SearchTerm | null = null;
    for (; length > 0 && !found; length--)
      found = termFor(library, own, tokens.slice(from, from + length).join(" "), length);
    if (found) {
      terms.push(found);
      from += length + 1;
    } else unknown.add(tokens[from++]!);
  }
  return {
    terms,
    unknown: [...unknown].map((word, i) => ({
      word,
      suggestions: i < MAX_WORDS_WITH_SUGGESTIONS ? lexicon.vocabulary.suggestions(word, SUGGESTIONS) : [],
    })),
  };
}

/** The number of words in the longest of the names that begin with a word. */
function longestByFirstWord(names: Iterable<string>): Map<string, number> {
  const longest = new Map<string, number>();
  for (const name of names)
    longest.set(firstWord(name), Math.max(name.split(" ").length, longest.get(firstWord(name)) ?? 0));
  return longest;
}

const firstWord = (name: string): string => name.split(" ", 1)[0]!;

export const tokensOf = (words: string): string[] => words.split(/[\s,]+/).filter((token) => token !== "");

const folded = (words: string): string => foldPhrase(tokensOf(words).join(" "));

/** The user's own labels by their folded names. */
function ownNames(labels: readonly LabelId[]): Map<string, LabelId[]> {
  return Map.groupBy(labels.filter(isOwnLabel), (label) => folded(nameOfOwnLabel(label)));
}

/**
 * Searches for "tomatoes" as "tomato", but for "glasses" as is: a plural becomes singular unless it is itself a name.
 */
function singularOf({ lexicon: { wordnet } }: OpenLibrary, name: string, meanings: LabelId[]): string {
  const names = new Set(meanings.flatMap((label) => wordnet.lemmas(label)).map(foldPhrase));
  const typed = foldPhrase(name);
  return names.has(typed) ? typed : (singulars(typed).find((singular) => names.has(singular)) ?? typed);
}

function termFor(
  library: OpenLibrary,
  own: ReadonlyMap<string, LabelId[]>,
  name: string,
  length: number,
): SearchTerm | null {
  const { lexicon, ranker } = library;
  const ownLabels = own.get(folded(name)) ?? [];
  const meanings = [...ownLabels, ...lexicon.labels.resolve(name)];
  if (length > 1 && meanings.length === 0) return null; // words that don't form a known name are searched one by one
  const vector =
    ownLabels[0] !== undefined
      ? currentVector(library, ownLabels[0])
      : lexicon.vocabulary.vector(singularOf(library, name, meanings));
  return vector && { words: name, target: ranker.target(vector, meanings), vector, meanings };
}
