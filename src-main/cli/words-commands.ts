import { availableParallelism } from "node:os";
import { type Command, InvalidArgumentError, Option } from "commander";
import { DEFAULT_TRAINING } from "../lab/words/training";
import { importWords, trainWords, wordsNear } from "./words";

const out = () => new Option("--out <FILE>", "the vocabulary to write").makeOptionMandatory();
const json = () => new Option("--json", "print JSON");

/**
 * `semblance words …`: makes the words that labels are placed by. What is made is used with `semblance tag --words
 * FILE`.
 */
export function addWordsCommands(program: Command): void {
  const words = program.command("words").description("word vectors: train them from text, import them, look at them");

  words
    .command("train")
    .description("learn word vectors from text files (skip-gram)")
    .argument("<files...>", "text files in UTF-8")
    .addOption(out())
    .option("--dimensions <N>", "numbers a word", number, DEFAULT_TRAINING.dimensions)
    .option("--window <N>", "words looked at on each side, at most", number, DEFAULT_TRAINING.window)
    .addOption(
      new Option("--negative <N>", "false words beside each true one")
        .argParser(number)
        .default(DEFAULT_TRAINING.negative),
    )
    .option("--hierarchical-softmax", "learn by a tree of all words instead of by false ones")
    .option("--min-count <N>", "leave out words met less often", whole(1), 5)
    .option("--epochs <N>", "times that the text is gone through", number, DEFAULT_TRAINING.epochs)
    .option(
      "--subsample <T>",
      "pass over words more frequent than this share of the text, the more so the more frequent; 0 for none",
      number,
      DEFAULT_TRAINING.subsample,
    )
    .option("--rate <R>", "learning rate at the start", number, DEFAULT_TRAINING.rate)
    .option("--phrases <N>", "passes that join words into phrases: 1 finds two words, 2 up to four", whole(0), 0)
    .option(
      "--lines",
      "every line is a sentence, words are joined to phrases by underscores; else sentences end with a full stop",
    )
    .option("--threads <N>", "threads; with 1 the same seed gives the same vectors", number, availableParallelism())
    .option("--seed <N>", "seed of all chance", number, DEFAULT_TRAINING.seed)
    .addOption(json())
    .addHelpText(
      "after",
      "\nExamples:\n  semblance words train corpus.txt --out words.bin\n  semblance words train *.txt --out words.bin --phrases 2 --hierarchical-softmax\n  semblance tag ~/Pictures --words words.bin",
    )
    .action(trainWords);

  words
    .command("import")
    .description("take word vectors from a file of word2vec (text or binary) or GloVe (text)")
    .argument("<file>", "the file of vectors")
    .addOption(out())
    .addOption(json())
    .addHelpText("after", "\nExamples:\n  semblance words import glove.6B.100d.txt --out words.bin")
    .action(importWords);

  words
    .command("near")
    .description("the words nearest to a word or phrase")
    .argument("<file>", "a vocabulary")
    .argument("<words...>", "a word or phrase")
    .option("--limit <N>", "words, at most", whole(1), 10)
    .addOption(json())
    .addHelpText("after", "\nExamples:\n  semblance words near words.bin golden retriever")
    .action(wordsNear);
}

function number(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new InvalidArgumentError(`“${text}” is no number.`);
  return value;
}

function whole(least: number): (text: string) => number {
  return (text) => {
    const value = number(text);
    if (!Number.isInteger(value) || value < least)
      throw new InvalidArgumentError(`“${text}” is no whole number from ${least} up.`);
    return value;
  };
}
