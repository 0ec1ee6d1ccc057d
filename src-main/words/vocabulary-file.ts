import { accessSync, constants, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { Refusal } from "../../src-shared/refusal";
import { writeVocabulary } from "./vocabulary-format";

/**
 * Checks that a vocabulary can be written before hours of training. @param inputs files that must not be overwritten
 * @throws Refusal `no-folder` or `bad-output`
 */
export function checkOutput(path: string, inputs: string[]): void {
  const folder = dirname(resolve(path));
  if (inputs.some((input) => resolve(input) === resolve(path)))
    throw new Refusal("bad-output", `${path} is one of the input files. Choose another output file.`);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new Refusal("no-folder", `There is no folder ${folder} to write ${path} in.`);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory())
    throw new Refusal("bad-output", `${path} is a folder. Choose a file.`);
  try {
    accessSync(folder, constants.W_OK);
  } catch (cause) {
    throw new Refusal("bad-output", `Can’t write to ${folder}: ${(cause as Error).message}.`);
  }
}

/**
 * Writes a vocabulary atomically.
 * @param words distinct, most frequent first
 * @param vectors `[N, E]` row-major
 * @returns its size in bytes
 * @throws RangeError as `writeVocabulary`
 */
export function writeVocabularyFile(path: string, words: string[], vectors: Float32Array, dimensions: number): number {
  const file = writeVocabulary(words, vectors, dimensions);
  const part = `${path}.part`;
  try {
    writeFileSync(part, file);
    renameSync(part, path);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
  return file.length;
}
