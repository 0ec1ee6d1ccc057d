/** Reads the noun files of WordNet 3.1 (format: wndb(5WN), senseidx(5WN)). */
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** @returns one record per noun synset, by ascending offset */
export function readNounSynsets(dict) {
  const senses = readSenses(join(dict, "index.sense"));
  return lines(join(dict, "data.noun"))
    .map((line) => {
      const fields = line.slice(0, line.indexOf(" | ")).split(" ");
      const offset = Number(fields[0]);
      const lemmas = [];
      let at = 4;
      for (let n = parseInt(fields[3], 16); n > 0; n--, at += 2) {
        const sense = senses.get(`${fields[at].toLowerCase()} ${offset}`);
        if (sense === undefined) throw new Error(`${fields[at]} has no sense at ${fields[0]} in index.sense`);
        lemmas.push({ name: fields[at].replaceAll("_", " "), ...sense });
      }
      const parents = [];
      for (let n = Number(fields[at++]); n > 0; n--, at += 4) {
        if (fields[at] === "@") parents.push({ offset: Number(fields[at + 1]), instance: false });
        if (fields[at] === "@i") parents.push({ offset: Number(fields[at + 1]), instance: true });
      }
      return { offset, file: Number(fields[1]), lemmas, parents };
    })
    .sort((a, b) => a.offset - b.offset);
}

/**
 * Every word that occurs in a noun, in lower case: the parts of "golden retriever" and "well-being", and these
 * themselves.
 */
export function wordsOf(synsets) {
  const words = new Set();
  for (const { lemmas } of synsets) {
    for (const { name } of lemmas) {
      for (const word of name.toLowerCase().split(" ")) {
        words.add(word);
        for (const part of word.split("-")) words.add(part);
      }
    }
  }
  words.delete("");
  return words;
}

/** Sense rank among a noun's senses (1 is the most frequent) and occurrences in tagged text, by "lemma offset". */
function readSenses(path) {
  const senses = new Map();
  for (const line of lines(path)) {
    const [key, offset, number, count] = line.split(" ");
    const [lemma, rest] = key.split("%");
    if (rest[0] === "1") senses.set(`${lemma} ${Number(offset)}`, { number: Number(number), count: Number(count) });
  }
  return senses;
}

/** Occurrences of a word in tagged text as a noun, and in all parts of speech, by lower-case lemma with spaces. */
export function readWordCounts(dict) {
  const counts = new Map();
  for (const line of lines(join(dict, "index.sense"))) {
    const [key, , , count] = line.split(" ");
    const [lemma, rest] = key.split("%");
    const word = lemma.replaceAll("_", " ");
    const sum = counts.get(word) ?? { noun: 0, all: 0 };
    sum.all += Number(count);
    if (rest[0] === "1") sum.noun += Number(count);
    counts.set(word, sum);
  }
  return counts;
}

function lines(path) {
  return readFileSync(path, "latin1")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("  "));
}
