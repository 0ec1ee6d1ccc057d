import { type Command, InvalidArgumentError, Option } from "commander";
import { MAX_RATING } from "../../src-shared/photo-marks";
import { BUNDLED_PACK } from "../base/default-pack";

/** A number from 0 to 1. */
export const share = (text: string): number =>
  numberThat(text, (value) => value >= 0 && value <= 1, "a number from 0 to 1");

/** Which boxes to export: "accepted", or a confidence. */
export const boxChoice = (text: string): "accepted" | number =>
  text === "accepted"
    ? text
    : numberThat(text, (value) => value >= 0 && value <= 1, "accepted, or a confidence from 0 to 1");

/** A number between 0 and 1, neither of them. */
export const partialShare = (text: string): number =>
  numberThat(text, (value) => value > 0 && value < 1, "a number between 0 and 1");

export const positive = (text: string): number => numberThat(text, (value) => value > 0, "a number above 0");

export const anyNumber = (text: string): number => numberThat(text, () => true, "a number");

/** A whole number from 1. */
export const count = (text: string): number => wholeFrom(1)(text);

/** A rating. */
export const stars = (text: string): number =>
  numberThat(
    text,
    (value) => Number.isInteger(value) && value >= 0 && value <= MAX_RATING,
    `a whole number from 0 to ${MAX_RATING}`,
  );

export const wholeFrom =
  (least: number) =>
  (text: string): number =>
    numberThat(text, (value) => Number.isInteger(value) && value >= least, `a whole number, at least ${least}`);

export const port = (text: string): number =>
  numberThat(
    text,
    (value) => Number.isInteger(value) && value >= 0 && value <= MAX_PORT,
    `a port from 0 to ${MAX_PORT}`,
  );

const MAX_PORT = 65535;

/** Three numbers with commas between them, one per channel. */
export function threeNumbers(text: string): [number, number, number] {
  const values = text.split(/[\s,]+/).map(Number);
  const [red, green, blue] = values;
  if (text.trim() === "" || values.length !== 3 || !values.every(Number.isFinite))
    throw new InvalidArgumentError("It must be three numbers, for red, green and blue: 0.485,0.456,0.406");
  return [red!, green!, blue!];
}

/** Commander puts the option and the text before the message. */
function numberThat(text: string, isValid: (value: number) => boolean, wanted: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || !isValid(value))
    throw new InvalidArgumentError(`It must be ${wanted}.`);
  return value;
}

export const jsonOption = () => new Option("--json", "print JSON");

export const packOption = () =>
  new Option(
    "--pack <DIR|NAME>",
    `model pack: a name that semblance packs list shows, or a folder (default: ${BUNDLED_PACK})`,
  );

/** Of every command that opens a library. */
export const strictFilesOption = () =>
  new Option(
    "--strict-files",
    "refuse if the library's label set or vocabulary file is missing (default: say so and use the bundled one)",
  );

export const wordsOption = () =>
  new Option("--words <FILE>", "word vectors: a vocabulary made by semblance words, or bundled (default: bundled)");

/**
 * Ends a command that was given an empty argument or option, as by `"$FOLDER"` where FOLDER is not set: an empty path
 * would be the current folder.
 */
export function refuseEmpty(command: Command): void {
  const isEmpty = (value: unknown): boolean => value === "" || (Array.isArray(value) && value.includes(""));
  command.processedArgs.forEach((value, i) => {
    if (isEmpty(value)) command.error(`error: argument '${command.registeredArguments[i]!.name()}' is empty`);
  });
  for (const option of command.options) {
    if (isEmpty(command.getOptionValue(option.attributeName())))
      command.error(`error: option '${option.flags}' is empty`);
  }
}

/** Text to show below a command's options. */
export const examples = (...lines: string[]): string => `\nExamples:\n${lines.map((line) => `  ${line}`).join("\n")}`;
