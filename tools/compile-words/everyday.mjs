/**
 * The label set `everyday`: things, places and scenes that people tag photos with.
 *
 * By rule: single words whose most probable sense is an animal, a plant, food or an artifact, chosen by frequency.
 * Other visible things, persons and scenes are few and listed by hand, like the exceptions to the rule
 * (everyday-words.mjs).
 */
import { EXCLUDED, INCLUDED, PEOPLE, PHRASES, SENSES } from "./everyday-words.mjs";
import { SHOWN_NAMES } from "./names-by-hand.mjs";

/** Lexicographer file → maximum frequency rank of a word. */
const RAREST = new Map([
  [5, 60_000],
  [6, 40_000],
  [13, 60_000],
  [20, 45_000],
]);
/**
 * Minimum share of a word's occurrences in tagged text that are nouns, and minimum share of these that have this sense.
 */
const DOMINANT = 0.5;
const PERSON_FILE = 18;

/**
 * @param wordnet, vocabulary, rules modules of the program: readWordNet(), readVocabulary(), class-labels.ts with
 *   prediction-rules.ts
 * @param wordCounts from readWordCounts()
 * @returns JSON: `[[label, name], ...]`, most frequent name first
 */
export function compileEveryday(wordnet, vocabulary, { isVisible, visibleSense, isPredictable }, wordCounts) {
  const names = new Map();
  const missing = [];
  const add = (id, name) => {
    if (id === null || id === undefined || !wordnet.has(id)) missing.push(name);
    else if (!names.has(id)) names.set(id, SHOWN_NAMES[id] ?? spelt(name, wordnet.lemmas(id)));
  };
  for (const [name, id] of Object.entries(SENSES)) {
    if (!wordnet.lemmas(id).some((lemma) => lemma.toLowerCase() === name))
      throw new Error(`${id} is not called ${name}`);
    add(id, name);
  }
  for (const name of PEOPLE)
    add(
      wordnet.senses(name).find((id) => wordnet.synset(id).file === PERSON_FILE),
      name,
    );
  for (const name of [...INCLUDED, ...PHRASES]) {
    add(visibleSense(name, wordnet), name);
  }
  const listed = new Set(names.values());
  for (const id of wordnet.ids()) {
    if (!isVisible(id, wordnet)) continue;
    const lemmas = wordnet.lemmas(id);
    if (lemmas.some((lemma) => EXCLUDED.has(lemma) && visibleSense(lemma, wordnet) === id)) continue;
    const name = lemmas
      .filter((lemma) => isDominant(lemma, id))
      .sort((a, b) => vocabulary.rank(a) - vocabulary.rank(b))[0];
    if (name !== undefined && !listed.has(name)) add(id, name);
  }

  function isDominant(lemma, id) {
    const rank = vocabulary.rank(lemma);
    if (rank === null || rank >= (RAREST.get(wordnet.synset(id).file) ?? 0)) return false;
    if (!/^[a-z-]+$/.test(lemma) || visibleSense(lemma, wordnet) !== id || !isPredictable(id, lemma, wordnet))
      return false;
    const { noun, all } = wordCounts.get(lemma);
    const senses = wordnet.sensesWithCounts(lemma);
    const here = senses.find((sense) => sense.id === id).count;
    return noun >= DOMINANT * all && (noun > 0 ? here >= DOMINANT * noun : senses[0].id === id || all === 0);
  }

  const idle = [...EXCLUDED].filter((word) => {
    const id = visibleSense(word, wordnet);
    return id === null || !wordnet.lemmas(id).some((lemma) => isDominant(lemma, id));
  });
  if (idle.length > 0) throw new Error(`excluded, but no rule includes ${idle.join(" ")}`);
  if (missing.length > 0) throw new Error(`no synset for ${missing.join(", ")}`);
  const frequency = (name) =>
    vocabulary.rank(name.replaceAll(" ", "-")) ??
    Math.max(...name.split(" ").map((word) => vocabulary.rank(word) ?? Infinity));
  const entries = [...names]
    .filter(([id, name]) => isPredictable(id, name, wordnet))
    .sort(([a, x], [b, y]) => frequency(x.toLowerCase()) - frequency(y.toLowerCase()) || (a < b ? -1 : 1));
  return `[\n${entries.map((entry) => JSON.stringify(entry)).join(",\n")}\n]\n`;
}

/** A name in WordNet's spelling: "Christmas tree". */
function spelt(name, lemmas) {
  return lemmas.includes(name) ? name : (lemmas.find((lemma) => lemma.toLowerCase() === name) ?? name);
}
