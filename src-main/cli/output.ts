/** What the command line prints: exact for programs, printable for people. */
import { systemErrorSentence } from "../base/system-error";

/** C0 and C1 controls, line separators, and characters that change the direction of what follows. */
// oxlint-disable-next-line no-control-regex -- these are what it looks for
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
const SHORT: Partial<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\u001b": "\\e" };

/** Text without line breaks and escape sequences, which names of files and labels may hold. */
export const printable = (text: string): string =>
  text.replace(
    UNPRINTABLE,
    (character) => SHORT[character] ?? `\\u{${character.codePointAt(0)!.toString(16).padStart(2, "0")}}`,
  );

/** False once nobody reads standard output any more, or nothing can be written there. */
let isOutputOpen = true;

/**
 * A reader that closes the pipe early, such as `head`, ends the printing and not the work. Any other fault of standard
 * output is said once and ends the command with 1.
 */
export function watchOutput(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (isOutputOpen && error.code !== "EPIPE") {
      warn(`semblance: ${systemErrorSentence(error, "to standard output")}`);
      process.exitCode = 1;
    }
    isOutputOpen = false;
  });
  process.stderr.on("error", () => undefined); // there is nowhere left to say so
}

function print(text: string): void {
  if (isOutputOpen) process.stdout.write(text);
}

/** A line for people on standard output. */
export const say = (line: string): void => print(`${printable(line)}\n`);

/** A line for people on standard error. */
export const warn = (line: string): void => void process.stderr.write(`${printable(line)}\n`);

/** A line for programs on standard output, exactly. */
export const printJson = (value: unknown): void => print(`${JSON.stringify(value)}\n`);

/** Writes text for programs to standard output, exactly, and waits until it is taken. */
export const printText = (text: string): Promise<void> =>
  new Promise((done) => {
    if (isOutputOpen) process.stdout.write(text, () => done()); // the stream's own event reports an error
    else done();
  });
