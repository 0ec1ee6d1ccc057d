import { countryName } from "../../places/countries";
import { camerasOf, keywordsOf, lensesOf } from "../../store/metadata";
import { folders } from "../../store/photos";
import { type PlaceColumn, placeNames } from "../../store/places";
import type { OpenLibrary } from "../../workspace/open-library";

/**
 * Folders with these consecutive steps in their path, and their subfolders; from the root if the text begins with "/".
 * `exactly`: only the folder with this path.
 */
export function resolveFolders({ store }: OpenLibrary, text: string, exactly: boolean): string[] {
  const steps = `/${text.toLowerCase().replace(/^\/+|\/+$/g, "")}/`;
  const rooted = text.startsWith("/");
  return folders(store)
    .map(({ folder }) => folder)
    .filter((folder) => {
      const path = folder === "" ? "/" : `/${folder.toLowerCase()}/`;
      const wanted = steps === "//" ? "/" : steps;
      if (exactly) return path === wanted;
      return rooted ? path.startsWith(wanted) : path.includes(wanted);
    });
}

export function resolveCameras({ store }: OpenLibrary, text: string, exactly: boolean): string[] {
  const wanted = text.toLowerCase();
  return camerasOf(store)
    .map(({ camera }) => camera)
    .filter((camera) => (exactly ? camera.toLowerCase() === wanted : camera.toLowerCase().includes(wanted)));
}

export function resolveLenses({ store }: OpenLibrary, text: string, exactly: boolean): string[] {
  const wanted = text.toLowerCase();
  return lensesOf(store)
    .map(({ lens }) => lens)
    .filter((lens) => (exactly ? lens.toLowerCase() === wanted : lens.toLowerCase().includes(wanted)));
}

/**
 * Names of places in the library that contain the text, by column. A country is found by its code or English name.
 * `exactly`: that are the text.
 */
export function resolvePlaces(
  { store }: OpenLibrary,
  columns: readonly PlaceColumn[],
  text: string,
  exactly: boolean,
): { column: PlaceColumn; among: string[] }[] {
  const wanted = text.toLowerCase();
  const is = (name: string) => (exactly ? name.toLowerCase() === wanted : name.toLowerCase().includes(wanted));
  return columns.map((column) => ({
    column,
    among: placeNames(store, column)
      .map(({ name }) => name)
      .filter((name) => (column === "country" ? name.toLowerCase() === wanted || is(countryName(name)) : is(name))),
  }));
}

/** Keywords that contain the text in their path ("animals|birds"); `exactly`: whose path ends with it. */
export function resolveKeywords({ store }: OpenLibrary, text: string, exactly: boolean): string[] {
  const wanted = text.toLowerCase();
  return keywordsOf(store)
    .filter(({ steps }) => {
      const path = steps.join("|").toLowerCase();
      return exactly ? path === wanted || path.endsWith(`|${wanted}`) : path.includes(wanted);
    })
    .map(({ stored }) => stored);
}

/** A LIKE pattern: matches part of a name, or the whole name if the text has a `*`. */
export function likePattern(text: string, exactly: boolean): string {
  const plain = text.replace(/[\\%_]/g, "\\$&");
  if (exactly) return plain;
  return text.includes("*") ? plain.replaceAll("*", "%") : `%${plain}%`;
}
