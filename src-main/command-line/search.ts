import { findPhotos } from "../labelling/find-photos";
import { placePhotos } from "../labelling/workbench";
import { pathsOf } from "../library/photos";
import { Refusal } from "../refusal";
import { printJson, withFolder } from "./session";

/** `semblance search`: prints `{"path", "score"}` a line, best first. */
export async function searchFolder(folder: string, words: string[], { limit }: { limit: number }): Promise<void> {
  await withFolder(folder, {}, async ({ bench, jobs }) => {
    await jobs.run("rank", (job) => placePhotos(bench, job)).finished;
    if (bench.places.size() === 0) throw new Refusal("not-labelled", `${folder} has no labelled photos yet: run “semblance tag” on it first`);
    const { photos, scores, unknown } = findPhotos(bench, words.join(" "), limit);
    for (const { word, suggestions } of unknown) {
      console.error(`“${word}” is no word that is known here${suggestions.length > 0 ? `; did you mean ${suggestions.join(", ")}?` : ""}`);
    }
    if (unknown.length > 0 && photos.length === 0) throw new Refusal("no-words", "none of the words is known");
    let printed = 0;
    for (let i = 0; i < photos.length && printed < limit; i++) {
      for (const path of pathsOf(bench.library, photos[i])) {
        if (printed++ < limit) printJson({ path, score: Math.round(scores[i] * 1e4) / 1e4 });
      }
    }
  });
}
