import { mkdir } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import type { LabelId, PhotoId } from "../../src-shared/contract";
import { formatCount } from "../../src-shared/format-count";
import { writeFolder } from "../base/write-folder";
import { bringPhoto, isOfThePhoto, refuseInside } from "./bring-photo";
import type { LabelledFiles } from "./labelled-files";
import { MAX_NAME_BYTES, safeName, shortened } from "./safe-name";

export interface ClassFolders {
  /** The data folder. */
  home: string;
  /** The photo folder. */
  root: string;
  /** Absolute path of a new or empty folder outside the photo folder. */
  folder: string;
  as: "copies" | "links";
  nameOf(label: LabelId): string;
}

interface Made {
  rows: number;
  notes: string[];
  refused: { path: string; reason: string }[];
}

/**
 * Writes a folder per label with the photos that have the label: as copies, or as hard links, which take no space but
 * are the same files. A photo with two labels goes into both folders; of exact duplicates, the first file is used. The
 * result is complete or absent.
 * @throws Refusal `inside-library`, `other-drive` if hard links are impossible, or of `writeFolder`
 */
export async function writeClassFolders(
  files: LabelledFiles,
  { home, root, folder, as, nameOf }: ClassFolders,
): Promise<Made> {
  refuseInside(root, folder);
  return writeFolder({ home, folder, format: null }, (path) => fill(files, path, root, as, nameOf));
}

async function fill(
  files: LabelledFiles,
  folder: string,
  root: string,
  as: ClassFolders["as"],
  nameOf: ClassFolders["nameOf"],
): Promise<Made> {
  const labels = new Map<LabelId, { folder: string; taken: Set<string> }>();
  const takenByLabels = new Set<string>();
  const folderOf = async (label: LabelId) => {
    let known = labels.get(label);
    if (!known) {
      known = { folder: join(folder, freeName(safeName(nameOf(label)), "", takenByLabels)), taken: new Set() };
      labels.set(label, known);
      await mkdir(known.folder);
    }
    return known;
  };
  const seen = new Set<PhotoId>();
  const made: Made = { rows: 0, notes: [], refused: [] };
  let doubles = 0;
  for await (const { path, photo, labels: given } of files.read()) {
    if (given.length === 0) continue;
    if (seen.has(photo)) {
      doubles++;
      continue;
    }
    seen.add(photo);
    try {
      for (const { label } of given) {
        const { folder: into, taken } = await folderOf(label);
        await bringPhoto(
          join(root, path),
          join(into, freeName(basename(path, extname(path)), extname(path), taken)),
          as,
        );
        made.rows++;
      }
    } catch (error) {
      if (!isOfThePhoto(error, join(root, path))) throw error;
      made.refused.push({ path, reason: `Can’t read the file (${error.code}).` });
    }
  }
  if (doubles > 0) made.notes.push(`Skipped ${formatCount(doubles, "exact duplicate")}.`);
  if (as === "links") made.notes.push("These are hard links: editing one edits the original.");
  return made;
}

/** "IMG_1.jpg", then "IMG_1 (2).jpg". */
function freeName(stem: string, extension: string, taken: Set<string>): string {
  let free = stem + extension;
  for (let n = 2; taken.has(folded(free)); n++) {
    const end = ` (${n})${extension}`;
    free = shortened(stem, MAX_NAME_BYTES - Buffer.byteLength(end)) + end;
  }
  taken.add(folded(free));
  return free;
}

/** Many file systems ignore case and Unicode normalisation in names. */
const folded = (name: string) => name.normalize("NFC").toLowerCase();
