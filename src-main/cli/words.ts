import { Refusal } from "../../src-shared/refusal";
import { dataFolder } from "../base/data-folder";
import { importVocabulary, trainVocabulary, wordsNearTo } from "../lab/words/make-vocabulary";
import type { TrainSettings } from "../lab/words/training";
import { interruptible } from "./interruptible";
import { printJson, say } from "./output";
import { stagesBar } from "./progress-bar";

export interface TrainWordsOptions extends TrainSettings {
  out: string;
  hierarchicalSoftmax?: boolean;
  minCount: number;
  phrases: number;
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
  if (settings.negative === 0 && !hierarchicalSoftmax)
    throw new Refusal("bad-setting", "--negative 0 leaves nothing to learn from. Use --hierarchical-softmax instead.");
  const begun = performance.now();
  const bar = stagesBar(json);
  try {
    const trained = await trainVocabulary(
      dataFolder(),
      { files, out, settings, minCount, phrases, lines },
      {
        onRead: bar.stage("Reading", "MB", 1e6),
        train: (work) =>
          interruptible((signal) => work(signal, bar.stage("Training", "words", 1)), "Cancelled. Nothing was written."),
      },
    );
    bar.stop();
    const { id, bytes, words, corpus } = trained;
    const result = {
      out,
      id,
      bytes,
      words,
      phrases: trained.phrases,
      dimensions,
      corpus,
      settings: { ...settings, minCount, phrases },
      wordsPerSecond: Math.round(trained.wordsPerSecond),
      trainingSeconds: toTenths(trained.seconds),
      seconds: toTenths((performance.now() - begun) / 1000),
    };
    if (json) return printJson(result);
    const joined = result.phrases > 0 ? `, ${result.phrases} of which are phrases,` : "";
    say(`${words} words${joined} with ${dimensions} dimensions in ${out} (${bytes} bytes)`);
    say(
      `  trained on ${corpus.words} words (${corpus.distinct} distinct) for ${epochs} epochs in ` +
        `${result.trainingSeconds} s: ${result.wordsPerSecond} words/s on ${threads} ` +
        `${threads === 1 ? "thread" : "threads"}`,
    );
  } finally {
    bar.stop();
  }
}

/** `semblance words import`: vectors that another program made, written as a vocabulary. */
export function importWords(file: string, { out, json }: { out: string; json?: boolean }): void {
  const { id, bytes, format, words, dimensions, repeated, zero } = importVocabulary(dataFolder(), file, out);
  if (json) return printJson({ out, id, bytes, format, words, dimensions, repeated, zero });
  say(`${words} words with ${dimensions} dimensions (${format}) in ${out} (${bytes} bytes)`);
  if (repeated > 0) say(`  left out: ${repeated} that differ from an earlier word only in case`);
  if (zero > 0) say(`  left out: ${zero} whose vector is 0`);
}

/** `semblance words near`: the words nearest to a word or phrase. */
export function wordsNear(file: string, words: string[], { limit, json }: { limit: number; json?: boolean }): void {
  const phrase = words.join(" ");
  const near = wordsNearTo(file, phrase, limit);
  if (json) return printJson({ words: phrase, near });
  for (const { word, cosine } of near) say(`${cosine.toFixed(3)}  ${word}`);
}

const toTenths = (seconds: number) => Math.round(seconds * 10) / 10;
