/** Words as unit vectors; similar meanings have similar directions. */
import { statSync } from "node:fs";
import { Refusal } from "../../src-shared/refusal";
import { normalise as toUnit } from "../math/vectors";
import { foldPhrase, headNounOf, singulars, withoutAccents } from "./phrases";
import { spellingNeighbours } from "./spelling";
import { parseVocabulary } from "./vocabulary-format";

export interface Vocabulary {
  /** Changes when any word or vector changes; vectors with different ids can't be compared. */
  readonly id: string;
  /** E */
  readonly dimensions: number;
  /** N */
  readonly size: number;
  /** The i-th most frequent word, `0 ≤ i < N`. */
  word(i: number): string;
  /** Whether `vector` knows every word of a phrase. */
  has(phrase: string): boolean;
  /** Frequency rank of a word as written, 0 for the most frequent; null if unknown. */
  rank(word: string): number | null;
  /**
   * Unit vector `[E]` of a word or phrase; folds case and plurals. A phrase is a weighted sum: frequent words count
   * less, its head noun twice, unknown words not at all. Null if no word is known.
   */
  vector(phrase: string): Float32Array | null;
  /** The words of a phrase that have no vector, folded, without repetitions. */
  unknownWords(phrase: string): string[];
  /** Up to n known words that a misspelt one may mean, the most probable first. */
  suggestions(word: string, n: number): string[];
  /** All unit vectors, `[N, E]` row-major; allocates N·E·4 bytes on each call. */
  vectors(): Float32Array;
}

/**
 * Words are weighted by a / (a + p) with frequencies p from Zipf's law (Arora et al. 2017, "A simple but tough-to-beat
 * baseline for sentence embeddings"): "of" has weight 0.05, the 1,000th word 0.93.
 */
const FREQUENT = 1e-3;
/**
 * Factor on the weight of a phrase's head: a school bus is a bus. The best of 1, 1.5 and 2 for neighbours among
 * ImageNet's classes.
 */
const HEAD = 2;

/**
 * @throws Refusal `bad-vocabulary` when the file is not a vocabulary, has another version, or is truncated or corrupt
 */
export function readVocabulary(path: string): Vocabulary {
  if (!statSync(path, { throwIfNoEntry: false })?.isFile())
    throw new Refusal("bad-vocabulary", `There is no vocabulary ${path}.`);
  const { id, dimensions, words, alphabetical, codes } = parseVocabulary(path);
  const harmonic = Math.log(words.length) + 0.5772;

  /** Index of a word as written. */
  function find(word: string): number | undefined {
    let low = 0;
    let high = words.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (words[alphabetical[middle]] < word) low = middle + 1;
      else high = middle;
    }
    const found = alphabetical[low];
    return words[found] === word ? found : undefined;
  }

  /** Index of a word, or of its nearest form that is known. */
  function place(word: string): number | undefined {
    const asWritten = find(word);
    if (asWritten !== undefined) return asWritten;
    const plain = word.replace(/'s$|'$/, "");
    for (const form of [plain, withoutAccents(plain), ...singulars(plain)]) {
      const found = find(form);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /**
   * The parts of a folded phrase: the phrase itself if it is known as one word, otherwise its words, split at hyphens
   * if necessary.
   */
  function parts(folded: string): string[] {
    if (folded === "") return [];
    if (place(folded) !== undefined) return [folded];
    const hyphened = folded.replace(/ /g, "-");
    if (find(hyphened) !== undefined) return [hyphened];
    return folded
      .split(" ")
      .flatMap((word) => (place(word) === undefined ? word.split(/[^\p{L}\p{N}']+/u) : [word]))
      .filter((word) => word !== "");
  }

  function addUnit(target: Float32Array, at: number, i: number, weight: number): void {
    const from = i * dimensions;
    let squares = 0;
    for (let d = 0; d < dimensions; d++) squares += codes[from + d] * codes[from + d];
    const scale = weight / Math.sqrt(squares);
    for (let d = 0; d < dimensions; d++) target[at + d] += codes[from + d] * scale;
  }

  function vector(phrase: string): Float32Array | null {
    const words = parts(foldPhrase(phrase));
    const head = headNounOf(words);
    const sum = new Float32Array(dimensions);
    words.forEach((word, n) => {
      const i = place(word);
      if (i === undefined) return;
      addUnit(sum, 0, i, (FREQUENT / (FREQUENT + 1 / ((i + 1) * harmonic))) * (n === head ? HEAD : 1));
    });
    return normalise(sum);
  }

  function unknownWords(phrase: string): string[] {
    return [...new Set(parts(foldPhrase(phrase)).filter((word) => place(word) === undefined))];
  }

  return {
    id,
    dimensions,
    size: words.length,
    word: (i) => words[i],
    has: (phrase) => foldPhrase(phrase) !== "" && unknownWords(phrase).length === 0,
    rank: (word) => find(word) ?? null,
    vector,
    unknownWords,
    suggestions: (word, n) => spellingNeighbours(words, withoutAccents(foldPhrase(word)), n),
    vectors() {
      const all = new Float32Array(words.length * dimensions);
      for (let i = 0; i < words.length; i++) addUnit(all, i * dimensions, i, 1);
      return all;
    },
  };
}

/** Scales a vector to unit length, in place; null if its length is 0. */
export function normalise(vector: Float32Array): Float32Array | null {
  return vector.some((x) => x !== 0) ? toUnit(vector) : null;
}
