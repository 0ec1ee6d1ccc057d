/**
 * Agreement of cosines between word vectors with WordNet's hierarchy, over a fixed random sample of pairs of common
 * nouns.
 */
import { randomIntegers } from "../../src-main/lab/words/random-integers";
import type { WordNet } from "../../src-main/words/wordnet";
import type { LabelId } from "../../src-shared/contract";

export interface NounPair {
  a: string;
  b: string;
  similarity: number;
}

/**
 * Pairs of different nouns with their path similarity.
 * @param nouns words of WordNet; the same nouns and seed give the same pairs
 */
export function nounPairs(wordnet: WordNet, nouns: string[], count: number, seed = 1): NounPair[] {
  const random = randomIntegers(seed);
  const pairs: NounPair[] = [];
  while (pairs.length < count) {
    const [a, b] = [nouns[random() % nouns.length], nouns[random() % nouns.length]];
    if (a !== b) pairs.push({ a, b, similarity: pathSimilarity(wordnet, a, b) });
  }
  return pairs;
}

/** 1 / (1 + edges on the shortest path between any two senses via a common ancestor). */
export function pathSimilarity(wordnet: WordNet, a: string, b: string): number {
  let best = 0;
  for (const one of wordnet.senses(a)) {
    const up = withItself(wordnet, one);
    for (const other of wordnet.senses(b)) {
      for (const [ancestor, steps] of withItself(wordnet, other)) {
        const stepsUp = up.get(ancestor);
        if (stepsUp !== undefined) best = Math.max(best, 1 / (1 + stepsUp + steps));
      }
    }
  }
  return best;
}

const withItself = (wordnet: WordNet, id: LabelId): Map<LabelId, number> =>
  new Map([[id, 0], ...wordnet.ancestors(id)]);

/**
 * Spearman's rank correlation with mean ranks for ties.
 * @throws RangeError when lengths differ or are below 2
 */
export function spearman(x: readonly number[], y: readonly number[]): number {
  if (x.length !== y.length || x.length < 2)
    throw new RangeError(`${x.length} and ${y.length} numbers have no rank correlation`);
  return correlation(ranks(x), ranks(y));
}

function ranks(values: readonly number[]): number[] {
  const order = [...values.keys()].sort((a, b) => values[a] - values[b]);
  const ranked = new Array<number>(values.length);
  for (let from = 0; from < order.length;) {
    let to = from;
    while (to < order.length && values[order[to]] === values[order[from]]) to++;
    for (let i = from; i < to; i++) ranked[order[i]] = (from + to - 1) / 2;
    from = to;
  }
  return ranked;
}

function correlation(x: number[], y: number[]): number {
  const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const [mx, my] = [mean(x), mean(y)];
  let [xy, xx, yy] = [0, 0, 0];
  x.forEach((value, i) => {
    xy += (value - mx) * (y[i] - my);
    xx += (value - mx) ** 2;
    yy += (y[i] - my) ** 2;
  });
  return xy / Math.sqrt(xx * yy);
}
