/** `npm run soak`: stress tests against targets. See `--help`. */
import { holds, type Outcome, tableOf } from "../benchmark/figures";
import { thisMachine } from "../benchmark/machine";
import { commandOf, fileReport } from "../benchmark/report";
import { countOf, developerCommand, namesOption, numberFrom0, wholeNumber } from "../command-line";
import { killed } from "./killed";
import { long } from "./long";

interface Options {
  only: string[];
  minutes: number;
  seed: number;
  moments: number;
  calls: number;
  photos: number;
  report?: boolean;
}

interface Mode {
  measures: string;
  reads: (keyof Options)[];
  run(options: Options): Promise<Outcome>;
}

const MODES: Record<string, Mode> = {
  killed: {
    measures:
      "kills the engine at random moments, and library operations at system calls: acknowledged verdicts must survive, files must stay intact",
    reads: ["minutes", "seed", "moments", "calls"],
    run: ({ moments, calls, minutes, seed }) => killed({ moments, calls, minutes, seed }),
  },
  long: {
    measures: "scans, labels, corrects, learns and scrolls for a long time: memory must not grow",
    reads: ["minutes", "seed", "photos"],
    run: ({ photos, minutes, seed }) => long({ photos, minutes, seed }),
  },
};

const command = developerCommand(
  "soak",
  "Stress-tests Semblance. Stops after --minutes even if there is more to do, and reports how far it got. " +
    "Exit code 1 if a figure misses its target.",
)
  .addOption(namesOption("--only <names>", "modes to run", Object.keys(MODES), ["killed"]))
  .option("--minutes <n>", "stop each mode after this many minutes", numberFrom0, 10)
  .option("--seed <n>", "the same seed makes the same random choices", wholeNumber, 1)
  .option("--moments <n>", "of killed: number of kills at random moments", countOf, 100)
  .option("--calls <n>", "of killed: number of kills at system calls", wholeNumber, 200)
  .option("--photos <n>", "of long: photos to generate", countOf, 100_000)
  .option("--report", "write the figures to docs/benchmarks.md, keeping all others")
  .addHelpText("after", () => {
    const lines = Object.entries(MODES).map(([name, { measures }]) => `  ${name.padEnd(8)}${measures}`);
    return `\nModes (no data needed):\n${lines.join("\n")}`;
  })
  .parse();
const options = command.opts<Options>();

for (const name of options.only) {
  const machine = thisMachine();
  const { measures, reads, run } = MODES[name];
  const { figures, notes = [], skipped } = await run(options);
  console.log(`${skipped === undefined ? tableOf(figures) : `${name}  skipped: ${skipped}`}\n`);
  if (notes.length > 0) console.log(`${notes.join("\n")}\n`);
  if (figures.some((figure) => holds(figure) === false)) process.exitCode = 1;
  if (!options.report) continue;
  const date = new Date().toISOString().slice(0, 10);
  const needs = "no data";
  await fileReport("docs", [
    { name, measures, needs, command: commandOf(name, command, reads), date, machine, figures, notes, skipped },
  ]);
}
