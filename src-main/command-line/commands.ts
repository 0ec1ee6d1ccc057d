import { Argument, type Command, InvalidArgumentError, Option } from "commander";
import { createSemblance } from "../semblance";
import { dataFolder } from "../data-folder";
import { openWindow } from "../open";
import { serveWindow } from "../web";
import { programVersion } from "../program-folder";
import { correctFolder } from "./correct";
import { exportFolder } from "./export";
import { listModelsOf, retrainFolder } from "./retrain";
import { searchFolder } from "./search";
import { showStatus } from "./status";
import { tagFolder } from "./tag";
import { addWordsCommands } from "./words-commands";

const folder = () => new Argument("<folder>", "folder of photos");
const json = () => new Option("--json", "print JSON");
const pack = () => new Option("--pack <DIR|NAME>", "model pack: a folder, or the name of a bundled one (at first: seed)");
const labels = () => new Option("--labels <SET>", "everyday, pack-classes, imagenet-1k, all-nouns, or a text or CSV file (at first: everyday)");

/** The commands of `semblance`. What an option changes is kept with the folder's library. */
export function addCommands(program: Command): void {
  program.version(programVersion());

  program.command("tag").description("label every photo of a folder; prints one JSON object a file, sorted by path")
    .addArgument(folder())
    .option("--top <N>", "labels a photo, at most", count, 5)
    .addOption(labels()).addOption(pack())
    .option("--words <FILE>", "word vectors to place labels by: a vocabulary that semblance words made, or bundled (at first: bundled)")
    .option("--csv <FILE|->", "write the labels as CSV, to a file or to standard output")
    .addOption(json())
    .addHelpText("after", examples("semblance tag ~/Pictures", "semblance tag ~/Pictures --top 3 --csv labels.csv", "semblance tag ~/Pictures --labels my-labels.txt"))
    .action(tagFolder);

  program.command("search").description("photos of a labelled folder that show what the words say, best first")
    .addArgument(folder()).argument("<words...>", "any words")
    .option("--limit <N>", "photos, at most", count, 20)
    .addOption(json())
    .addHelpText("after", examples("semblance search ~/Pictures sailboat", "semblance search ~/Pictures snow mountain --limit 5"))
    .action(searchFolder);

  program.command("correct").description("take verdicts from a CSV with the columns path, label and verdict (accept or reject)")
    .addArgument(folder()).argument("<file.csv>", "the verdicts")
    .addOption(json())
    .addHelpText("after", examples("semblance correct ~/Pictures corrections.csv"))
    .action(correctFolder);

  program.command("retrain").description("learn from all corrections, then label the folder again")
    .addArgument(folder()).addOption(json())
    .addHelpText("after", examples("semblance retrain ~/Pictures"))
    .action(retrainFolder);

  program.command("models").description("list the models of a folder, or go back to an earlier one")
    .addArgument(folder())
    .addOption(new Option("--use <N>", "label the folder with this model").argParser(count).conflicts("back"))
    .option("--back", "label the folder with the model before the one in use")
    .addOption(json())
    .addHelpText("after", examples("semblance models ~/Pictures", "semblance models ~/Pictures --back", "semblance models ~/Pictures --use 1"))
    .action(listModelsOf);

  program.command("export").description("write all labels as CSV: path, label, score, source, model")
    .addArgument(folder())
    .requiredOption("--csv <FILE|->", "the file, or - for standard output")
    .option("--threshold <P>", "leave out predictions less sure, 0 to 1", share, 0)
    .option("--no-escape-formulas", "write labels that begin with = + - @ as they are")
    .option("--no-overwrite", "refuse to replace a file that is there")
    .addOption(json())
    .addHelpText("after", examples("semblance export ~/Pictures --csv labels.csv"))
    .action(exportFolder);

  program.command("status").description("counts of a folder's library, and what runs the numbers here")
    .argument("[folder]", "folder of photos").addOption(json())
    .addHelpText("after", examples("semblance status", "semblance status ~/Pictures --json"))
    .action(showStatus);

  addWordsCommands(program);

  program.command("serve").description("show the window in a browser on this computer")
    .argument("[folder]", "folder of photos")
    .option("--port <N>", "port on 127.0.0.1; any free one by default", port, 0)
    .addHelpText("after", examples("semblance serve ~/Pictures --port 8080"))
    .action(async (path: string | undefined, options: { port: number }) => {
      const { url, close } = await serveWindow({
        create: (emit) => createSemblance({ home: dataFolder(), folderDialog: false, emit }), port: options.port, folder: path,
      });
      console.log(`Semblance is open at ${url}`);
      const stop = () => void close();
      process.once("SIGINT", stop).once("SIGTERM", stop);
    });

  program.command("open", { isDefault: true }).description("open the window on a folder, or on the welcome screen")
    .argument("[folder]", "folder of photos")
    .addHelpText("after", examples("semblance open ~/Pictures"))
    .action((path: string | undefined) => openWindow(path));
}

const examples = (...lines: string[]) => `\nExamples:\n${lines.map((line) => `  ${line}`).join("\n")}`;

function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError(`“${text}” is no whole number above 0.`);
  return value;
}

function port(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65535) throw new InvalidArgumentError(`“${text}” is no port.`);
  return value;
}

function share(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0 && value <= 1)) throw new InvalidArgumentError(`“${text}” is no number from 0 to 1.`);
  return value;
}
