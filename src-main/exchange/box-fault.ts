import type { Rectangle } from "../base/overlap";
import { asStored } from "../store/box-verdicts";
import { haveSameAspect } from "./mwg-regions";

/** How far a side may lie outside the photo, as a fraction of it: other programs round, some count pixels from 0. */
const SLACK = 0.02;

interface Size {
  width: number;
  height: number;
}

/**
 * A box of a source, cut off at the photo's edges.
 * @returns a sentence if it can't be used
 */
export function usableBox(box: Rectangle): Rectangle | string {
  if (!box.every(Number.isFinite)) return "The box’s sides aren’t all numbers.";
  const [left, top, right, bottom] = box;
  const said = `The box (${box.map((side) => Number(side.toFixed(4))).join(", ")}, as fractions of the photo)`;
  if (right <= left || bottom <= top) return `${said} has no area.`;
  if (left < -SLACK || top < -SLACK || right > 1 + SLACK || bottom > 1 + SLACK)
    return `${said} lies outside the photo.`;
  const inside = box.map((side) => Math.min(Math.max(side, 0), 1)) as unknown as Rectangle;
  const [x0, y0, x1, y1] = asStored(inside);
  return x1 > x0 && y1 > y0 ? inside : `${said} is too small: it must be at least 1/10,000 of the photo wide and high.`;
}

/**
 * Why boxes can't be of a photo: the source gives it another aspect ratio. The same picture in another resolution is
 * fine, but a picture on its side isn't turned: programs disagree on what they write then.
 * @param photo the size of the upright photo; 0 if not known
 * @returns a sentence, or null
 */
export function sizeFault(said: Size, photo: Size): string | null {
  if (!(said.width > 0 && said.height > 0 && Number.isFinite(said.width * said.height)))
    return `The source gives the photo a size of ${said.width} × ${said.height} pixels.`;
  if (!(photo.width > 0 && photo.height > 0) || haveSameAspect(said, photo)) return null;
  const isOnItsSide = haveSameAspect({ width: said.height, height: said.width }, photo);
  return (
    `The source says that the photo is ${said.width} × ${said.height} pixels; upright, it is ` +
    `${photo.width} × ${photo.height}.${isOnItsSide ? " Export boxes of the upright photo, turned by its EXIF orientation." : ""}`
  );
}
