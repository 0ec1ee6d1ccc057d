import { Command, CommanderError } from "commander";
import { Refusal } from "../../src-shared/refusal";
import { trackPixelMemory } from "../base/pixel-memory";
import { addCommands } from "./commands";

/** Refusals of what was asked for, not of the work. */
const WRONG_USE = new Set([
  "no-folder",
  "no-pack",
  "bad-label-set",
  "no-file",
  "bad-csv",
  "no-model",
  "pack-gone",
  "no-words",
  "bad-pack",
  "bad-dataset",
  "bad-features",
  "bad-training",
  "bad-layers",
  "no-gpu",
  "bad-synsets",
  "bad-corpus",
  "bad-vectors",
  "bad-vocabulary",
  "bad-setting",
  "bad-output",
  "usage",
  "bad-query",
  "inside-library",
  "unknown-labeller",
  "bad-jsonl",
]);

trackPixelMemory();

/** Exit codes: 0 all well, 1 some photos failed or the work could not be done, 2 wrong use. */
const program = new Command("semblance")
  .description(
    "Labels a folder of photos with words, finds photos by any word, learns from corrections. Nothing leaves this computer.",
  )
  .exitOverride()
  .showHelpAfterError("(semblance --help shows the commands)");
addCommands(program);

// Who reads only the first lines, as `head` does, wants no more: that is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

try {
  await program.parseAsync(process.argv);
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else if (error instanceof Refusal) {
    console.error(`semblance: ${error.message}`);
    process.exitCode = WRONG_USE.has(error.code) ? 2 : 1;
  } else throw error;
}
