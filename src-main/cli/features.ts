import { formatCount } from "../../src-shared/format-count";
import { dropFeaturesOf, droppedSentence, findLibraryPack, libraryPacks } from "../features/learn/library-packs";
import { printJson, say } from "./output";
import { withFolder } from "./session";

/** `semblance features`: lists the features in a folder's library by model; `--drop` deletes those of one model. */
export async function showFeatures(
  folder: string,
  { drop, strictFiles, json }: { drop?: string; strictFiles?: boolean; json?: boolean },
): Promise<void> {
  await withFolder(folder, { strictFiles }, async ({ library }) => {
    if (drop === undefined) {
      const packs = libraryPacks(library).filter(({ photos, isInUse }) => photos > 0 || isInUse);
      if (json) return printJson(packs);
      for (const { visualId, title, photos, bytes, isInUse } of packs)
        say(
          `${isInUse ? "*" : " "} ${visualId}  ${title}: ${formatCount(photos, "photo")}, ${(bytes / 1e6).toFixed(1)} MB`,
        );
      return;
    }
    const pack = findLibraryPack(library, drop);
    const dropped = await dropFeaturesOf(library, pack.visualId);
    if (json) printJson({ ...pack, ...dropped });
    else say(droppedSentence(pack, dropped));
  });
}
