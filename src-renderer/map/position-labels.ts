import { type Camera, type Size, toScreen } from "./camera";

export interface Word {
  name: string;
  x: number;
  y: number;
}
/** A word that has been placed; `left` and `top` are its centre in pixels. */
export interface PositionedLabel {
  word: number;
  left: number;
  top: number;
}

/** Line height, and minimum gap between two words, in pixels. */
const LINE = 18;
const GAP = { across: 10, down: 6 };
/** Most words on screen: more could not be read. */
const MOST = 70;

/**
 * Places the words in view that have room, first come first served: zooming in makes room for more.
 * @param widthOf width of a name in pixels
 */
export function positionLabels(
  words: readonly Word[],
  camera: Camera,
  size: Size,
  widthOf: (name: string) => number,
): PositionedLabel[] {
  const placed: (PositionedLabel & { half: number })[] = [];
  for (const [word, { name, x, y }] of words.entries()) {
    if (placed.length >= MOST) break;
    const [left, top] = toScreen(camera, size, x, y);
    const half = widthOf(name) / 2;
    if (left < half || left > size.width - half || top < LINE / 2 || top > size.height - LINE / 2) continue;
    const crowded = placed.some(
      (other) =>
        Math.abs(other.left - left) < other.half + half + GAP.across && Math.abs(other.top - top) < LINE + GAP.down,
    );
    if (!crowded) placed.push({ word, left, top, half });
  }
  return placed.map(({ word, left, top }) => ({ word, left, top }));
}
