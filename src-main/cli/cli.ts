import { Command, CommanderError } from "commander";
import { Refusal } from "../../src-shared/refusal";
import { dataFolder } from "../base/data-folder";
import { trackPixelMemory } from "../base/pixel-memory";
import { keepPrivate } from "../base/private-files";
import { addCommands } from "./commands";

/** Refusals that are about the arguments, not the work. */
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

/** Exit codes: 0 success, 1 some photos or lines could not be used or the command failed, 2 wrong usage. */
const program = new Command("semblance")
  .description(
    "Label the photos in a folder, find them by any word, and improve the labels with your corrections. Nothing leaves this computer.",
  )
  .exitOverride()
  .showHelpAfterError("(semblance --help lists the commands)")
  .hook("preAction", () => keepPrivate(dataFolder()))
  .hook("postAction", () => keepPrivate(dataFolder()));
addCommands(program);

// A reader that closes the pipe early, such as `head`, is not an error.
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
