import type { LabelId } from "../../src-shared/contract";
import { insideRoot } from "../store/named-files";
import { photoAt } from "../store/photos";
import { recordAll } from "../store/verdicts";
import type { OpenLibrary } from "../workspace/open-library";
import type { Corrections } from "./csv-corrections";

/**
 * Records the verdicts of a CSV as one step that can be undone.
 * @param file where the corrections are from, for the undo list
 * @param findNewPhotos is called if a path is unknown: its photo may be new
 * @returns `changed` of the verdicts `applied` were different before; lines `refused`, by number
 */
export async function applyCorrections(
  { store, lexicon }: OpenLibrary,
  { rows, refused }: Corrections,
  file: string,
  findNewPhotos: () => Promise<void>,
): Promise<{ applied: number; changed: number; refused: Corrections["refused"] }> {
  const photoOf = (path: string) => photoAt(store, insideRoot(store.folder, path));
  if (rows.some(({ path }) => photoOf(path) === null)) await findNewPhotos();
  const verdictChanges: { photo: number; label: LabelId; verdict: "accept" | "reject" }[] = [];
  const unusable = [...refused];
  for (const { line, path, label, verdict } of rows) {
    const photo = photoOf(path);
    if (photo === null) unusable.push({ line, reason: `There is no photo ${path} in ${store.folder}.` });
    else verdictChanges.push({ photo, label: lexicon.meant(label), verdict });
  }
  const changed = recordAll(store, verdictChanges, {
    source: "import: CSV",
    describe: (n) => `Take ${n} verdicts from ${file}`,
  });
  return { applied: verdictChanges.length, changed, refused: unusable.sort((a, b) => a.line - b.line) };
}
