import { join } from "node:path";
import { Refusal } from "../../../src-shared/refusal";
import { filePathsOf } from "../../store/photos";
import type { BoxComparing } from "../../workspace/crop-features";
import type { OpenLibrary } from "../../workspace/open-library";
import { photosLikeBox } from "./similar-boxes";

/** A photo with something like what is in a box, and where: a box of it, or the whole photo, in fractions. */
export interface LikeBox {
  /** Relative to the library's root. */
  path: string;
  /** Cosine of the features, 0..1. */
  likeness: number;
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/**
 * The photos with something like what is in a box, for the command line.
 * @param place a file of the folder, then left, top, right and bottom, 0..1 of the upright photo
 * @throws Refusal `no-photo`, or `bad-setting` for another place
 */
export async function boxesLike(
  library: OpenLibrary,
  [file = "", ...sides]: readonly string[],
  comparing: BoxComparing,
): Promise<LikeBox[]> {
  const [left = NaN, top = NaN, right = NaN, bottom = NaN] = sides.map(Number);
  const isBox = left >= 0 && top >= 0 && left < right && top < bottom && right <= 1 && bottom <= 1;
  if (sides.length !== 4 || !isBox)
    throw new Refusal(
      "bad-setting",
      `--like takes a file and the left, top, right and bottom of a box, from 0 to 1, not “${[file, ...sides].join(" ")}”.`,
    );
  const { store } = library;
  const paths = filePathsOf(store);
  const photo = [...paths].find(([, path]) => path === file || join(store.folder, path) === file)?.[0];
  if (photo === undefined) throw new Refusal("no-photo", `There is no photo ${file} in ${store.folder}.`);
  const { hits, places } = await photosLikeBox(
    library,
    { photo, label: null, box: [left, top, right, bottom] },
    comparing,
  );
  return hits.photos.map((found, i) => {
    const [x0, y0, x1, y1] = places.get(found) ?? [0, 0, 1, 1];
    return { path: paths.get(found) ?? "", likeness: hits.scores[i]!, left: x0, top: y0, right: x1, bottom: y1 };
  });
}
