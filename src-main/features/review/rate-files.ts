import { relative, resolve, sep } from "node:path";
import type { PhotoId } from "../../../src-shared/contract";
import type { PhotoMarks } from "../../../src-shared/photo-marks";
import { Refusal } from "../../../src-shared/refusal";
import { describeMarks, markPhotos, marksOf } from "../../store/marks";
import { insideRoot } from "../../store/named-files";
import { pathsOf, photoAt } from "../../store/photos";
import type { OpenLibrary } from "../../workspace/open-library";

/** What rating photos did. */
export interface Rated {
  /** How many photos were asked for, and how many of them changed. */
  photos: number;
  changed: number;
  /** "Rate 3 photos 4 stars"; null if none changed. */
  action: string | null;
  /** A row for each file of these photos, with the marks that it has now. */
  files: ({ path: string } & PhotoMarks)[];
}

/** The photos in files, named as seen from the current folder or from the library's. @throws Refusal `no-photo` */
export const photosInFiles = ({ store }: OpenLibrary, files: readonly string[]): PhotoId[] =>
  files.map((file) => {
    const inside = relative(store.folder, resolve(file)).split(sep).join("/");
    const photo = photoAt(store, inside) ?? photoAt(store, insideRoot(store.folder, file));
    if (photo === null)
      throw new Refusal(
        "no-photo",
        `${file} is not a photo of the library ${store.folder}. If it is new, run “semblance tag” first.`,
      );
    return photo;
  });

/** Gives photos a flag, rating or colour label, as one action that undo takes back. */
export function ratePhotos({ store }: OpenLibrary, photos: readonly PhotoId[], marks: Partial<PhotoMarks>): Rated {
  const some = [...new Set(photos)];
  const changed = markPhotos(store, some, marks);
  const marksNow = marksOf(store, some);
  return {
    photos: some.length,
    changed,
    action: changed > 0 ? describeMarks(marks, changed) : null,
    files: some.flatMap((photo) => pathsOf(store, photo).map((path) => ({ path, ...marksNow.get(photo)! }))),
  };
}
