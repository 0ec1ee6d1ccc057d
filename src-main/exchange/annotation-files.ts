import { lstatSync } from "node:fs";
import { open, readdir } from "node:fs/promises";
import { join, posix } from "node:path";
import { Refusal, type RefusalCode } from "../../src-shared/refusal";
import type { PathCandidate } from "../store/named-files";
import { encodingOf, unreadableFile } from "./text-stream";

/** Annotations of one photo; those of crowds have some 100 KB. */
const MAX_BYTES = 16 * 2 ** 20;

/**
 * The files with these endings in a folder and those below it, sorted, with `/`. Leaves out links.
 * @throws Refusal `code` if there is no such folder
 */
export async function annotationFiles(folder: string, extension: string, code: RefusalCode): Promise<string[]> {
  const there = lstatSync(folder, { throwIfNoEntry: false });
  if (!there) throw new Refusal(code, `There is no folder ${folder}.`);
  if (!there.isDirectory()) throw new Refusal(code, `${folder} is not a folder. Choose the data set’s folder.`);
  const found: string[] = [];
  const walk = async (path: string): Promise<void> => {
    const entries = await readdir(join(folder, path), { withFileTypes: true }).catch((error: unknown) => {
      throw unreadableFile(join(folder, path), error);
    });
    for (const entry of entries) {
      const name = posix.join(path, entry.name);
      if (entry.isDirectory()) await walk(name);
      else if (entry.isFile() && name.toLowerCase().endsWith(extension)) found.push(name);
    }
  };
  await walk("");
  return found.sort();
}

/** @throws Refusal `no-file`, `code` if it is too large or isn't text */
export async function annotationText(file: string, code: RefusalCode): Promise<string> {
  const handle = await open(file).catch((error: unknown) => {
    throw unreadableFile(file, error);
  });
  try {
    const { size } = await handle.stat();
    if (size > MAX_BYTES)
      throw new Refusal(
        code,
        `The file has ${size.toLocaleString("en")} bytes; annotations can have up to ${MAX_BYTES.toLocaleString("en")}.`,
      );
    const bytes = await handle.readFile();
    return new TextDecoder(encodingOf(bytes), { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) throw new Refusal(code, "The file isn’t UTF-8.");
    throw error;
  } finally {
    await handle.close();
  }
}

/** Folders for the parts of a split. */
const PARTS = new Set(["train", "val", "valid", "validation", "test", "train2017", "val2017"]);

/**
 * Where the photo of an annotation file may be: beside the annotations, in a folder like theirs ("images/train/a" for
 * "labels/train/a"), or without the folders of the data set.
 * @param file relative to the data set's folder
 */
export function photoCandidates(file: string, annotations: string, images: string): PathCandidate[] {
  const steps = file.replace(/\.[^./]+$/, "").split("/");
  const without = steps.filter((step, i) => i === steps.length - 1 || step !== annotations);
  const core = without.filter((step, i) => i === without.length - 1 || !PARTS.has(step));
  const beside = steps.map((step, i) => (step === annotations && i < steps.length - 1 ? images : step));
  return [...new Set([beside, steps, without, core].map((path) => path.join("/")))].map((path) => ({
    path,
    isStem: true,
  }));
}
