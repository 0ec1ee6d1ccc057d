import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * WordNet's definitions of labels, without examples, as a JSON list of `[label, definition]`.
 * @param dict WordNet's `dict` folder
 * @param labels ids such as `wn:02086723`
 */
export function compileGlosses(dict, labels) {
  const wanted = new Set(labels);
  const rows = readFileSync(join(dict, "data.noun"), "latin1")
    .split("\n")
    .filter((line) => wanted.has(`wn:${line.slice(0, 8)}`))
    .map((line) => [`wn:${line.slice(0, 8)}`, definitionIn(line.slice(line.indexOf(" | ") + 3))]);
  if (rows.length !== wanted.size) throw new Error(`${wanted.size} labels have only ${rows.length} definitions`);
  return `[\n${rows.map((row) => JSON.stringify(row)).join(",\n")}\n]\n`;
}

/** The part of a gloss before its examples, which are in quotation marks. */
const definitionIn = (gloss) =>
  gloss
    .split(/[;:,]?\s*"/, 1)[0]
    .trim()
    .replace(/\s+/g, " ");
