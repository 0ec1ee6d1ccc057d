import { isAbsolute, relative, sep } from "node:path";
import type { PhotoId } from "../../src-shared/contract";
import type { Store } from "./database";
import { allFiles } from "./photos";

/** A photo, or the reason why a path does not identify one. */
export type NamedPhoto = { photo: PhotoId } | { reason: string };

/** A path that another program may mean. */
export interface PathCandidate {
  path: string;
  /** Whether the path lacks the file's extension. */
  isStem: boolean;
}

/**
 * Finds the photo of the first of several paths that names one.
 * @returns a function that gives the reason for the last path if none does, or for the first path that several photos
 *   have
 */
export function candidateFinder(store: Store): (candidates: readonly PathCandidate[]) => NamedPhoto {
  const [whole, stems] = [fileFinder(store), fileFinder(store, true)];
  return (candidates) => {
    let reason: string | null = null;
    for (const { path, isStem } of candidates) {
      const found = (isStem ? stems : whole)(path);
      if ("photo" in found) return found;
      if (found.reason !== NOT_FOUND) reason ??= found.reason;
    }
    return { reason: reason ?? NOT_FOUND };
  };
}

/** The files whose paths have the same end. */
interface SameEnd {
  photos: Set<PhotoId>;
  count: number;
  /** The first few, for the reason. */
  paths: string[];
}

const LISTED_PATHS = 3;
const NOT_FOUND = "No photo of this library has this path. Check that it is relative to the library’s folder.";

/**
 * Finds photos by the paths that other programs write: relative to the library's root, absolute, with backslashes, or
 * just the end of a path if no other file has it. Takes time in proportion to the number of files, however many have
 * the same name.
 * @param stems the paths lack their extensions
 */
export function fileFinder(store: Store, stems = false): (path: string) => NamedPhoto {
  const byPath = new Map<string, PhotoId>();
  const byName = new Map<string, string[]>();
  /** Photos whose path another photo has too, if extensions don't count. */
  const others = new Map<string, PhotoId[]>();
  const photosAt = (path: string): PhotoId[] => [byPath.get(path)!, ...(others.get(path) ?? [])];
  for (const { path, photo } of allFiles(store)) {
    if (photo === null) continue;
    const plain = (stems ? path.replace(/\.[^./]+$/, "") : path).normalize("NFC");
    const known = byPath.get(plain);
    if (known !== undefined) {
      if (!photosAt(plain).includes(photo)) others.set(plain, [...(others.get(plain) ?? []), photo]); // not a RAW file beside its JPEG
      continue;
    }
    byPath.set(plain, photo);
    const name = nameOf(plain);
    const sameName = byName.get(name);
    if (sameName) sameName.push(plain);
    else byName.set(name, [plain]);
  }
  // Made for a name when it is first looked up by the end of a path, because most paths are found whole.
  const endsByName = new Map<string, Map<string, SameEnd>>();
  const filesEndingIn = (end: string): SameEnd | undefined => {
    const name = nameOf(end);
    let ends = endsByName.get(name);
    if (!ends) endsByName.set(name, (ends = endsOf(byName.get(name) ?? [], photosAt)));
    return ends.get(end);
  };
  return (path) => {
    const inside = insideRoot(store.folder, path).normalize("NFC");
    const forms = [inside, inside.replaceAll("\\", "/")];
    for (const form of forms)
      if (others.has(form))
        return {
          reason: `${photosAt(form).length} photos have the path ${form}${stems ? ", with different extensions" : ""}.`,
        };
      else if (byPath.has(form)) return { photo: byPath.get(form)! };
    const ends = forms.map((form) => form.replace(/^(\.{0,2}\/)+/, ""));
    for (const end of new Set(ends)) {
      const found = filesEndingIn(end);
      if (!found) continue;
      const { photos, count, paths } = found;
      if (photos.size === 1) return { photo: [...photos][0]! };
      return {
        reason:
          `${photos.size} photos have this name: ${paths.join(", ")}${count > LISTED_PATHS ? " and others" : ""}. ` +
          "Add the folder to the path.",
      };
    }
    return { reason: NOT_FOUND };
  };
}

/** The files with one name, by every end of their paths that begins at a folder: "b/c.jpg" and "c.jpg" of "a/b/c.jpg". */
function endsOf(files: readonly string[], photosAt: (path: string) => PhotoId[]): Map<string, SameEnd> {
  const ends = new Map<string, SameEnd>();
  for (const path of files) {
    for (let from = path.length; from >= 0;) {
      from = from === 0 ? -1 : path.lastIndexOf("/", from - 1);
      const end = path.slice(from + 1);
      let same = ends.get(end);
      if (!same) ends.set(end, (same = { photos: new Set(), count: 0, paths: [] }));
      for (const photo of photosAt(path)) same.photos.add(photo);
      same.count++;
      if (same.paths.length < LISTED_PATHS) same.paths.push(path);
    }
  }
  return ends;
}

/** A path as the library stores it: relative to its root, with `/`. */
export function insideRoot(root: string, path: string): string {
  return (isAbsolute(path) ? relative(root, path) : path).split(sep).join("/").replace(/^\.\//, "");
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);
