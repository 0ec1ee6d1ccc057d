import { isAbsolute, relative, sep } from "node:path";
import type { PhotoId } from "../../src-shared/contract";
import type { Store } from "./database";
import { allFiles } from "./photos";

/** A photo, or the reason why a path does not identify one. */
export type NamedPhoto = { photo: PhotoId } | { reason: string };

/**
 * Finds photos by the paths that other programs write: relative to the library's root, absolute, with backslashes, or
 * just the end of a path if no other file has it.
 */
export function fileFinder(store: Store): (path: string) => NamedPhoto {
  const byPath = new Map<string, PhotoId>();
  const byName = new Map<string, string[]>();
  for (const { path, photo } of allFiles(store)) {
    if (photo === null) continue;
    const plain = path.normalize("NFC");
    byPath.set(plain, photo);
    byName.set(nameOf(plain), [...(byName.get(nameOf(plain)) ?? []), plain]);
  }
  return (path) => {
    const inside = insideRoot(store.folder, path).normalize("NFC");
    const forms = [inside, inside.replaceAll("\\", "/")];
    for (const form of forms) if (byPath.has(form)) return { photo: byPath.get(form)! };
    const ends = forms.map((form) => form.replace(/^(\.{0,2}\/)+/, ""));
    for (const end of new Set(ends)) {
      const files = (byName.get(nameOf(end)) ?? []).filter((file) => file === end || file.endsWith(`/${end}`));
      const photos = new Set(files.map((file) => byPath.get(file)!));
      if (photos.size === 1) return { photo: [...photos][0]! };
      if (photos.size > 1)
        return {
          reason:
            `${photos.size} photos have this name: ${files.slice(0, 3).join(", ")}${files.length > 3 ? ", …" : ""}. ` +
            "Add the folder to the path.",
        };
    }
    return { reason: "No photo of this library has this path. Check that it is relative to the library’s folder." };
  };
}

/** A path as the library stores it: relative to its root, with `/`. */
export function insideRoot(root: string, path: string): string {
  return (isAbsolute(path) ? relative(root, path) : path).split(sep).join("/").replace(/^\.\//, "");
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);
