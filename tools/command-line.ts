/** Shared by the developers' commands: help with defaults and units, and one-line errors for invalid options. */
import type { CommanderError } from "commander";
import { Command, InvalidArgumentError, Option } from "commander";

/** A command to run as `npm run NAME -- …`. Invalid options end it with a one-line error and exit code 2. */
export function developerCommand(name: string, description: string): Command {
  return new Command(`npm run ${name} --`)
    .description(description)
    .configureHelp({ helpWidth: 110 })
    .configureOutput({ outputError: (line, write) => write(`${name}: ${line.replace(/^error: /, "")}`) })
    .showSuggestionAfterError(false)
    .exitOverride((error: CommanderError) => process.exit(error.exitCode === 0 ? 0 : 2));
}

/** A number of at least 0, not necessarily whole. */
export function numberFrom0(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value < 0)
    throw new InvalidArgumentError(`"${text}" is not a number of at least 0.`);
  return value;
}

/** A whole number of at least 0. */
export function wholeNumber(text: string): number {
  const value = numberFrom0(text);
  if (!Number.isSafeInteger(value)) throw new InvalidArgumentError(`"${text}" is not a whole number.`);
  return value;
}

/** A whole number of at least 1. */
export function countOf(text: string): number {
  const value = wholeNumber(text);
  if (value === 0) throw new InvalidArgumentError("must be at least 1.");
  return value;
}

/** An option that takes a comma-separated list of known names. */
export function namesOption(flags: string, description: string, known: string[], otherwise: string[]): Option {
  return new Option(flags, `${description}, separated by commas`)
    .default(otherwise, otherwise.join(","))
    .argParser((text) => {
      const names = text.split(",").map((name) => name.trim());
      const unknown = names.filter((name) => !known.includes(name));
      if (unknown.length > 0)
        throw new InvalidArgumentError(`Unknown: ${unknown.join(", ")}. Choose from ${known.join(", ")}.`);
      return [...new Set(names)];
    });
}
