import { Refusal } from "../../../src-shared/refusal";
import type { Corpus } from "./corpus";
import { SENTENCE_END } from "./tokens";

/** A corpus reduced to frequent words, in memory shared between threads. */
export interface CountedCorpus {
  /** Most frequent first. */
  words: string[];
  /** `[V]` number of occurrences */
  counts: Float64Array;
  /** Indices into `words`, with `SENTENCE_END` between sentences; rare words are left out. */
  tokens: Int32Array<SharedArrayBuffer>;
  /** Number of word tokens: the sum of `counts`. */
  size: number;
}

/** `[words]` number of occurrences */
export function countWords({ words, tokens }: Corpus): Float64Array {
  const counts = new Float64Array(words.length);
  for (let i = 0; i < tokens.length; i++) if (tokens[i] !== SENTENCE_END) counts[tokens[i]]++;
  return counts;
}

/**
 * Drops words with fewer than `minCount` occurrences and renumbers the rest by falling count; ties keep their order.
 * @throws Refusal `bad-corpus` when fewer than two words remain
 */
export function keepFrequent(corpus: Corpus, minCount: number): CountedCorpus {
  const met = countWords(corpus);
  const kept = [...met.keys()].filter((word) => met[word] >= minCount).sort((a, b) => met[b] - met[a] || a - b);
  if (kept.length < 2) {
    const most = met.reduce((a, b) => Math.max(a, b), 0);
    throw new Refusal(
      "bad-corpus",
      `Of ${met.length} distinct ${met.length === 1 ? "word" : "words"} ${kept.length} occur at ` +
        `least ${minCount} times (the most frequent ${most} times); at least two are needed.`,
    );
  }
  const place = new Int32Array(met.length).fill(SENTENCE_END);
  kept.forEach((word, i) => (place[word] = i));
  const counts = Float64Array.from(kept, (word) => met[word]);
  return {
    words: kept.map((word) => corpus.words[word]),
    counts,
    tokens: renumbered(corpus.tokens, place),
    size: counts.reduce((a, b) => a + b, 0),
  };
}

/** Dropped words leave no gap, as in word2vec: context windows reach across them. */
function renumbered(tokens: Int32Array, place: Int32Array): Int32Array<SharedArrayBuffer> {
  const fits = (token: number, last: number) =>
    token === SENTENCE_END ? last !== SENTENCE_END : place[token] !== SENTENCE_END;
  const run = (put: (token: number) => void) => {
    let last = SENTENCE_END;
    for (let i = 0; i < tokens.length; i++) {
      if (!fits(tokens[i], last)) continue;
      last = tokens[i] === SENTENCE_END ? SENTENCE_END : place[tokens[i]];
      put(last);
    }
  };
  let n = 0;
  run(() => n++);
  const kept = new Int32Array(new SharedArrayBuffer(4 * n));
  let at = 0;
  run((token) => (kept[at++] = token));
  return kept;
}
