import { resolve } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { LabelId } from "../../src-shared/contract";
import { tryTarget, writeAtomic } from "../base/write-file";
import { fullName } from "../labeller/lexicon";
import { allFiles, failures } from "../store/photos";
import { labelsOfPhoto } from "../store/predictions";
import type { OpenLibrary } from "../workspace/open-library";
import { rounded, writeCsv, type WriteText } from "./csv";
import { LABEL_TABLE } from "./label-tables";
import { type LabelledFiles, labelledFiles } from "./labelled-files";

/** A file with the labels that it shows, or with the reason why it has none. */
export type TaggedFile =
  | { path: string; error: { code: string; message: string } }
  | { path: string; labels: { label: string; parent?: string; score: number; source: string; id: LabelId }[] };

/** Every file of a library, sorted by path. @param top labels per file, at most */
export function* taggedFiles({ store, lexicon }: OpenLibrary, top: number): Generator<TaggedFile> {
  for (const { path, photo, error } of allFiles(store)) {
    if (error) {
      yield { path, error };
      continue;
    }
    const all = photo === null ? [] : labelsOfPhoto(store, photo);
    const labels = all
      .filter(({ source }) => source !== "rejected")
      .slice(0, top)
      .map(({ label, score, source }) => {
        const { name, parent } = lexicon.named(label);
        return {
          label: name,
          ...(parent === null ? {} : { parent }),
          score: rounded(score),
          source,
          id: label,
        };
      });
    yield { path, labels };
  }
}

const tagsCsv = (home: string, file: string) => ({ home, file: resolve(file), format: LABEL_TABLE, overwrite: true });

/** Finds out before labelling whether `writeTagsCsv` could write this file. @throws Refusal of `tryTarget` */
export const tryTagsCsv = (home: string, file: string): void => tryTarget(tagsCsv(home, file));

/**
 * Writes the same labels as CSV.
 * @param to a file, in place of an earlier export, or what takes the text
 * @throws Refusal of `writeAtomic`, or the signal's reason if aborted
 */
export async function writeTagsCsv(
  { store, lexicon }: OpenLibrary,
  top: number,
  to: string | WriteText,
  signal: AbortSignal,
): Promise<void> {
  const files = withTopLabels(
    labelledFiles(store, { photos: null, labels: "shown", threshold: 0 }, async () => {
      await setImmediate(); // lets signals arrive
      signal.throwIfAborted();
    }),
    top,
  );
  const how = { textOf: (label: LabelId) => fullName(lexicon.named(label)), escapeFormulas: true, withRejected: false };
  if (typeof to !== "string") await writeCsv(files, how, to);
  else
    await writeAtomic(tagsCsv(store.home, to), (handle) =>
      writeCsv(files, how, async (text) => handle.writeFile(text, "utf8")),
    );
}

/** Files that could not be read, sorted by path. */
export const unreadableFiles = ({ store }: OpenLibrary): { path: string; message: string }[] =>
  failures(store).map(({ path, message }) => ({ path, message }));

const withTopLabels = (files: LabelledFiles, top: number): LabelledFiles => ({
  ...files,
  async *read() {
    for await (const file of files.read()) yield { ...file, labels: file.labels.slice(0, top) };
  },
});
