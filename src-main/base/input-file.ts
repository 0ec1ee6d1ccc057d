import { type Stats, statSync } from "node:fs";
import { Refusal, type RefusalCode } from "../../src-shared/refusal";
import { isSystemError, systemErrorSentence } from "./system-error";

/**
 * Refuses what isn't a regular file before it is opened: opening a named pipe waits for a writer that may never come.
 * @param code of the refusal
 * @returns its size in bytes
 * @throws Refusal `code`
 */
export function requireFile(path: string, code: RefusalCode = "no-file"): number {
  const about = statOf(path, code);
  if (about === undefined) throw new Refusal(code, `There is no file ${path}.`);
  if (!about.isFile()) throw new Refusal(code, `${path} is ${kindOf(about)}, not a file.`);
  return about.size;
}

function statOf(path: string, code: RefusalCode): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw isSystemError(error) ? new Refusal(code, systemErrorSentence(error)) : error;
  }
}

function kindOf(about: Stats): string {
  if (about.isDirectory()) return "a folder";
  if (about.isFIFO()) return "a named pipe";
  return about.isSocket() ? "a socket" : "a device";
}
