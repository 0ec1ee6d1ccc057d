import type { Browsed, PhotoId, View } from "../../../src-shared/contract";
import { QueryFault } from "../../../src-shared/query/syntax";
import { arrange, countWhere, photosWhere } from "../../store/browse";
import type { Condition } from "../../store/query-condition";
import type { Workbench } from "../../workspace/workbench";
import { findPhotos } from "./find-photos";
import { allOf } from "./listed-photos";
import { readQuery } from "./read-query";
import { countSure, searchPhotos, sureFrom } from "./search-photos";
import { suggestWords } from "./suggest-words";

const EVERYTHING: Condition = { is: "all", parts: [] };
const BEST_FIRST = { sort: "relevance", descending: true, group: "none" } as const;

/** The photos of a view, in its order. A query that can't be read finds none, and says why. */
export function browsePhotos(bench: Workbench, { words: text = "", ...view }: View): Browsed {
  const unknown: Browsed["unknown"] = [];
  try {
    const { words, condition } = readQuery(bench, text, lookUp(bench, unknown));
    if (words === "") return { ...allOf(arrange(bench.library, view, undefined, condition ?? undefined)), unknown };
    const filtered =
      condition !== null || view.folder !== undefined || view.label !== undefined || view.state !== undefined;
    const among = filtered ? new Set(photosWhere(bench.library, view, condition ?? EVERYTHING)) : undefined;
    return searched(bench, words, view, unknown, among);
  } catch (error) {
    if (!(error instanceof QueryFault)) throw error;
    const {
      message,
      span: { from, to },
      suggestions,
    } = error;
    return {
      photos: [],
      sure: 0,
      groups: [],
      instead: [],
      scores: null,
      unknown,
      fault: { message, from, to, suggestions },
    };
  }
}

/** How many photos a query finds, of words those that surely show them; null where it can't be read. */
export function countFound(bench: Workbench, text: string): number | null {
  try {
    const { words, condition } = readQuery(bench, text, lookUp(bench, []));
    if (words === "") return countWhere(bench.library, {}, condition ?? EVERYTHING);
    const among = new Set(photosWhere(bench.library, {}, condition ?? EVERYTHING));
    return searchPhotos(bench, words, among).sure.photos.length;
  } catch (error) {
    if (!(error instanceof QueryFault)) throw error;
    return null;
  }
}

/** The sure photos in the view's order, then the closest of the others, best first. */
function searched(
  bench: Workbench,
  words: string,
  { sort, descending, group }: View,
  unknown: Browsed["unknown"],
  among?: ReadonlySet<PhotoId>,
): Browsed {
  const found = searchPhotos(bench, words, among);
  // The hits are of the view already: what is left is their order.
  const sure = arrange(bench.library, { sort, descending, group }, found.sure);
  const others = arrange(bench.library, BEST_FIRST, found.others);
  return {
    photos: [...sure.photos, ...others.photos],
    scores: [...sure.scores!, ...others.scores!],
    sure: sure.photos.length,
    groups: sure.groups,
    instead: sure.photos.length === 0 ? suggestWords(bench, found.wanted) : [],
    unknown: [...unknown, ...found.unknown],
    fault: null,
  };
}

/** A word that is one of several that may hold, or must not, holds for the photos that surely show it. */
const lookUp =
  (bench: Workbench, unknown: Browsed["unknown"]) =>
  (words: string): Condition => {
    const found = findPhotos(bench, words, bench.places.size());
    unknown.push(...found.unknown);
    return { is: "photo", among: found.photos.slice(0, countSure(found.scores, sureFrom(bench, found.wanted))) };
  };
