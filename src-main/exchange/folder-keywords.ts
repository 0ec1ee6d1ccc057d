import { stepsOf } from "./photo-keywords";

/**
 * `nearest`: the photo's own folder; `top`: the folder directly below the library's root; `all`: both and those in
 * between, as one hierarchical keyword.
 */
export type FolderLevel = "nearest" | "top" | "all";

/**
 * Folder names from cameras (DCF: three digits and five characters), and dates in any order: 2024, 2024-05, 2024-05-11,
 * 20240511, 11.05.2024.
 */
const CAMERA = /^\d{3}[A-Z0-9_]{5}$/i;
const DATE = /^[\d\s._-]+$/;
/** A date before a name, as import programs write it: "2024-05-11 Harbour". */
const DATED = /^(?:(?:19|20)\d{2}(?:[._-]\d{1,2}){0,2}|(?:19|20)\d{6})(?:[\s_–-]+)(?=\p{L})/u;

/**
 * The keyword that a photo's folders give it; null if none of their names means anything.
 * @param path relative to the library's root, with `/`
 * @param without folder names to ignore, in any case
 */
export function folderKeyword(path: string, level: FolderLevel, without: readonly string[]): string[] | null {
  const silent = new Set(without.map((name) => name.normalize("NFC").trim().toLowerCase()));
  const speaks = (name: string) =>
    name !== "" && !silent.has(name.toLowerCase()) && !CAMERA.test(name) && !DATE.test(name);
  const names = path
    .split("/")
    .slice(0, -1)
    .flatMap((folder) => stepsOf(folder.replaceAll("_", " "), null))
    .filter(speaks)
    .map((name) => name.replace(DATED, ""));
  const one = names.at(level === "top" ? 0 : -1);
  if (one === undefined) return null;
  return level === "all" ? names : [one];
}
