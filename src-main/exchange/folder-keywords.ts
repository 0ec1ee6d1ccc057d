import { stepsOf } from "./photo-keywords";

/**
 * `nearest`: the folder that the photo lies in; `top`: the one right below the library's; `all`: both and those
 * between, as one path.
 */
export type FolderLevel = "nearest" | "top" | "all";

/**
 * Folders that cameras name (DCF: three digits and five letters), and dates in whatever order: 2024, 2024-05,
 * 2024-05-11, 20240511, 11.05.2024.
 */
const CAMERA = /^\d{3}[A-Z0-9_]{5}$/i;
const DATE = /^[\d\s._-]+$/;
/** A date before a name, as import programs write it: "2024-05-11 Harbour". */
const DATED = /^(?:(?:19|20)\d{2}(?:[._-]\d{1,2}){0,2}|(?:19|20)\d{6})(?:[\s_–-]+)(?=\p{L})/u;

/**
 * The keyword that the folders of a photo come to; null where none of them names anything.
 * @param path relative to the library's root, with `/`
 * @param without names of folders that say nothing, in any case
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
