import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, posix } from "node:path";
import type { Part } from "../../src-shared/contract";
import { formatCount } from "../../src-shared/format-count";
import { writeFolder } from "../base/write-folder";
import { bringPhoto, isOfThePhoto, refuseInside } from "./bring-photo";
import type { LabelledFile, LabelledFiles } from "./labelled-files";

export interface AnnotationFolder {
  /** The data folder. */
  home: string;
  /** The photo folder. */
  root: string;
  /** Absolute path of a new or empty folder outside the photo folder. */
  folder: string;
  /** How the photos are added. */
  images: "none" | "copies" | "links";
}

/** A format with a file of boxes for each photo. */
export interface AnnotationFormat {
  /** Folder of the annotations, and that of the images. */
  annotations: string;
  images: string;
  /** With its dot. */
  extension: string;
  /** The annotations of a photo with boxes. */
  textOf(file: LabelledFile): string;
  /**
   * Adds what describes the data set as a whole.
   * @param photos that were written, by their part of the split; null if the library isn't split
   */
  finish(put: (name: string, text: string) => Promise<void>, photos: Map<Part, string[]> | null): Promise<void>;
}

/**
 * Writes a data set of boxes: an annotation file per photo with boxes, in the photos' subfolders. Photos without boxes
 * are left out, because training would take them for photos without objects. The result is complete or absent.
 * @returns how many boxes were written
 * @throws Refusal `inside-library`, `other-drive` if hard links are impossible, or of `writeFolder`
 */
export async function writeAnnotationFolder(
  files: LabelledFiles,
  { home, root, folder, images }: AnnotationFolder,
  format: AnnotationFormat,
): Promise<{ rows: number; notes: string[]; refused: { path: string; reason: string }[] }> {
  refuseInside(root, folder);
  return writeFolder({ home, folder, format: null }, async (target) => {
    const notes: string[] = [];
    const refused: { path: string; reason: string }[] = [];
    const written = new Map<string, string>();
    const parts = new Map<Part, string[]>();
    let [rows, unsized] = [0, 0];
    const into = folderMaker();
    for await (const file of files.read()) {
      const { path, boxes, width, height, part } = file;
      if (boxes.length === 0) continue;
      if (!(width > 0 && height > 0)) {
        unsized++;
        continue;
      }
      const stem = path.replace(/\.[^./]+$/, "");
      const namesake = written.get(stem.toLowerCase());
      if (namesake !== undefined) {
        refused.push({ path, reason: `It shares its annotation file with ${namesake}. Rename one of them.` });
        continue;
      }
      const original = join(root, path);
      try {
        if (images !== "none") await bringPhoto(original, await into(join(target, format.images, path)), images);
      } catch (error) {
        if (!isOfThePhoto(error, original)) throw error;
        refused.push({ path, reason: `Can’t read the file (${error.code}).` });
        continue;
      }
      await writeFile(await into(join(target, format.annotations, stem + format.extension)), format.textOf(file));
      written.set(stem.toLowerCase(), path);
      if (part !== null) (parts.get(part) ?? parts.set(part, []).get(part)!).push(path);
      rows += boxes.length;
    }
    await format.finish(
      async (name, text) => writeFile(await into(join(target, name)), text),
      files.split ? parts : null,
    );
    if (unsized > 0)
      notes.push(
        `Skipped ${formatCount(unsized, "photo")} whose size isn’t known yet. Let Semblance analyse them first.`,
      );
    if (images === "none" && rows > 0)
      notes.push(`Put the photos into ${posix.join(format.images, "/")} to train with them, in the same subfolders.`);
    if (images === "links") notes.push("The photos are hard links: editing one edits the original.");
    return { rows, notes, refused };
  });
}

/** Creates the folder of a file, once. */
function folderMaker(): (file: string) => Promise<string> {
  const made = new Set<string>();
  return async (file) => {
    const folder = dirname(file);
    if (!made.has(folder)) {
      await mkdir(folder, { recursive: true });
      made.add(folder);
    }
    return file;
  };
}
