import { constants, realpathSync } from "node:fs";
import { copyFile, link, lstat, mkdir, utimes } from "node:fs/promises";
import { basename, dirname, extname, isAbsolute, join, relative, sep } from "node:path";
import type { LabelId, PhotoId } from "../../src-shared/contract";
import { formatCount } from "../../src-shared/format-count";
import { Refusal } from "../../src-shared/refusal";
import { pathExists, unwritableFile } from "../base/refuse-target";
import { isSystemError } from "../base/system-error";
import { writeFolder } from "../base/write-folder";
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
        await bring(join(root, path), join(into, freeName(basename(path, extname(path)), extname(path), taken)), as);
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

async function bring(original: string, to: string, as: ClassFolders["as"]): Promise<void> {
  const about = await lstat(original);
  if (!about.isFile())
    throw Object.assign(new Error(), { code: "not a regular file", syscall: "lstat", path: original });
  if (as === "copies") {
    await copyFile(original, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    return utimes(to, about.atime, about.mtime);
  }
  await link(original, to).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "EXDEV")
      throw new Refusal(
        "other-drive",
        `${original} and ${dirname(to)} are on different drives, so hard links are impossible. Export copies instead.`,
      );
    if (["EPERM", "ENOTSUP", "EMLINK", "ENOSYS"].includes(error.code ?? ""))
      throw new Refusal(
        "other-drive",
        `Couldn’t create a hard link to ${original} (${error.code}). Export copies instead.`,
      );
    throw error;
  });
}

/** Skips a photo that is missing or unreadable, while a full disk ends the export. */
const isOfThePhoto = (error: unknown, original: string): error is NodeJS.ErrnoException =>
  isSystemError(error) &&
  error.path === original &&
  ["ENOENT", "EACCES", "EPERM", "EIO", "not a regular file"].includes(error.code ?? "");

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

function refuseInside(root: string, folder: string): void {
  const way = relative(realpathSync(root), realOf(folder));
  if (way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way)) {
    throw new Refusal("inside-library", `${folder} is inside the photo folder ${root}. Choose another folder.`);
  }
}

/** The real path of a folder, whether or not it exists, with links resolved. */
function realOf(folder: string): string {
  try {
    if (pathExists(folder)) return realpathSync(folder);
  } catch (error) {
    throw unwritableFile(folder, error); // a broken link
  }
  const above = dirname(folder);
  return above === folder ? folder : join(realOf(above), basename(folder));
}
