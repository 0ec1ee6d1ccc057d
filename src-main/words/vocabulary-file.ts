import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { Refusal } from "../../src-shared/refusal";
import type { FileTarget } from "../base/refuse-target";
import { tryTarget, writeAtomicSync } from "../base/write-file";
import { VOCABULARY, writeVocabulary } from "./vocabulary-format";

const targetOf = (home: string, file: string): FileTarget => ({ home, file, format: VOCABULARY, overwrite: true });

/**
 * Finds out before hours of training whether a vocabulary could be written.
 * @param home the data folder
 * @param inputs files that must not be overwritten
 * @throws Refusal `bad-output`, or of `tryTarget`
 */
export function checkOutput(home: string, path: string, inputs: string[]): void {
  if (inputs.some((input) => resolve(input) === resolve(path)))
    throw new Refusal("bad-output", `${path} is one of the input files. Choose another output file.`);
  tryTarget(targetOf(home, path));
}

/**
 * Writes a vocabulary, in place of an earlier one.
 * @param home the data folder
 * @param words distinct, most frequent first
 * @param vectors `[N, E]` row-major
 * @returns its size in bytes
 * @throws RangeError as `writeVocabulary`; Refusal of `writeAtomic`
 */
export function writeVocabularyFile(
  home: string,
  path: string,
  words: string[],
  vectors: Float32Array,
  dimensions: number,
): number {
  const file = writeVocabulary(words, vectors, dimensions);
  writeAtomicSync(targetOf(home, path), (partial) => writeFileSync(partial, file));
  return file.length;
}
