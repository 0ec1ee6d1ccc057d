import type { Dirent } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { extensionOf, isIgnoredFolder, isPhotoFile, isRaw, isVideo, STILL_EXTENSIONS } from "../images/photo-files";

/** Something the walk came upon. Paths are relative to the root, with `/`. */
export type WalkEntry =
  | { path: string; kind: "photo" }
  /** A RAW or a film with a still of the same name beside it, see companions. */
  | { path: string; kind: "beside" }
  | { path: string; kind: "failed"; code: string; message: string }
  /** A folder that can't be read: what lies in it is unknown, not gone. Its path ends in `/`. */
  | { path: string; kind: "closed"; code: string; message: string };

/**
 * Every photo file below a folder, in the same order each time: by name, folder by folder.
 * Links are not followed: what they point to inside the root is found where it lies, and the rest is none of ours.
 * @param leaveOut folders to pass by, relative to the root
 * @param deep also what lies in the folders below
 */
export async function* walk(
  root: string,
  skippedFolders: ReadonlySet<string>,
  folder = "",
  deep = true,
): AsyncGenerator<WalkEntry> {
  let entries: Dirent<Buffer>[];
  try {
    // As bytes: a name that is not UTF-8 would otherwise come back changed, and find no file again.
    entries = await readdir(join(root, folder), { withFileTypes: true, encoding: "buffer" });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" && folder !== "") return; // went while we looked
    if (folder === "") throw error;
    yield { path: `${folder}/`, kind: "closed", code: "unreadable", message: `The folder can't be read (${code})` };
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
          message: "The folder's name is not valid UTF-8; rename it",
        };
    } else if (entry.isFile()) {
      const beside = (isRaw(name.shown) || isVideo(name.shown)) && stills.has(stemOf(name.shown));
      if (!beside && !isPhotoFile(name.shown)) continue;
      if (name.exact) yield { path, kind: beside ? "beside" : "photo" };
      else
        yield { path, kind: "failed", code: "name-not-utf8", message: "The file's name is not valid UTF-8; rename it" };
    }
  }
}

const stemOf = (name: string): string => name.slice(0, name.lastIndexOf("."));

/** A name as text; bytes that are not UTF-8 are shown as `\xNN`, and then it names no file any more. */
function nameOf(bytes: Buffer): { shown: string; exact: boolean } {
  const shown = bytes.toString("utf8");
  if (Buffer.from(shown, "utf8").equals(bytes)) return { shown, exact: true };
  let escaped = "";
  for (const byte of bytes) escaped += byte < 0x80 ? String.fromCharCode(byte) : `\\x${byte.toString(16)}`;
  return { shown: escaped, exact: false };
}
