import { existsSync, realpathSync, statSync } from "node:fs";
import { z } from "zod";
import { type FolderTarget, type OwnFolder, tryFolder } from "../base/write-folder";
import type { Pack } from "../vision/pack";
import { MAX_BYTES, readPackJson } from "../vision/pack-files";

/** An entry of `pack.json` by which a pack is recognised and may be replaced by another. */
export const WRITTEN_BY = { writtenBy: "Semblance" };

/** Files of a pack that `pack.json` doesn't name. */
const UNNAMED = ["pack.json", "README.md", "projection.json", "projection.f32"];
const LICENCE = /^licen[cs]e[\w.-]*$/i;

export const PACK: OwnFolder = {
  name: "a model pack",
  isOurs(folder, files) {
    if (!files.includes("pack.json")) return false;
    const described = readPackJson(folder, "pack.json", z.record(z.string(), z.unknown()), MAX_BYTES.description);
    const named = new Set([...UNNAMED, ...textsIn(described)]);
    return described.writtenBy === WRITTEN_BY.writtenBy && files.every((name) => named.has(name) || LICENCE.test(name));
  },
};

/** All texts in a value, at any depth; file names are among them. */
function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

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
