import type { Dirent } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { extensionOf } from "../base/original-names";
import { isIgnoredFolder, isPhotoFile, isRaw, isVideo, STILL_EXTENSIONS } from "../images/photo-files";

/** A file or folder that the walk found. Paths are relative to the root, with `/`. */
export type WalkEntry =
  | { path: string; kind: "photo" }
  /** A RAW or film beside a still of the same name (see companions.ts). */
  | { path: string; kind: "beside" }
  | { path: string; kind: "failed"; code: string; message: string }
  /** A folder that can't be read: its files are unknown, not missing. The path ends in `/`. */
  | { path: string; kind: "closed"; code: string; message: string };

/**
 * Every photo file below a folder, folder by folder, sorted by name. Symbolic links are not followed: a target inside
 * the root is found at its own path, and one outside doesn't belong to the library.
 * @param skippedFolders folders to skip, relative to the root
 * @param deep whether to include subfolders
 */
export async function* walk(
  root: string,
  skippedFolders: ReadonlySet<string>,
  folder = "",
  deep = true,
): AsyncGenerator<WalkEntry> {
  let entries: Dirent<Buffer>[];
  try {
    // As bytes: decoding a name that is not UTF-8 would change it, and the file could no longer be found by it.
    entries = await readdir(join(root, folder), { withFileTypes: true, encoding: "buffer" });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" && folder !== "") return; // it was deleted during the walk
    if (folder === "") throw error;
    yield { path: `${folder}/`, kind: "closed", code: "unreadable", message: `Can’t read the folder (${code}).` };
    return;
  }
  const stills = new Set(
    entries
      .filter((entry) => entry.isFile())
      .map(({ name }) => name.toString("utf8"))
      .filter((name) => STILL_EXTENSIONS.includes(extensionOf(name)) && isPhotoFile(name))
      .map(stemOf),
  );
  for (const entry of entries.sort((a, b) => Buffer.compare(a.name, b.name))) {
    const name = nameOf(entry.name);
    const path = folder === "" ? name.shown : `${folder}/${name.shown}`;
    if (entry.isDirectory()) {
      if (!deep || isIgnoredFolder(name.shown) || skippedFolders.has(path)) continue;
      if (name.exact) yield* walk(root, skippedFolders, path);
      else
        yield {
          path: `${path}/`,
          kind: "closed",
          code: "name-not-utf8",
          message: "The folder name is not valid UTF-8. Rename the folder.",
        };
    } else if (entry.isFile()) {
      const beside = (isRaw(name.shown) || isVideo(name.shown)) && stills.has(stemOf(name.shown));
      if (!beside && !isPhotoFile(name.shown)) continue;
      if (name.exact) yield { path, kind: beside ? "beside" : "photo" };
      else
        yield {
          path,
          kind: "failed",
          code: "name-not-utf8",
          message: "The file name is not valid UTF-8. Rename the file.",
        };
    }
  }
}

const stemOf = (name: string): string => name.slice(0, name.lastIndexOf("."));

/**
 * A name as text. Bytes that are not UTF-8 are shown as `\xNN`, and then the name is not `exact`: it no longer leads to
 * the file.
 */
function nameOf(bytes: Buffer): { shown: string; exact: boolean } {
  const shown = bytes.toString("utf8");
  if (Buffer.from(shown, "utf8").equals(bytes)) return { shown, exact: true };
  let escaped = "";
  for (const byte of bytes) escaped += byte < 0x80 ? String.fromCharCode(byte) : `\\x${byte.toString(16)}`;
  return { shown: escaped, exact: false };
}
