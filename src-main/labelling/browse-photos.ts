import type { Browsed, PhotoId, View } from "../../src-preload/contract";
import { QueryFault } from "../../src-preload/query-syntax";
import { arrange, countWhere, type Hits, photosWhere } from "../library/browse";
import type { Condition } from "../library/query-condition";
import { findPhotos } from "./find-photos";
import { readQuery } from "./read-query";
import type { Workbench } from "./workbench";

/** Photos that a search shows at most, and at least where there are so many; between them it stops where relevance ends. */
const SEARCH_LIMIT = 500;
const SEARCH_LEAST = 24;
const SEARCH_RELEVANT = 0.02;
/** From this relevance on a photo counts as what a word says, where the word is one of several that may hold, or must not. */
const HOLDS = 0.25;
const EVERYTHING: Condition = { is: "all", parts: [] };

/** The photos of a view, in its order. A query that can't be read finds none, and says why. */
export function browsePhotos(bench: Workbench, { words: text = "", ...view }: View): Browsed {
  const unknown: Browsed["unknown"] = [];
  try {
    const { words, condition } = readQuery(bench, text, lookUp(bench, unknown));
    if (words === "") return { ...arrange(bench.library, view, undefined, condition ?? undefined), unknown, fault: null };
    const filtered = condition !== null || view.folder !== undefined || view.label !== undefined || view.state !== undefined;
    const among = filtered ? new Set(photosWhere(bench.library, view, condition ?? EVERYTHING)) : undefined;
    const hits = relevant(bench, words, unknown, among);
    // The hits are of the view already: what is left is their order.
    return { ...arrange(bench.library, { sort: view.sort, descending: view.descending, group: view.group }, hits), unknown, fault: null };
  } catch (error) {
    if (!(error instanceof QueryFault)) throw error;
    const { message, span: { from, to }, suggestions } = error;
    return { photos: [], groups: [], scores: null, unknown, fault: { message, from, to, suggestions } };
  }
}

/** How many photos a query finds; null where it can't be read. */
export function countFound(bench: Workbench, text: string): number | null {
  try {
    const { words, condition } = readQuery(bench, text, lookUp(bench, []));
    if (words === "") return countWhere(bench.library, {}, condition ?? EVERYTHING);
    const among = new Set(photosWhere(bench.library, {}, condition ?? EVERYTHING));
    return relevant(bench, words, [], among).photos.length;
  } catch (error) {
    if (!(error instanceof QueryFault)) throw error;
    return null;
  }
}

function relevant(bench: Workbench, words: string, unknown: Browsed["unknown"], among?: ReadonlySet<PhotoId>): Hits {
  const found = findPhotos(bench, words, SEARCH_LIMIT, among);
  unknown.push(...found.unknown);
  return { photos: found.photos.filter((_, i) => i < SEARCH_LEAST || found.scores[i] >= SEARCH_RELEVANT), scores: found.scores };
}

const lookUp = (bench: Workbench, unknown: Browsed["unknown"]) => (words: string): Condition => {
  const found = findPhotos(bench, words, bench.places.size());
  unknown.push(...found.unknown);
  return { is: "photo", among: found.photos.filter((_, i) => found.scores[i] >= HOLDS) };
};
