import type { BrowseResult, LabelId, PhotoId } from "../../../src-shared/contract";
import { isOwnLabel, nameOfOwnLabel } from "../../../src-shared/label-id";
import type { Target } from "../../labeller/semantic-index";
import { predictedScores } from "../../store/predictions";
import { annotatedLabels, currentAnnotations } from "../../store/verdicts";
import { foldPhrase, singulars } from "../../words/phrases";
import type { OpenLibrary } from "../../workspace/open-library";
import { currentVector, labelsInUse } from "../../workspace/training-examples";
import { exampleEvidence } from "./example-evidence";

/** One term of a search: its word vector `[E]` and the labels that the word can mean. */
export interface SearchTerm {
  target: Target;
  vector: Float32Array;
  meanings: LabelId[];
}

/** The longest name, in words: "golden retriever" has two. The user's own labels can be longer. */
const MAX_NAME_WORDS = 4;
const SUGGESTIONS = 5;
/** Unknown words with suggestions, at most: each takes a comparison with the whole vocabulary. */
const MAX_WORDS_WITH_SUGGESTIONS = 20;
/** At least this many photos, those closest to the word, are compared with its training examples. */
const MIN_COMPARED_PHOTOS = 1000;
/** SQLite's value for no limit. */
const NO_LIMIT = -1;

/**
 * Finds photos by free text. Understands every word of the vocabulary and every label of the user's own, including
 * words that no model was trained on. A photo must match all words. Photos on which the user accepted the label come
 * first; those on which they rejected it are left out.
 * @param among searches only these; without it, all photos
 */
export function semanticSearch(
  library: OpenLibrary,
  words: string,
  limit: number,
  among?: ReadonlySet<PhotoId>,
): { photos: PhotoId[]; scores: number[]; unknown: BrowseResult["unknown"]; terms: SearchTerm[] } {
  const { terms, unknown } = parseSearchTerms(library, words);
  const { accepted, rejected } = verdictsOn(library, terms);
  const meanings = terms.length === 1 ? terms[0]!.meanings : null;
  const hasExamples = meanings !== null && hasVerdicts(library, meanings);
  const enough = (hasExamples ? Math.max(limit, MIN_COMPARED_PHOTOS) : limit) + accepted.size + rejected.size;
  const nearest = library.semanticIndex.nearest(
    terms.map(({ target }) => target),
    library.ranker.confidence,
    enough,
    among,
  );
  const others = nearest.filter(({ photo }) => !accepted.has(photo) && !rejected.has(photo));
  // A photo predicted to have the label scores at least as high as that prediction.
  const labelled =
    meanings !== null
      ? predictedScores(library.store, meanings, among ? NO_LIMIT : enough)
      : new Map<PhotoId, number>();
  for (const hit of others) {
    hit.score = Math.max(hit.score, labelled.get(hit.photo) ?? 0);
    labelled.delete(hit.photo);
  }
  const isAmong = (photo: PhotoId) => among?.has(photo) ?? true;
  for (const [photo, score] of labelled)
    if (!accepted.has(photo) && !rejected.has(photo) && isAmong(photo)) others.push({ photo, score });
  if (hasExamples) compareWithExamples(library, meanings, others);
  const settled = [...accepted].filter(isAmong).map((photo) => ({ photo, score: 1 }));
  const hits = [...settled, ...others.sort((a, b) => b.score - a.score)].slice(0, limit);
  return { photos: hits.map(({ photo }) => photo), scores: hits.map(({ score }) => score), unknown, terms };
}

/** Whether the user accepted or rejected one of these labels, or a more general one. */
function hasVerdicts({ store, lexicon: { wordnet } }: OpenLibrary, meanings: readonly LabelId[]): boolean {
  return [...annotatedLabels(store)].some((label) =>
    meanings.some((meaning) => meaning === label || wordnet.isA(meaning, label)),
  );
}

/**
 * Moves photos similar to accepted ones up and photos similar to rejected ones down. A label of the user's own is
 * defined by its photos, so its word vector counts only if no photo has the label.
 */
function compareWithExamples(
  library: OpenLibrary,
  meanings: LabelId[],
  hits: { photo: PhotoId; score: number }[],
): void {
  const evidence = exampleEvidence(
    library,
    meanings,
    hits.map(({ photo }) => photo),
  );
  const isOwn = meanings.every(isOwnLabel);
  for (const hit of hits) {
    const by = evidence.get(hit.photo);
    if (!by) continue;
    const { confidence, rejection } = by;
    hit.score = (isOwn && confidence !== null ? confidence : Math.max(hit.score, confidence ?? 0)) * (1 - rejection);
  }
}

/** Splits the query into names, preferring the longest known ones. Lists each unknown word once. */
function parseSearchTerms(
  library: OpenLibrary,
  words: string,
): { terms: SearchTerm[]; unknown: BrowseResult["unknown"] } {
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

const tokensOf = (words: string): string[] => words.split(/[\s,]+/).filter((token) => token !== "");

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
  return vector && { target: ranker.target(vector, meanings), vector, meanings };
}

/** Photos that verdicts decide: every term accepted, or any term rejected. */
function verdictsOn(
  { store, lexicon }: OpenLibrary,
  terms: SearchTerm[],
): { accepted: Set<PhotoId>; rejected: Set<PhotoId> } {
  const verdicts = terms.length > 0 ? currentAnnotations(store) : [];
  const rejected = new Set<PhotoId>();
  let accepted: Set<PhotoId> | null = null;
  for (const { meanings } of terms) {
    const yes = new Set<PhotoId>();
    for (const { photo, label, verdict } of verdicts) {
      if (verdict === "accept" && meanings.some((meaning) => label === meaning || lexicon.wordnet.isA(label, meaning)))
        yes.add(photo);
      if (verdict === "reject" && meanings.includes(label)) rejected.add(photo);
    }
    for (const photo of yes) rejected.delete(photo);
    accepted = accepted === null ? yes : accepted.intersection(yes);
  }
  return { accepted: accepted ?? new Set(), rejected };
}
