import type { LabelChoice, LabelId, Part, PhotoId } from "../../src-shared/contract";
import type { Store } from "../store/database";
import { type PresentFile, presentFiles } from "../store/photos";
import { labelsOfPhoto, modelOfPhoto, type PhotoLabelRow } from "../store/predictions";
import { partsOf } from "../store/splits";
import type { BoxesOf, ExportedBox } from "./exported-boxes";

/** A file with the labels to export. */
export interface LabelledFile extends PresentFile {
  /** Best first, without rejected labels. */
  labels: PhotoLabelRow[];
  rejected: LabelId[];
  /** The surest first; none if no boxes are exported, and for files that aren't shown. */
  boxes: ExportedBox[];
  /** The model that predicted; null without predictions. */
  model: number | null;
  /** The photo's part of the split. */
  part: Part | null;
}

/** A snapshot of the files when the export began. Can be read more than once. */
export interface LabelledFiles {
  count: number;
  /** Whether the library is split. */
  split: boolean;
  read(): AsyncGenerator<LabelledFile>;
}

/** Files read between yields (about 10 ms). */
const FILES_PER_YIELD = 200;

/**
 * All present files of the chosen photos with the chosen labels, sorted by path.
 * @param yieldNow awaited between batches with the number of files read; throwing ends the export
 * @param boxesOf the boxes to export; null for none
 */
export function labelledFiles(
  store: Store,
  { photos, labels, threshold }: LabelChoice,
  yieldNow: (done: number) => Promise<void>,
  boxesOf: BoxesOf | null = null,
): LabelledFiles {
  const chosen = photos && new Set<PhotoId>(photos);
  const files = presentFiles(store).filter(({ photo }) => chosen?.has(photo) ?? true);
  const parts = partsOf(store);
  const isChosen = ({ source, score }: PhotoLabelRow) =>
    source !== "rejected" && (source !== "predicted" || (labels === "shown" && score >= threshold));
  return {
    count: files.length,
    split: parts !== null,
    async *read() {
      for (const [done, file] of files.entries()) {
        if (done % FILES_PER_YIELD === 0) await yieldNow(done);
        const carried = labelsOfPhoto(store, file.photo);
        const rejected =
          labels === "accepted" ? [] : carried.filter(({ source }) => source === "rejected").map(({ label }) => label);
        const boxes = file.companion ? [] : (boxesOf?.(file.photo) ?? []);
        const given = { labels: carried.filter(isChosen), rejected, boxes };
        if (!file.readable && given.labels.length + boxes.length === 0) continue;
        yield { ...file, ...given, model: modelOfPhoto(store, file.photo), part: parts?.get(file.photo) ?? null };
      }
      await yieldNow(files.length);
    },
  };
}
