import type { Browsed, PhotoId } from "../../../src-shared/contract";
import type { Hits } from "../../store/browse";
import { settingsOf } from "../../store/settings";
import { GUESSED_FROM } from "../../store/shown";
import type { Workbench } from "../../workspace/workbench";
import { findPhotos, type Wanted } from "./find-photos";

/** What a search for words finds, each part best first. */
export interface Found {
  /** Photos that show what the words say as surely as a label must be to be shown. */
  sure: Hits;
  /** The closest of the others. */
  others: Hits;
  unknown: Browsed["unknown"];
  wanted: Wanted[];
}

/** Photos that are looked for at first; where all of them are sure, there are more. */
const AT_FIRST = 500;
/**
 * So many of the photos that are not sure are told however unsure they are: what a new name of the user's own means is
 * not sure of anything yet.
 */
const CLOSEST = 24;

/** @param among only these are looked at; without it, all */
export function searchPhotos(bench: Workbench, words: string, among?: ReadonlySet<PhotoId>): Found {
  let found = findPhotos(bench, words, AT_FIRST, among);
  const from = sureFrom(bench, found.wanted);
  if (found.scores.length === AT_FIRST && found.scores[AT_FIRST - 1] >= from)
    found = findPhotos(bench, words, bench.places.size() + AT_FIRST, among);
  const { photos, scores, unknown, wanted } = found;
  const sure = countSure(scores, from);
  const possible = sure > 0 ? Math.min(AT_FIRST, countSure(scores, GUESSED_FROM) - sure) : 0;
  const end = sure + Math.max(CLOSEST, possible);
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
export function sureFrom({ library }: Workbench, wanted: readonly Pick<Wanted, "meanings">[]): number {
  const { threshold, labelThresholds } = settingsOf(library);
  const own = wanted.length === 1 ? wanted[0].meanings.flatMap((label) => labelThresholds[label] ?? []) : [];
  return own.length > 0 ? Math.min(...own) : threshold;
}

/** How many of these scores, best first, are at least this one. */
export function countSure(scores: readonly number[], from: number): number {
  const end = scores.findIndex((score) => score < from);
  return end < 0 ? scores.length : end;
}
