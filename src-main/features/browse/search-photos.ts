import type { BrowseResult, PhotoId } from "../../../src-shared/contract";
import type { Hits } from "../../store/browse";
import { settingsOf } from "../../store/settings";
import { MIN_GUESS_SCORE } from "../../store/shown-labels";
import type { OpenLibrary } from "../../workspace/open-library";
import { type SearchTerm, semanticSearch } from "./semantic-search";

/** What a search for words finds, each part best first. */
export interface SearchResult {
  /** Photos that show what the words say as surely as a label must be to be shown. */
  sure: Hits;
  /** The closest of the others. */
  others: Hits;
  unknown: BrowseResult["unknown"];
  wanted: SearchTerm[];
}

/** Photos that are looked for at first; where all of them are sure, there are more. */
const FIRST_LIMIT = 500;
/**
 * So many of the photos that are not sure are told however unsure they are: what a new name of the user's own means is
 * not sure of anything yet.
 */
const MIN_OTHERS = 24;

/** @param among only these are looked at; without it, all */
export function searchPhotos(library: OpenLibrary, words: string, among?: ReadonlySet<PhotoId>): SearchResult {
  let found = semanticSearch(library, words, FIRST_LIMIT, among);
  const from = minSearchConfidence(library, found.wanted);
  const last = found.scores[FIRST_LIMIT - 1];
  if (last !== undefined && last >= from)
    found = semanticSearch(library, words, library.semanticIndex.size() + FIRST_LIMIT, among);
  const { photos, scores, unknown, wanted } = found;
  const sure = countConfident(scores, from);
  const possible = sure > 0 ? Math.min(FIRST_LIMIT, countConfident(scores, MIN_GUESS_SCORE) - sure) : 0;
  const end = sure + Math.max(MIN_OTHERS, possible);
  return {
    sure: { photos: photos.slice(0, sure), scores: scores.slice(0, sure) },
    others: { photos: photos.slice(sure, end), scores: scores.slice(sure, end) },
    unknown,
    wanted,
  };
}

/**
 * Minimum confidence of a photo in a search, 0..1: that of labels; for a single word, its label's own where it has one.
 */
export function minSearchConfidence({ store }: OpenLibrary, wanted: readonly Pick<SearchTerm, "meanings">[]): number {
  const { threshold, labelThresholds } = settingsOf(store);
  const own = wanted.length === 1 ? wanted[0]!.meanings.flatMap((label) => labelThresholds[label] ?? []) : [];
  return own.length > 0 ? Math.min(...own) : threshold;
}

/** How many of these scores, best first, are at least this one. */
export function countConfident(scores: readonly number[], from: number): number {
  const end = scores.findIndex((score) => score < from);
  return end < 0 ? scores.length : end;
}
