import type { LabelChoice, LabelId, Part, PhotoId } from "../../src-shared/contract";
import type { Library } from "../store/database";
import { type PresentFile, presentFiles } from "../store/photos";
import { type CarriedLabel, labelsOfPhoto, modelOfPhoto } from "../store/predictions";
import { partsOf } from "../store/splits";

/** A file with the labels that are exported of it. */
export interface LabelledFile extends PresentFile {
  /** The file's best first; rejected ones are none. */
  labels: CarriedLabel[];
  rejected: LabelId[];
  /** The model that predicted; null where nothing was predicted. */
  model: number | null;
  /** Where the photo lies in the split. */
  part: Part | null;
}

/** Files as they were when an export began. They can be read more than once. */
export interface LabelledFiles {
  count: number;
  /** The library is split. */
  split: boolean;
  read(): AsyncGenerator<LabelledFile>;
}

/** Files between two breaths: some 10 ms. */
const PORTION = 200;

/**
 * Every present file of the chosen photos with its chosen labels, sorted by path.
 * @param breathe awaited now and then, told how many files were read; what it throws ends the export
 */
export function labelledFiles(
  library: Library,
  { photos, labels, threshold }: LabelChoice,
  breathe: (done: number) => Promise<void>,
): LabelledFiles {
  const chosen = photos && new Set<PhotoId>(photos);
  const files = presentFiles(library).filter(({ photo }) => chosen?.has(photo) ?? true);
  const parts = partsOf(library);
  const isChosen = ({ source, score }: CarriedLabel) =>
    source !== "rejected" && (source !== "predicted" || (labels === "shown" && score >= threshold));
  return {
    count: files.length,
    split: parts !== null,
    async *read() {
      for (const [done, file] of files.entries()) {
        if (done % PORTION === 0) await breathe(done);
        const carried = labelsOfPhoto(library, file.photo);
        const rejected =
          labels === "accepted" ? [] : carried.filter(({ source }) => source === "rejected").map(({ label }) => label);
        const given = { labels: carried.filter(isChosen), rejected };
        if (!file.readable && given.labels.length === 0) continue;
        yield { ...file, ...given, model: modelOfPhoto(library, file.photo), part: parts?.get(file.photo) ?? null };
      }
      await breathe(files.length);
    },
  };
}
