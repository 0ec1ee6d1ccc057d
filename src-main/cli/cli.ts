import { Command, CommanderError } from "commander";
import { dataFolder } from "../base/data-folder";
import { trackPixelMemory } from "../base/pixel-memory";
import { keepPrivate } from "../base/private-files";
import { addCommands } from "./commands";
import { endWith } from "./ending";
import { refuseEmpty } from "./option-values";
import { printable, watchOutput } from "./output";

trackPixelMemory();
watchOutput();

const program = new Command("semblance")
  .description(
    "Label the photos in a folder, find them by any word, and improve the labels with your corrections. Nothing leaves this computer.",
  )
  .option("--verbose", "after an error, also print where in the program it happened")
  .configureHelp({ showGlobalOptions: true })
  .configureOutput({ outputError: (line, write) => write(line.split("\n").map(printable).join("\n")) })
  .exitOverride()
  .showHelpAfterError("(semblance --help lists the commands)")
  .hook("preAction", (_, command) => refuseEmpty(command))
  .hook("preAction", () => keepPrivate(dataFolder()))
  .hook("postAction", () => keepPrivate(dataFolder()));
addCommands(program);

const fail = (error: unknown) => endWith(error, program.opts<{ verbose?: boolean }>().verbose);
// Errors of callbacks, which no command awaits.
process.on("uncaughtException", (error) => {
  fail(error);
  process.exit();
});

try {
  await program.parseAsync(process.argv);
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else fail(error);
}
