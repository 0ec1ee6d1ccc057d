import type { BoxRectangle } from "./contract/browsing";

/**
 * Long side: `thumbnail` 512 pixels, `view` (preview) 2,048; `full` is the photo's own. `crop-…` is a part of the photo,
 * at most 384 pixels.
 */
export type PictureSize = "thumbnail" | "view" | "full" | PictureCrop;
/** Left, top, right and bottom in 1/10,000 of the upright photo, such as `crop-0-2500-5000-7500`. */
export type PictureCrop = `crop-${string}`;

const STEPS = 10_000;
const WHOLE = ["thumbnail", "view", "full"];

/** The part of a photo inside this rectangle. */
export const pictureCrop = (area: BoxRectangle): PictureCrop =>
  `crop-${area.map((side) => Math.round(side * STEPS)).join("-")}`;

/** The rectangle of a crop; null if it isn't one, or has no area. */
export function areaOfCrop(size: string): BoxRectangle | null {
  const sides = /^crop-(\d{1,5})-(\d{1,5})-(\d{1,5})-(\d{1,5})$/.exec(size)?.slice(1).map(Number);
  if (!sides) return null;
  const [left, top, right, bottom] = sides as BoxRectangle;
  if (left >= right || top >= bottom || Math.max(right, bottom) > STEPS) return null;
  return [left / STEPS, top / STEPS, right / STEPS, bottom / STEPS];
}

export const isPictureSize = (size: string): size is PictureSize => WHOLE.includes(size) || areaOfCrop(size) !== null;
