import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseSearchTerms } from "../../src-main/features/browse/search-terms";
import { embeddedSentence, embedWords, splitSentence } from "../../src-main/features/browse/sentence-query";
import { pathsOf } from "../../src-main/store/photos";
import { labelFolder } from "../../src-main/workspace/label-folder";
import type { OpenLibrary } from "../../src-main/workspace/open-library";
import type { PhotoId } from "../../src-shared/contract";
import { captionOf, heldOutScenes, paintScenes, SHAPES_LABELS, SHAPES_PACK } from "../../tests/fixtures/shape-scenes";
import type { Figure, Outcome } from "./figures";
import { checkJobs, inTemporaryFolder, withFreshLibrary } from "./temporary";

/** Weights of the words beside the text tower. */
const WEIGHTS = [0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1];
const PHOTOS = 500;

/**
 * Search by sentences with a text pack on drawn scenes that it was not trained on: how often the photo that a sentence
 * describes comes first and among the first five. The weight of the words beside the tower is chosen by log-loss on half
 * of the scenes and reported on the other half.
 */
export async function sentences(): Promise<Outcome> {
  return inTemporaryFolder(async (root) => {
    const folder = join(root, "photos");
    const asked = await heldOutScenes();
    const files = await paintScenes(folder, PHOTOS);
    const labelSet = join(root, "labels.txt");
    writeFileSync(labelSet, SHAPES_LABELS.join("\n"));
    return withFreshLibrary(folder, { pack: SHAPES_PACK, labelSet }, async (open) => {
      await labelFolder(open.library, open.jobs, open, { changed: () => undefined }).finished;
      checkJobs(open.jobs);
      const queries = asked.flatMap((scene, s) =>
        [0, 1].map((side) => ({ text: captionOf(scene, side), file: files[s], isFitted: s % 2 === 0 })),
      );
      await embedWords(
        open.library,
        queries.map(({ text }) => text),
      );
      const tried = WEIGHTS.map((weight) => {
        const places = queries.map(({ text, file }) => placeOf(open.library, text, file, weight));
        const mean = (isFitted: boolean, of: (place: Place) => number) => {
          const some = places.filter((_, q) => queries[q].isFitted === isFitted);
          return some.reduce((sum, place) => sum + of(place), 0) / some.length;
        };
        return { weight, mean };
      });
      const best = tried.reduce((a, b) => (b.mean(true, (p) => p.loss) < a.mean(true, (p) => p.loss) ? b : a));
      const figures = tried.flatMap(({ weight, mean }): Figure[] => {
        const what = (of: string) =>
          `${queries.length / 2} sentences, ${PHOTOS} photos, words’ weight ${weight}${weight === best.weight ? " (fitted)" : ""}: ${of}`;
        const figure = (of: string, value: number): Figure => ({
          benchmark: "sentences",
          what: what(of),
          value,
          unit: "",
        });
        return [
          figure(
            "recall@1",
            mean(false, ({ place }) => Number(place === 0)),
          ),
          figure(
            "recall@5",
            mean(false, ({ place }) => Number(place < 5)),
          ),
          figure(
            "log-loss per photo",
            mean(false, ({ loss }) => loss),
          ),
        ];
      });
      return { figures };
    });
  });
}

interface Place {
  place: number;
  /** Mean over all photos of the log-loss of their confidences. */
  loss: number;
}

function placeOf(library: OpenLibrary, text: string, file: string, weight: number): Place {
  const { terms } = parseSearchTerms(library, text);
  const { sentence } = splitSentence(library, text, terms);
  const hits = library.semanticIndex.nearest([], library.ranker.confidence, PHOTOS, undefined, {
    embedding: embeddedSentence(library, sentence!.text),
    words: sentence!.terms.map(({ target }) => target),
    weight,
  });
  const isWanted = (photo: PhotoId) => pathsOf(library.store, photo).includes(file);
  const losses = hits.map(({ photo, score }) => -Math.log(Math.max(1e-9, isWanted(photo) ? score : 1 - score)));
  return {
    place: hits.findIndex(({ photo }) => isWanted(photo)),
    loss: losses.reduce((a, b) => a + b, 0) / losses.length,
  };
}
