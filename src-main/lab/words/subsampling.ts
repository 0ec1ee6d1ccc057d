/**
 * Probability of keeping an occurrence of each word: the context of very frequent words says little. As in word2vec's
 * program, with f the word's share of the corpus and t the threshold: `min(1, (√(f/t) + 1) · t/f)`; the paper's
 * `√(t/f)` is slightly lower.
 * @param counts `[V]`
 * @param threshold t; 0 keeps everything
 * @returns `[V]`
 */
export function keepProbabilities(counts: Float64Array, threshold: number): Float64Array {
  const N = counts.reduce((a, b) => a + b, 0);
  return counts.map((count) => {
    const ratio = (threshold * N) / count;
    return threshold === 0 ? 1 : Math.min(1, Math.sqrt(ratio) + ratio);
  });
}
