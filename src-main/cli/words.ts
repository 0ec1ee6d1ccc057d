import { Presets, SingleBar } from "cli-progress";
import { Refusal } from "../../src-shared/refusal";
import { readCorpus } from "../lab/words/corpus";
import { keepFrequent } from "../lab/words/frequent-words";
import { importVectors } from "../lab/words/import-vectors";
import { nearestRows } from "../lab/words/nearest-words";
import { joinPhrases, PHRASE_THRESHOLD } from "../lab/words/phrase-detection";
import { trainWordVectors } from "../lab/words/train-word-vectors";
import { checkSettings, type TrainSettings } from "../lab/words/training";
import { readVocabulary } from "../words/vocabulary";
import { checkOutput, writeVocabularyFile } from "../words/vocabulary-file";
import { printJson } from "./session";

export interface TrainWordsOptions {
  out: string;
  dimensions: number;
  window: number;
  negative: number;
  hierarchicalSoftmax?: boolean;
  minCount: number;
  epochs: number;
  subsample: number;
  rate: number;
  phrases: number;
  threads: number;
  seed: number;
  lines?: boolean;
  json?: boolean;
}

/** `semblance words train`: skip-gram word vectors from text files, written as a vocabulary. */
export async function trainWords(
  files: string[],
  { out, json, minCount, phrases, lines, hierarchicalSoftmax, ...given }: TrainWordsOptions,
): Promise<void> {
  const { dimensions, window, epochs, subsample, rate, threads, seed } = given;
  const settings: TrainSettings = {
    dimensions,
    window,
    epochs,
    subsample,
    rate,
    threads,
    seed,
    negative: hierarchicalSoftmax ? 0 : given.negative,
  };
  checkSettings(settings);
  if (settings.negative === 0 && !hierarchicalSoftmax)
    throw new Refusal(
      "bad-setting",
      "--negative 0 leaves nothing to learn from: say --hierarchical-softmax if that is meant.",
    );
  checkOutput(out, files);
  const begun = performance.now();
  const bar = progressBar(json);
  try {
    const read = bar.stage("Reading", "MB", 1e6);
    let corpus = readCorpus(files, { lines, onProgress: read });
    const distinct = corpus.words.length;
    if (phrases > 0) corpus = joinPhrases(corpus, { passes: phrases, discount: minCount, threshold: PHRASE_THRESHOLD });
    const counted = keepFrequent(corpus, minCount);
    const show = bar.stage("Training", "words", 1);
    const { vectors, seconds, wordsPerSecond } = await interruptible((signal) =>
      trainWordVectors(counted, settings, { signal, onProgress: ({ done, total }) => show(done, total) }),
    );
    const bytes = writeVocabularyFile(out, counted.words, vectors, dimensions);
    bar.stop();
    const joined = counted.words.filter((word) => word.includes(" ")).length;
    const result = {
      out,
      id: readVocabulary(out).id,
      bytes,
      words: counted.words.length,
      phrases: joined,
      dimensions,
      corpus: { words: counted.size, distinct },
      settings: { ...settings, minCount, phrases },
      wordsPerSecond: Math.round(wordsPerSecond),
      trainingSeconds: rounded(seconds),
      seconds: rounded((performance.now() - begun) / 1000),
    };
    if (json) return printJson(result);
    console.log(
      `${result.words} words${joined > 0 ? ` (${joined} of them phrases)` : ""} of ${dimensions} dimensions in ${out}, ${bytes} bytes`,
    );
    console.log(
      `  trained on ${counted.size} words (${distinct} distinct ones were met), ${epochs} times, in ${result.trainingSeconds} s: ${result.wordsPerSecond} words/s on ${threads} ${threads === 1 ? "thread" : "threads"}`,
    );
  } finally {
    bar.stop();
  }
}

/** `semblance words import`: vectors that another program made, written as a vocabulary. */
export function importWords(file: string, { out, json }: { out: string; json?: boolean }): void {
  checkOutput(out, [file]);
  const { format, words, vectors, dimensions, repeated, zero } = importVectors(file);
  const bytes = writeVocabularyFile(out, words, vectors, dimensions);
  if (json)
    return printJson({
      out,
      id: readVocabulary(out).id,
      bytes,
      format,
      words: words.length,
      dimensions,
      repeated,
      zero,
    });
  console.log(`${words.length} words of ${dimensions} dimensions (${format}) in ${out}, ${bytes} bytes`);
  if (repeated > 0) console.log(`  ${repeated} that differ from an earlier word only in case were left out`);
  if (zero > 0) console.log(`  ${zero} with a vector of 0 were left out`);
}

/** `semblance words near`: the words nearest to a word or phrase. */
export function wordsNear(file: string, words: string[], { limit, json }: { limit: number; json?: boolean }): void {
  const vocabulary = readVocabulary(file);
  const phrase = words.join(" ");
  const vector = vocabulary.vector(phrase);
  if (vector === null) {
    const like = vocabulary.suggestions(phrase, 3);
    throw new Refusal(
      "no-words",
      `No word of “${phrase}” is among the ${vocabulary.size} words of ${file}${like.length > 0 ? `; like it: ${like.join(", ")}` : ""}.`,
    );
  }
  const own = vocabulary.rank(phrase);
  const nearest = nearestRows(vocabulary.vectors(), vector, limit, new Set(own === null ? [] : [own])).map(
    ({ row, cosine }) => ({ word: vocabulary.word(row), cosine: Math.round(cosine * 1e4) / 1e4 }),
  );
  if (json) return printJson({ words: phrase, near: nearest });
  for (const { word, cosine } of nearest) console.log(`${cosine.toFixed(3)}  ${word}`);
}

const rounded = (seconds: number) => Math.round(seconds * 10) / 10;

/** Ctrl-C ends the threads; nothing is written then. */
async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  const interrupt = () => abort.abort(new Refusal("cancelled", "cancelled; nothing was written"));
  process.once("SIGINT", interrupt);
  try {
    return await work(abort.signal);
  } finally {
    process.off("SIGINT", interrupt);
  }
}

/** One bar on stderr, of one stage after the other; nothing where stderr is no terminal. */
function progressBar(quiet = false) {
  const bar = new SingleBar(
    {
      stream: process.stderr,
      noTTYOutput: false,
      clearOnComplete: true,
      hideCursor: true,
      barsize: 30,
      format: "{doing} {bar} {percentage} % · {rate} {unit}/s",
    },
    Presets.shades_grey,
  );
  const shown = process.stderr.isTTY && !quiet;
  return {
    /** @param per what one unit is of what is counted */
    stage(doing: string, unit: string, per: number): (done: number, total: number) => void {
      const begun = performance.now();
      const details = (done: number) => ({
        doing,
        unit,
        rate: Math.round(done / per / ((performance.now() - begun) / 1000 || 1)),
      });
      bar.stop();
      if (shown) bar.start(1, 0, details(0));
      return (done, total) => {
        if (!shown) return;
        bar.setTotal(total);
        bar.update(done, details(done));
      };
    },
    stop: () => bar.stop(),
  };
}
