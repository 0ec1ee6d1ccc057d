import type { BrowseResult, PhotoId } from "../../../src-shared/contract";
import type { Hits } from "../../store/browse";
import { settingsOf } from "../../store/settings";
import { MIN_GUESS_SCORE } from "../../store/shown-labels";
import type { OpenLibrary } from "../../workspace/open-library";
import type { SearchTerm } from "./search-terms";
import { semanticSearch } from "./semantic-search";

/** What a search for words finds, each part best first. */
export interface SearchResult {
  /** Photos that match with at least the minimum confidence. */
  confident: Hits;
  /** The closest of the rest. */
  others: Hits;
  unknown: BrowseResult["unknown"];
  terms: SearchTerm[];
}

/** Photos fetched first. If all of them are confident matches, all photos are searched. */
const FIRST_LIMIT = 500;
/**
 * At least this many less confident photos are returned, however low their scores: a new label of the user's own has no
 * confident matches yet.
 */
const MIN_OTHERS = 24;

/** Searches photos for words. @param among searches only these; without it, all photos */
export function searchPhotos(library: OpenLibrary, words: string, among?: ReadonlySet<PhotoId>): SearchResult {
  let found = semanticSearch(library, words, FIRST_LIMIT, among);
  const from = minSearchConfidence(library, found.terms);
  const last = found.scores[FIRST_LIMIT - 1];
  if (last !== undefined && last >= from)
    found = semanticSearch(library, words, library.semanticIndex.size() + FIRST_LIMIT, among);
  const { photos, scores, unknown, terms } = found;
  const count = countConfident(scores, from);
  const possible = count > 0 ? Math.min(FIRST_LIMIT, countConfident(scores, MIN_GUESS_SCORE) - count) : 0;
  const end = count + Math.max(MIN_OTHERS, possible);
  return {
    confident: { photos: photos.slice(0, count), scores: scores.slice(0, count) },
    others: { photos: photos.slice(count, end), scores: scores.slice(count, end) },
    unknown,
    terms,
  };
}

/** Minimum confidence for a search, 0..1. For a single word it is the word's own label threshold, if there is one. */
export function minSearchConfidence({ store }: OpenLibrary, terms: readonly Pick<SearchTerm, "meanings">[]): number {
  const { threshold, labelThresholds } = settingsOf(store);
  const own = terms.length === 1 ? terms[0]!.meanings.flatMap((label) => labelThresholds[label] ?? []) : [];
  return own.length > 0 ? Math.min(...own) : threshold;
}

/** How many scores, sorted from best to worst, are at least `from`. */
export function countConfident(scores: readonly number[], from: number): number {
  const end = scores.findIndex((score) => score < from);
  return end < 0 ? scores.length : end;
}
