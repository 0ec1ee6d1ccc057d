import { availableParallelism } from "node:os";
import { type Command, Option } from "commander";
import { DEFAULT_TRAINING } from "../lab/training-defaults";
import { onDemand } from "./on-demand";
import { anyNumber, examples, jsonOption, wholeFrom } from "./option-values";

const out = () => new Option("--out <FILE>", "file for the vocabulary").makeOptionMandatory();

/** `semblance words …`: makes vocabularies, for `semblance tag --words FILE`. */
export function addWordsCommands(program: Command): void {
  const words = program.command("words").description("train, import and inspect word vectors");

  words
    .command("train")
    .description("train word vectors on text files (skip-gram)")
    .argument("<files...>", "text files in UTF-8")
    .addOption(out())
    .option("--dimensions <N>", "dimensions of a vector", anyNumber, DEFAULT_TRAINING.dimensions)
    .option("--window <N>", "context words on each side, at most", anyNumber, DEFAULT_TRAINING.window)
    .option("--negative <N>", "negative samples per word", anyNumber, DEFAULT_TRAINING.negative)
    .option("--hierarchical-softmax", "use hierarchical softmax instead of negative sampling")
    .option("--min-count <N>", "ignore words that occur less often", wholeFrom(1), 5)
    .option("--epochs <N>", "passes over the text", anyNumber, DEFAULT_TRAINING.epochs)
    .option(
      "--subsample <T>",
      "subsample words above this frequency, as a share of the text; 0 turns it off",
      anyNumber,
      DEFAULT_TRAINING.subsample,
    )
    .option("--rate <R>", "initial learning rate", anyNumber, DEFAULT_TRAINING.rate)
    .option("--phrases <N>", "phrase passes: 1 joins pairs, 2 up to four words", wholeFrom(0), 0)
    .option(
      "--lines",
      "each line is a sentence, with phrases already joined by underscores (default: sentences end with a full stop)",
    )
    .option(
      "--threads <N>",
      "threads; only with 1 does the same seed give the same vectors",
      anyNumber,
      availableParallelism(),
    )
    .option("--seed <N>", "seed of all random numbers", anyNumber, DEFAULT_TRAINING.seed)
    .addOption(jsonOption())
    .addHelpText(
      "after",
      examples(
        "semblance words train corpus.txt --out words.bin",
        "semblance words train *.txt --out words.bin --phrases 2 --hierarchical-softmax",
        "semblance tag ~/Pictures --words words.bin",
      ),
    )
    .action(onDemand(async () => (await import("./words")).trainWords));

  words
    .command("import")
    .description("import word vectors from word2vec (text or binary) or GloVe (text)")
    .argument("<file>", "file of vectors")
    .addOption(out())
    .addOption(jsonOption())
    .addHelpText("after", examples("semblance words import glove.6B.100d.txt --out words.bin"))
    .action(onDemand(async () => (await import("./words")).importWords));

  words
    .command("near")
    .description("list the words nearest to a word or phrase, with their cosine")
    .argument("<file>", "vocabulary")
    .argument("<words...>", "word or phrase")
    .option("--limit <N>", "words, at most", wholeFrom(1), 10)
    .addOption(jsonOption())
    .addHelpText("after", examples("semblance words near words.bin golden retriever"))
    .action(onDemand(async () => (await import("./words")).wordsNear));
}
