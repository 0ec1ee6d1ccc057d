/**
 * Chooses the usual name of a synset among all its names in WordNet: the one used most often in this sense and rarely
 * in another, as far as the frequency ranks of the word vectors and the sense counts in tagged text tell. WordNet's
 * first name stays unless another is clearly more usual. Exceptions are in `names-by-hand.mjs`.
 */

/** Natural logarithm of how many times more often than WordNet's first name another must be used to replace it. */
const CLEARLY = 1.5;
/** Exponent of the share of a name's uses that have this sense: a frequent but ambiguous name is a poor choice. */
const UNAMBIGUOUS = 2;
/** Penalty, as a logarithm, when another of a name's senses is the most frequent. */
const SECONDARY = 5;
/**
 * Logarithm of how much more frequent a word is after another than elsewhere: for unrelated words, and per unit of
 * cosine.
 */
const TOGETHER = [2, 9];
/** Pseudo-count of each sense, so that senses without occurrences still count. */
const UNSEEN = 0.5;
/** Additional pseudo-count of the synset's first name. */
const FIRST_NAME = 2;
/** "Sturnus vulgaris": useful for search, but not as a display name. */
const GENUS = "genus ";

/**
 * @param wordnet, vocabulary from readWordNet(), readVocabulary()
 * @param wordCounts from readWordCounts()
 * @param isOffensive from prediction-rules.ts
 * @returns function from a label to its display name, in WordNet's spelling
 */
export function usualNames(wordnet, vocabulary, wordCounts, isOffensive) {
  const harmonic = Math.log(vocabulary.size) + 0.5772;
  /** Logarithm of a word's relative frequency by Zipf's law; null for an unknown word. */
  const frequency = (word) => {
    const rank = vocabulary.rank(word);
    return rank === null ? null : -Math.log((rank + 1) * harmonic);
  };

  /** Logarithm of a name's frequency; null if it contains an unknown word. */
  function phraseFrequency(folded) {
    const words = folded.split(/[ -]/).filter(Boolean);
    let sum = 0;
    for (const [i, word] of words.entries()) {
      const alone = frequency(word);
      if (alone === null) return frequency(folded);
      const similarity = i === 0 ? null : cosine(vocabulary.vector(words[i - 1]), vocabulary.vector(word));
      sum += alone + (similarity === null ? 0 : Math.max(0, TOGETHER[0] + TOGETHER[1] * similarity));
    }
    // "dish washer": a compound known as one word is rarely written as two.
    const joined = words.length > 1 ? (frequency(words.join("")) ?? frequency(words.join("-"))) : null;
    return joined === null ? sum : Math.min(sum, joined - CLEARLY);
  }

  /** Logarithm of a name's frequency in this sense, penalised for its other senses; null if unknown. */
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
