import type { BrowseResult, PhotoId, View } from "../../../src-shared/contract";
import { QueryFault } from "../../../src-shared/query/syntax";
import { countWhere, photosWhere, queryView } from "../../store/browse";
import type { Condition } from "../../store/query-condition";
import type { OpenLibrary } from "../../workspace/open-library";
import { eventsFor } from "../../workspace/photo-events";
import { asBrowseResult } from "./listed-photos";
import { countConfident, minSearchConfidence, searchPhotos } from "./search-photos";
import { semanticSearch } from "./semantic-search";
import { suggestAlternatives } from "./suggest-alternatives";
import { translateQuery } from "./translate-query";

const EVERYTHING: Condition = { is: "all", parts: [] };
const BEST_FIRST = { sort: "relevance", descending: true, group: "none" } as const;

/** The photos of a view, in its order; `embedQuery` its words first. A query that can't be parsed finds none, and the result carries the fault. */
export function browsePhotos(library: OpenLibrary, { words: text = "", ...view }: View): BrowseResult {
  const unknown: BrowseResult["unknown"] = [];
  try {
    const { words, condition } = translateQuery(library, text, findTerm(library, unknown));
    if (words === "")
      return {
        ...asBrowseResult(
          queryView(library.store, view, {
            condition: condition ?? undefined,
            events: eventsFor(library, view),
          }),
        ),
        unknown,
      };
    const filtered =
      condition !== null || view.folder !== undefined || view.label !== undefined || view.state !== undefined;
    const among = filtered ? new Set(photosWhere(library.store, view, condition ?? EVERYTHING)) : undefined;
    return searched(library, words, view, unknown, among);
  } catch (error) {
    if (!(error instanceof QueryFault)) throw error;
    const {
      message,
      span: { from, to },
      suggestions,
    } = error;
    return {
      photos: [],
      confident: 0,
      groups: [],
      days: null,
      alternatives: [],
      scores: null,
      unknown,
      fault: { message, from, to, suggestions },
    };
  }
}

/** How many photos match a query, after `embedQuery`; for words, how many match confidently. Null if the query can't be parsed. */
export function countQuery(library: OpenLibrary, text: string): number | null {
  try {
    const { words, condition } = translateQuery(library, text, findTerm(library, []));
    if (words === "") return countWhere(library.store, {}, condition ?? EVERYTHING);
    const among = new Set(photosWhere(library.store, {}, condition ?? EVERYTHING));
    return searchPhotos(library, words, among).confident.photos.length;
  } catch (error) {
    if (!(error instanceof QueryFault)) throw error;
    return null;
  }
}

/** The confident matches in the view's order, then the closest of the rest, best first. */
function searched(
  library: OpenLibrary,
  words: string,
  { sort, descending, group }: View,
  unknown: BrowseResult["unknown"],
  among?: ReadonlySet<PhotoId>,
): BrowseResult {
  const found = searchPhotos(library, words, among);
  // The hits were already restricted to the view, so only its order is left to apply.
  const confident = queryView(
    library.store,
    { sort, descending, group },
    { hits: found.confident, events: eventsFor(library, { group }) },
  );
  const others = queryView(library.store, BEST_FIRST, { hits: found.others });
  return {
    photos: [...confident.photos, ...others.photos],
    scores: [...confident.scores!, ...others.scores!],
    confident: confident.photos.length,
    groups: confident.groups,
    days: confident.days,
    alternatives: confident.photos.length === 0 ? suggestAlternatives(library, found.terms) : [],
    unknown: [...unknown, ...found.unknown],
    fault: null,
  };
}

/** A word inside OR or NOT can't rank photos, so it becomes a condition: the photos that match it confidently. */
const findTerm =
  (library: OpenLibrary, unknown: BrowseResult["unknown"]) =>
  (words: string): Condition => {
    const found = semanticSearch(library, words, library.semanticIndex.size());
    unknown.push(...found.unknown);
    return {
      is: "photo",
      among: found.photos.slice(0, countConfident(found.scores, minSearchConfidence(library, found.terms))),
    };
  };
