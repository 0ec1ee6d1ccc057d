import { accessSync, constants, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { Refusal } from "../../src-shared/refusal";
import { writeVocabulary } from "./vocabulary-format";

/**
 * Says before hours of training whether a vocabulary can be written there.
 * @param inputs files that must not be replaced
 * @throws Refusal `no-folder` or `bad-output`
 */
export function checkOutput(path: string, inputs: string[]): void {
  const folder = dirname(resolve(path));
  if (inputs.some((input) => resolve(input) === resolve(path)))
    throw new Refusal("bad-output", `${path} is one of the files that are read.`);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new Refusal("no-folder", `There is no folder ${folder} to write ${path} in.`);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw new Refusal("bad-output", `${path} is a folder.`);
  try {
    accessSync(folder, constants.W_OK);
  } catch (cause) {
    throw new Refusal("bad-output", `${folder} cannot be written to: ${(cause as Error).message}.`);
  }
}

/**
 * Writes a vocabulary whole or not at all.
 * @param words   distinct, most frequent first
 * @param vectors `[N, E]` row-major
 * @returns its bytes
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
