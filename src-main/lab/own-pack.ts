import { existsSync, realpathSync, statSync } from "node:fs";
import { type FolderTarget, type OwnFolder, tryFolder } from "../base/write-folder";
import type { Pack } from "../vision/pack";
import { describedPack, isPackFile } from "../vision/pack-file-names";

/** An entry of `pack.json` by which a pack is recognised and may be replaced by another. */
export const WRITTEN_BY = { writtenBy: "Semblance" };

export const PACK: OwnFolder = {
  name: "a model pack",
  isOurs(folder, files) {
    if (!files.includes("pack.json")) return false;
    const described = describedPack(folder);
    return described.writtenBy === WRITTEN_BY.writtenBy && files.every(isPackFile(described));
  },
};

/**
 * Where a pack is extended: a new folder, in place of a pack that Semblance wrote, or the pack itself, whoever wrote
 * it, since it keeps all its files.
 */
export function extensionOfPack(home: string, base: Pack, folder: string): FolderTarget {
  const isItself = existsSync(folder) && realpathSync(folder) === realpathSync(base.folder);
  return { home, folder, format: isItself ? { name: "a model pack", isOurs: () => true } : PACK };
}

/**
 * Finds out before long work whether a pack could be written; most of it is the network.
 * @throws Refusal of `tryFolder`
 */
export const tryPack = (target: FolderTarget, base: Pack): void => tryFolder(target, statSync(base.visual.file).size);
