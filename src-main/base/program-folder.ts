import { existsSync, readFileSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of package.json, resources and out; the same from the sources, from out/main and from its chunks. */
export function programFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json"))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error(`There is no package.json above ${fileURLToPath(import.meta.url)}.`);
    folder = parent;
  }
  return folder;
}

/**
 * A file's path for other processes. Only Electron reads the archive of a packaged program; the engine's files are
 * unpacked beside it.
 */
export function outsideArchive(path: string): string {
  return path.replace(`${sep}app.asar${sep}`, `${sep}app.asar.unpacked${sep}`);
}

export const programVersion = (): string => manifest().version;

/** The SPDX id of the program's licence. */
export const programLicence = (): string => manifest().license;

const manifest = () =>
  JSON.parse(readFileSync(join(programFolder(), "package.json"), "utf8")) as { version: string; license: string };
