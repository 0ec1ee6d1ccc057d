import type { Rectangle } from "./overlap";

/** EXIF orientation (tag 0x0112): how the stored pixels are to be mirrored and turned to get the upright photo. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/** Other values mean that nothing is known, so the pixels are taken as they are. */
export const orientationOf = (tag: unknown): Orientation =>
  typeof tag === "number" && Number.isInteger(tag) && tag >= 1 && tag <= 8 ? (tag as Orientation) : 1;

/** Whether the stored pixels lie on their side: width and height are swapped. */
export const isSideways = (orientation: Orientation): boolean => orientation >= 5;

/** The size of the stored pixels for that of the upright photo, and the other way round. */
export const sizeTurned = (
  { width, height }: { width: number; height: number },
  orientation: Orientation,
): { width: number; height: number } =>
  isSideways(orientation) ? { width: height, height: width } : { width, height };

/** A rectangle of the stored pixels (fractions, 0..1), on the upright photo. */
export function upright([x0, y0, x1, y1]: Rectangle, orientation: Orientation): Rectangle {
  switch (orientation) {
    case 1:
      return [x0, y0, x1, y1];
    case 2:
      return [1 - x1, y0, 1 - x0, y1];
    case 3:
      return [1 - x1, 1 - y1, 1 - x0, 1 - y0];
    case 4:
      return [x0, 1 - y1, x1, 1 - y0];
    case 5:
      return [y0, x0, y1, x1];
    case 6:
      return [1 - y1, x0, 1 - y0, x1];
    case 7:
      return [1 - y1, 1 - x1, 1 - y0, 1 - x0];
    case 8:
      return [y0, 1 - x1, y1, 1 - x0];
  }
}

/** The inverse of `upright`. All orientations are their own inverse, except for the two quarter turns. */
export const asStored = (box: Rectangle, orientation: Orientation): Rectangle =>
  upright(box, orientation === 6 ? 8 : orientation === 8 ? 6 : orientation);
