import { Refusal } from "../../src-shared/refusal";
import { countConfident, minSearchConfidence } from "../features/browse/search-photos";
import { semanticSearch } from "../features/browse/semantic-search";
import { suggestAlternatives } from "../features/browse/suggest-alternatives";
import { pathsOf } from "../store/photos";
import { indexPhotos } from "../workspace/rank-photos";
import { printJson, withFolder } from "./session";

/**
 * `semblance search`: prints `{"path", "score"}` a line, best first; where no photo is sure it says so, and what to
 * search for instead, on standard error.
 */
export async function searchFolder(folder: string, words: string[], { limit }: { limit: number }): Promise<void> {
  await withFolder(folder, {}, async ({ library, jobs }) => {
    await jobs.run("rank", (job) => indexPhotos(library, job)).finished;
    if (library.semanticIndex.size() === 0)
      throw new Refusal("not-labelled", `${folder} has no labelled photos yet: run “semblance tag” on it first`);
    const text = words.join(" ");
    const { photos, scores, unknown, wanted } = semanticSearch(library, text, limit);
    for (const { word, suggestions } of unknown) {
      console.error(
        `“${word}” is no word that is known here${suggestions.length > 0 ? `; did you mean ${suggestions.join(", ")}?` : ""}`,
      );
    }
    if (unknown.length > 0 && photos.length === 0) throw new Refusal("no-words", "none of the words is known");
    if (countConfident(scores, minSearchConfidence(library, wanted)) === 0) {
      const instead = suggestAlternatives(library, wanted).map(({ words }) => words);
      if (instead.length > 0) console.error(`Nearest words with sure photos: ${instead.join(", ")}.`);
      console.error(`No sure match for “${text}”. Closest photos:`);
    }
    let printed = 0;
    for (const [i, photo] of photos.entries()) {
      if (printed >= limit) break;
      for (const path of pathsOf(library.store, photo)) {
        if (printed++ < limit) printJson({ path, score: Math.round(scores[i]! * 1e4) / 1e4 });
      }
    }
  });
}
