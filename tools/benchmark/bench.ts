/** `npm run bench`: measures Semblance's performance and accuracy against targets. See `--help`. */
import { Option } from "commander";
import { trackPixelMemory } from "../../src-main/base/pixel-memory";
import { countOf, developerCommand, namesOption } from "../command-line";
import { type BenchmarkOptions, BENCHMARKS } from "./benchmarks";
import { holds, tableOf } from "./figures";
import { machineLine, thisMachine } from "./machine";
import { commandOf, fileReport, type Run } from "./report";

interface Options extends BenchmarkOptions {
  only: string[];
  report?: boolean;
  json?: boolean;
}

const DEFAULT_BENCHMARKS = ["accuracy", "pipeline", "search", "retrain"];
const program = developerCommand(
  "bench",
  "Measures Semblance and reports whether each figure reaches its target. Times depend on the computer and its load: " +
    "close other programs first.",
)
  .addOption(namesOption("--only <names>", "benchmarks to run", Object.keys(BENCHMARKS), DEFAULT_BENCHMARKS))
  .option("--report", "write the figures to docs/benchmarks.md, keeping those of other benchmarks")
  .option("--json", "print JSON instead of tables")
  .option(
    "--pack <name|folder>",
    "model pack to measure (default: the bundled one; of review: tests/fixtures/packs/seed)",
  )
  .option(
    "--labels <set>",
    "of accuracy, labeller: everyday, pack-classes, imagenet-1k or all-nouns (default: everyday)",
  )
  .option(
    "--photos <folder>",
    "photos; of accuracy, with a CSV of the folder's name beside it",
    "../shared/photos/imagenet-200",
  )
  .option("--synsets <file>", "of accuracy: names and parents of ImageNet's synsets", "../shared/imagenet/synsets.tsv")
  .option("--captioned <folder>", "of accuracy: images and captions.csv", "../shared/photos/coco")
  .option("--edge <folder>", "of formats: awkward picture files", "../shared/photos/edge")
  .option(
    "--features <folder>",
    "of few-shot, mislabels, review: features with classes (default: ../shared/features/caltech-101)",
  )
  .option("--corpus <file>", "of words: text to train on", "corpus.txt")
  .option("--python <file>", "of words: a Python interpreter with gensim", "/usr/bin/python3")
  .option("--seeds <n>", "of words: runs to average", countOf, 3)
  .option("--epochs <n>", "of words: epochs", countOf, 5)
  .option("--threads <n>", "of words: threads of each program", countOf, 1)
  .addOption(
    new Option("--objective <name>", "of words: measure only this one (default: both)").choices([
      "negative sampling",
      "hierarchical softmax",
    ]),
  )
  .option("--million", "of search, query: 1,000,000 photos instead of 100,000")
  .addHelpText("after", () => `\nBenchmarks:\n${listOf(BENCHMARKS)}`)
  .parse();
const options = program.opts<Options>();

trackPixelMemory(); // as in the program
const machine = thisMachine();
if (!options.json) console.log(`${machineLine(machine)}\n`);

const runs: Run[] = [];
for (const name of options.only) {
  const { measures, needs, reads, run } = BENCHMARKS[name];
  const { figures, notes = [], skipped } = await run(options);
  if (figures.length > 0 && !options.json) console.log(`${tableOf(figures)}\n`);
  if (skipped !== undefined && !options.json) console.log(`${name}  skipped: ${skipped}\n`);
  if (notes.length > 0 && !options.json) console.log(`${notes.join("\n")}\n`);
  const date = new Date().toISOString().slice(0, 10);
  const command = commandOf(name, program, reads);
  const measured: Run = { name, measures, needs, command, date, machine, figures, notes, skipped };
  runs.push(measured);
  if (options.report) await fileReport("docs", [measured]); // printed at once: the next benchmark may take an hour, or fail
}
if (options.json) {
  const figures = runs.flatMap((run) => run.figures.map((figure) => ({ ...figure, holds: holds(figure) })));
  const skipped = runs
    .filter((run) => run.skipped !== undefined)
    .map(({ name, skipped: why }) => ({ benchmark: name, why }));
  console.log(JSON.stringify({ machine, figures, skipped }, null, 2));
}

function listOf(benchmarks: typeof BENCHMARKS): string {
  return Object.entries(benchmarks)
    .map(([name, { measures, needs }]) => `  ${name.padEnd(13)}${measures}\n${" ".repeat(15)}needs ${needs}`)
    .join("\n");
}
