/**
 * Labels of the 1,000 ImageNet classes, from a folder with their ids and with the names and parents of all ImageNet
 * synsets.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * @param folder contains `imagenet-1k.txt` (one wnid per line) and `synsets.tsv` (wnid, lemmas, parents)
 * @returns JSON: `[[wnid, label, name], ...]` in the order of the logits
 */
export function compileImagenet(folder, wordnet, mapWnids) {
  const rows = readFileSync(join(folder, "synsets.tsv"), "utf8")
    .split("\n")
    .slice(1)
    .filter(Boolean)
    .map((line) => {
      const [wnid, lemmas, parents] = line.split("\t");
      return { wnid, lemmas: lemmas.split(", ").filter(Boolean), parents: parents.split(",").filter(Boolean) };
    });
  const classes = readFileSync(join(folder, "imagenet-1k.txt"), "utf8").split("\n").filter(Boolean);
  const { mapping, unmapped } = mapWnids(rows, wordnet);
  process.stdout.write(
    `${mapping.size} of ${rows.length} wnids mapped; ${unmapped.length} not, mostly without names\n`,
  );
  const missing = classes.filter((wnid) => !mapping.has(wnid));
  if (missing.length > 0)
    throw new Error(`no label for ${missing.length} of ${classes.length} classes: ${missing.join(", ")}`);
  const entries = classes.map((wnid) => JSON.stringify([wnid, mapping.get(wnid), wordnet.name(mapping.get(wnid))]));
  return `[\n${entries.join(",\n")}\n]\n`;
}
