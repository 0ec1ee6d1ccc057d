/** What the developers' commands have in common: help with defaults and units, wrong use refused in one line. */
import type { CommanderError } from "commander";
import { Command, InvalidArgumentError, Option } from "commander";

/** A command that is run as `npm run NAME -- …`. Wrong use ends it with exit code 2 and one line. */
export function developerCommand(name: string, description: string): Command {
  return new Command(`npm run ${name} --`)
    .description(description)
    .configureHelp({ helpWidth: 110 })
    .configureOutput({ outputError: (line, write) => write(`${name}: ${line.replace(/^error: /, "")}`) })
    .showSuggestionAfterError(false)
    .exitOverride((error: CommanderError) => process.exit(error.exitCode === 0 ? 0 : 2));
}

/** A number from 0, parts of one too. */
export function numberFrom0(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value < 0)
    throw new InvalidArgumentError(`"${text}" is not a number from 0.`);
  return value;
}

/** A whole number from 0. */
export function wholeNumber(text: string): number {
  const value = numberFrom0(text);
  if (!Number.isSafeInteger(value)) throw new InvalidArgumentError(`"${text}" is not a whole number.`);
  return value;
}

/** A whole number from 1. */
export function countOf(text: string): number {
  const value = wholeNumber(text);
  if (value === 0) throw new InvalidArgumentError("0 is too few.");
  return value;
}

/** An option that takes some of the known names, separated by commas. */
export function namesOption(flags: string, description: string, known: string[], otherwise: string[]): Option {
  return new Option(flags, `${description}, separated by commas`)
    .default(otherwise, otherwise.join(","))
    .argParser((text) => {
      const names = text.split(",").map((name) => name.trim());
      const unknown = names.filter((name) => !known.includes(name));
      if (unknown.length > 0)
        throw new InvalidArgumentError(`There is no ${unknown.join(", ")}; choose from ${known.join(", ")}.`);
      return [...new Set(names)];
    });
}
