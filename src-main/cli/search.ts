import { Refusal } from "../../src-shared/refusal";
import { searchPaths } from "../features/browse/search-paths";
import { indexPhotos } from "../workspace/rank-photos";
import { printJson, warn } from "./output";
import { withFolder } from "./session";

/**
 * `semblance search`: prints `{"path", "score"}` per line, best first. If no photo matches confidently, standard error
 * says so and what to search for instead.
 */
export async function searchFolder(
  folder: string,
  words: string[],
  { limit, strictFiles }: { limit: number; strictFiles?: boolean },
): Promise<void> {
  await withFolder(folder, { strictFiles }, async ({ library, run }) => {
    await run("rank", (job) => indexPhotos(library, job));
    const text = words.join(" ");
    const { files, unknown, isConfident, alternatives } = await searchPaths(library, text, limit);
    for (const { word, suggestions } of unknown)
      warn(`“${word}” is not a known word.${suggestions.length > 0 ? ` Did you mean ${suggestions.join(", ")}?` : ""}`);
    if (unknown.length > 0 && files.length === 0) throw new Refusal("no-words", "None of these words is known.");
    if (!isConfident) {
      if (alternatives.length > 0) warn(`Similar words that photos match: ${alternatives.join(", ")}.`);
      warn(`No confident match for “${text}”. The closest photos:`);
    }
    for (const file of files) printJson(file);
  });
}
