/**
 * Joins words that occur together far more often than by chance into phrases: "golden retriever". Mikolov et al. 2013,
 * "Distributed representations of words and phrases and their compositionality", eq. 6, with word2phrase's factor for
 * the size of the corpus:
 *
 *     score(a, b) = (count(a b) − δ) · N / (count(a) · count(b))
 */
import type { Corpus } from "./corpus";
import { countWords } from "./frequent-words";
import { createPairCounts } from "./pair-counts";
import { SENTENCE_END } from "./tokens";

export interface PhraseOptions {
  /** Passes over the corpus: the first finds phrases of two words, the second of up to four. */
  passes: number;
  /** δ, and the minimum count of each word of a phrase: rare words co-occur by chance. */
  discount: number;
  /** Minimum score in the first pass; halved in each further pass, as the paper lowers it. */
  threshold: number;
}

/** word2phrase's defaults. */
export const PHRASE_THRESHOLD = 100;

export const phraseScore = (pair: number, a: number, b: number, N: number, discount: number): number =>
  ((pair - discount) * N) / (a * b);

/**
 * The corpus with phrases as single words, their parts joined by a space. The parts remain words where they occur on
 * their own.
 */
export function joinPhrases(corpus: Corpus, { passes, discount, threshold }: PhraseOptions): Corpus {
  let joined = corpus;
  for (let pass = 0; pass < passes; pass++) joined = joinPairs(joined, discount, threshold / 2 ** pass);
  return joined;
}

function joinPairs(corpus: Corpus, discount: number, threshold: number): Corpus {
  const { tokens } = corpus;
  const counts = countWords(corpus);
  const N = counts.reduce((a, b) => a + b, 0);
  const frequent = (token: number) => token !== SENTENCE_END && counts[token] >= discount;
  const pairs = createPairCounts();
  for (let i = 1; i < tokens.length; i++)
    if (frequent(tokens[i - 1]) && frequent(tokens[i])) pairs.add(tokens[i - 1], tokens[i]);

  const words = [...corpus.words];
  const names = new Map(words.map((word, i) => [word, i]));
  const out = new Int32Array(tokens.length);
  let n = 0;
  for (let i = 0; i < tokens.length; i++) {
    const [a, b] = [tokens[i], i + 1 < tokens.length ? tokens[i + 1] : SENTENCE_END];
    if (frequent(a) && frequent(b) && phraseScore(pairs.get(a, b), counts[a], counts[b], N, discount) > threshold) {
      const name = `${words[a]} ${words[b]}`;
      let phrase = names.get(name);
      if (phrase === undefined) names.set(name, (phrase = words.push(name) - 1));
      out[n++] = phrase;
      i++; // its second word can't begin another phrase
    } else out[n++] = a;
  }
  return { words, tokens: out.subarray(0, n) };
}
