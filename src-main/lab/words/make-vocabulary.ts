import { Refusal } from "../../../src-shared/refusal";
import { readVocabulary } from "../../words/vocabulary";
import { checkOutput, writeVocabularyFile } from "../../words/vocabulary-file";
import { readCorpus } from "./corpus";
import { keepFrequent } from "./frequent-words";
import { type ImportedVectors, importVectors } from "./import-vectors";
import { nearestRows } from "./nearest-words";
import { joinPhrases, PHRASE_THRESHOLD } from "./phrase-detection";
import { type TrainedWords, trainWordVectors } from "./train-word-vectors";
import { checkSettings, type TrainSettings } from "./training";

/** A vocabulary that was written. */
export interface WrittenVocabulary {
  id: string;
  bytes: number;
  words: number;
}

export interface TrainedVocabulary extends WrittenVocabulary, Pick<TrainedWords, "seconds" | "wordsPerSecond"> {
  /** Words of the vocabulary that are phrases. */
  phrases: number;
  /** Words that were trained on, and different words in the text. */
  corpus: { words: number; distinct: number };
}

export interface VocabularyQuery {
  /** Text files in UTF-8. */
  files: string[];
  out: string;
  settings: TrainSettings;
  /** Words that occur less often are left out. */
  minCount: number;
  /** Passes that join words into phrases. */
  phrases: number;
  /** Every line is a sentence. */
  lines?: boolean;
}

export interface VocabularyListeners {
  /** Bytes of the text files. */
  onRead: (done: number, total: number) => void;
  /** Runs the training, once the text is read; aborting `signal` cancels it. Progress is in words of all epochs. */
  train: <T>(
    work: (signal: AbortSignal, onProgress: (done: number, total: number) => void) => Promise<T>,
  ) => Promise<T>;
}

/**
 * Skip-gram word vectors from text files, written as a vocabulary.
 * @param home the data folder
 * @throws Refusal `bad-setting`, of `checkOutput`, `bad-corpus`, `diverged`, or what `signal` was aborted
 *   with; then nothing is written
 */
export async function trainVocabulary(
  home: string,
  { files, out, settings, minCount, phrases, lines }: VocabularyQuery,
  { onRead, train }: VocabularyListeners,
): Promise<TrainedVocabulary> {
  checkSettings(settings);
  checkOutput(home, out, files);
  let corpus = readCorpus(files, { lines, onProgress: onRead });
  const distinct = corpus.words.length;
  if (phrases > 0) corpus = joinPhrases(corpus, { passes: phrases, discount: minCount, threshold: PHRASE_THRESHOLD });
  const counted = keepFrequent(corpus, minCount);
  const { vectors, seconds, wordsPerSecond } = await train((signal, onProgress) =>
    trainWordVectors(counted, settings, { signal, onProgress: ({ done, total }) => onProgress(done, total) }),
  );
  return {
    ...write(home, out, counted.words, vectors, settings.dimensions),
    phrases: counted.words.filter((word) => word.includes(" ")).length,
    corpus: { words: counted.size, distinct },
    seconds,
    wordsPerSecond,
  };
}

/**
 * Vectors that another program made, written as a vocabulary.
 * @param home the data folder
 * @throws Refusal `no-file`, `bad-vectors`, or of `checkOutput`
 */
export function importVocabulary(
  home: string,
  file: string,
  out: string,
): WrittenVocabulary & Pick<ImportedVectors, "format" | "dimensions" | "repeated" | "zero"> {
  checkOutput(home, out, [file]);
  const { words, vectors, ...about } = importVectors(file);
  return { ...about, ...write(home, out, words, vectors, about.dimensions) };
}

/**
 * The words nearest to a word or phrase, without itself.
 * @param file a vocabulary
 * @returns cosines to four digits, nearest first
 * @throws Refusal `bad-vocabulary`; `no-words` if the vocabulary has no word of the phrase
 */
export function wordsNearTo(file: string, phrase: string, limit: number): { word: string; cosine: number }[] {
  const vocabulary = readVocabulary(file);
  const vector = vocabulary.vector(phrase);
  if (vector === null) {
    const similar = vocabulary.suggestions(phrase, SUGGESTIONS);
    throw new Refusal(
      "no-words",
      `No word of “${phrase}” is among the ${vocabulary.size} words of ` +
        `${file}.${similar.length > 0 ? ` Did you mean ${similar.join(", ")}?` : ""}`,
    );
  }
  const own = vocabulary.rank(phrase);
  return nearestRows(vocabulary.vectors(), vector, limit, new Set(own === null ? [] : [own])).map(
    ({ row, cosine }) => ({ word: vocabulary.word(row), cosine: Math.round(cosine * 1e4) / 1e4 }),
  );
}

const SUGGESTIONS = 3;

function write(
  home: string,
  out: string,
  words: string[],
  vectors: Float32Array,
  dimensions: number,
): WrittenVocabulary {
  const bytes = writeVocabularyFile(home, out, words, vectors, dimensions);
  return { id: readVocabulary(out).id, bytes, words: words.length };
}
