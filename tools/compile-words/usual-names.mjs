/**
 * What people call a thing, among all its names in WordNet: the name that is met most often in this sense and hardly in
 * another,
 * as far as the word vectors' order by frequency and the senses' counts in tagged text tell. WordNet's own first name
 * stays where
 * no other is clearly more usual; what this cannot know is listed in `names-by-hand.mjs`.
 */

/** A name must be met this many times as often as WordNet's first one to be shown in its place: e to this power. */
const CLEARLY = 1.5;
/**
 * Share of a name's uses that have this sense counts to this power: a frequent name of many things is no good name of
 * one.
 */
const UNAMBIGUOUS = 2;
/** What a name loses, as a logarithm, where another of its senses is the most frequent one. */
const SECONDARY = 5;
/**
 * Logarithm by which the second of two words is more frequent after the first than elsewhere: unrelated words', and per
 * unit of cosine.
 */
const TOGETHER = [2, 9];
/** As much as so many occurrences in tagged text each sense has, which keeps those never met from counting nothing. */
const UNSEEN = 0.5;
/** The same more for the synset's first name. */
const FIRST_NAME = 2;
/** "Sturnus vulgaris": of use to find a bird, not to show it. */
const GENUS = "genus ";

/**
 * @param wordnet, vocabulary of readWordNet(), readVocabulary()
 * @param wordCounts of readWordCounts()
 * @param isOffensive of prediction-rules.ts
 * @returns function from a label to the name it is shown with, in WordNet's spelling
 */
export function usualNames(wordnet, vocabulary, wordCounts, isOffensive) {
  const harmonic = Math.log(vocabulary.size) + 0.5772;
  /** Logarithm of a word's share of all words by Zipf's law; null for an unknown one. */
  const frequency = (word) => {
    const rank = vocabulary.rank(word);
    return rank === null ? null : -Math.log((rank + 1) * harmonic);
  };

  /** Logarithm of how often a name is met at all; null where a word of it is unknown. */
  function phraseFrequency(folded) {
    const words = folded.split(/[ -]/).filter(Boolean);
    let sum = 0;
    for (const [i, word] of words.entries()) {
      const alone = frequency(word);
      if (alone === null) return frequency(folded);
      const likeness = i === 0 ? null : cosine(vocabulary.vector(words[i - 1]), vocabulary.vector(word));
      sum += alone + (likeness === null ? 0 : Math.max(0, TOGETHER[0] + TOGETHER[1] * likeness));
    }
    // "dish washer": known in one word, it is rarely written in two.
    const joined = words.length > 1 ? (frequency(words.join("")) ?? frequency(words.join("-"))) : null;
    return joined === null ? sum : Math.min(sum, joined - CLEARLY);
  }

  /**
   * Logarithm of how often a name is met in this sense, less what its other senses make of it; null where that can't be
   * told.
   */
  function usage(lemma, id) {
    const folded = lemma.toLowerCase();
    const met = phraseFrequency(folded);
    if (met === null) return null;
    const senses = wordnet.sensesWithCounts(lemma);
    const weight = ({ id: sense, name, count }) => count + UNSEEN + (wordnet.name(sense) === name ? FIRST_NAME : 0);
    const all = senses.reduce((sum, sense) => sum + weight(sense), 0);
    const here = Math.max(...senses.filter((sense) => sense.id === id).map(weight));
    const counts = wordCounts.get(folded) ?? { noun: 0, all: 0 };
    const share = (here / all) * ((counts.noun + 1) / (counts.all + 1));
    return met + UNAMBIGUOUS * Math.log(share) - (senses[0].id === id ? 0 : SECONDARY);
  }

  const isLatin = (lemma) =>
    / /.test(lemma) && /^[A-Z]/.test(lemma) && wordnet.senses(GENUS + lemma.split(" ")[0]).length > 0;

  return (id) => {
    const [first, ...others] = wordnet.lemmas(id);
    const rare = phraseFrequency(first.toLowerCase()) ?? -Infinity;
    let best = first;
    let most = isOffensive(first) ? -Infinity : (usage(first, id) ?? -Infinity) + CLEARLY;
    for (const lemma of others) {
      if (isOffensive(lemma) || isLatin(lemma)) continue;
      if (phraseFrequency(lemma.toLowerCase()) < rare && !lemma.split(" ").includes(first)) continue;
      const met = usage(lemma, id) ?? -Infinity;
      if (met > most) [best, most] = [lemma, met];
    }
    return best;
  };
}

function cosine(a, b) {
  return a === null || b === null ? 0 : a.reduce((sum, x, d) => sum + x * b[d], 0);
}
