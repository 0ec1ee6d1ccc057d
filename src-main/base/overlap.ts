/** A rectangle as fractions of an upright photo, 0..1. */
export type Rectangle = readonly [left: number, top: number, right: number, bottom: number];

/** Intersection over union (the Jaccard index) of two rectangles, 0..1; 0 if either has no area. */
export function overlapOf(a: Rectangle, b: Rectangle): number {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  return shared / (areaOf(a) + areaOf(b) - shared);
}

export const areaOf = ([left, top, right, bottom]: Rectangle): number => (right - left) * (bottom - top);
