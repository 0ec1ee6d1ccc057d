import { readdir, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { Api } from "../../src-shared/contract";
import { Refusal } from "../../src-shared/refusal";
import { isPhotoFile } from "../images/photo-files";

/**
 * The visible subfolders of a folder, sorted by name, and the number of photo files directly in it.
 * @throws Refusal `no-folder`
 */
export async function subfolders(path: string): Promise<Awaited<ReturnType<Api["subfolders"]>>> {
  const folder = resolve(path);
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    throw new Refusal(
      "no-folder",
      error.code === "ENOENT" ? `There is no folder ${folder}.` : `Can’t read the folder ${folder} (${error.code}).`,
    );
  });
  const isFolder = async (name: string) => (await stat(join(folder, name)).catch(() => null))?.isDirectory() ?? false;
  const folders: string[] = [];
  for (const entry of entries) {
    if (entry.name.startsWith(".")) continue;
    if (entry.isDirectory() || (entry.isSymbolicLink() && (await isFolder(entry.name)))) folders.push(entry.name);
  }
  const photos = entries.filter((entry) => entry.isFile() && isPhotoFile(entry.name)).length;
  const parent = dirname(folder);
  return {
    path: folder,
    parent: parent === folder ? null : parent,
    folders: folders.sort((a, b) => a.localeCompare(b)),
    photos,
  };
}
