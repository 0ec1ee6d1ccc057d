import { Refusal } from "../../../src-shared/refusal";
import { pathsOf } from "../../store/photos";
import type { OpenLibrary } from "../../workspace/open-library";
import { countConfident, minSearchConfidence } from "./search-photos";
import { semanticSearch } from "./semantic-search";
import { embedWords } from "./sentence-query";
import { suggestAlternatives } from "./suggest-alternatives";

export interface FoundPaths {
  /** Best first; a photo with several files has a row for each. Scores are 0..1, to four digits. */
  files: { path: string; score: number }[];
  /** Words that no vocabulary or label has. */
  unknown: { word: string; suggestions: string[] }[];
  /** Whether at least one photo reaches the minimum confidence. */
  isConfident: boolean;
  /** What to search for instead when none does. */
  alternatives: string[];
}

/**
 * Files whose photos show what the words say. The library's semantic index must be loaded.
 * @throws Refusal `not-labelled` if no photo has been labelled
 */
export async function searchPaths(library: OpenLibrary, words: string, limit: number): Promise<FoundPaths> {
  const { store, semanticIndex, isPackMissing } = library;
  if (semanticIndex.size() === 0 && !isPackMissing)
    // without the pack, labels that photos have are searched
    throw new Refusal("not-labelled", `${store.folder} has no labelled photos yet. Run “semblance tag” on it first.`);
  await embedWords(library, [words]);
  const { photos, scores, unknown, terms } = semanticSearch(library, words, limit);
  const isConfident = countConfident(scores, minSearchConfidence(library, terms)) > 0;
  const files = photos.flatMap((photo, i) =>
    pathsOf(store, photo).map((path) => ({ path, score: Math.round(scores[i]! * 1e4) / 1e4 })),
  );
  return {
    files: files.slice(0, limit),
    unknown,
    isConfident,
    alternatives: isConfident ? [] : suggestAlternatives(library, terms).map((each) => each.words),
  };
}
