import { constants, realpathSync } from "node:fs";
import { copyFile, link, lstat, utimes } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, relative, sep } from "node:path";
import { Refusal } from "../../src-shared/refusal";
import { pathExists, unwritableFile } from "../base/refuse-target";
import { isSystemError } from "../base/system-error";

/**
 * Puts a photo into an exported folder, as a copy, or as a hard link, which takes no space but is the same file.
 * @throws Refusal `other-drive` if hard links are impossible; the system's error, see `isOfThePhoto`
 */
export async function bringPhoto(original: string, to: string, as: "copies" | "links"): Promise<void> {
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
export const isOfThePhoto = (error: unknown, original: string): error is NodeJS.ErrnoException =>
  isSystemError(error) &&
  error.path === original &&
  ["ENOENT", "EACCES", "EPERM", "EIO", "not a regular file"].includes(error.code ?? "");

/** @throws Refusal `inside-library` for an exported folder inside the photo folder */
export function refuseInside(root: string, folder: string): void {
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
