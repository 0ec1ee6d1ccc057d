import { type Camera, type Size, toScreen } from "./camera";

export interface Word {
  name: string;
  x: number;
  y: number;
}
/** A word with room of its own; `left` and `top` are its middle in pixels. */
export interface PlacedWord {
  word: number;
  left: number;
  top: number;
}

/** Pixels of a word's line, and the least between two words. */
const LINE = 18;
const GAP = { across: 10, down: 6 };
/** More could not be read. */
const MOST = 70;

/**
 * The words of what is seen that have room, first come first served: from nearer there is room for more of them.
 * @param widthOf pixels of a name
 */
export function placeWords(
  words: readonly Word[],
  camera: Camera,
  size: Size,
  widthOf: (name: string) => number,
): PlacedWord[] {
  const placed: (PlacedWord & { half: number })[] = [];
  for (let word = 0; word < words.length && placed.length < MOST; word++) {
    const { name, x, y } = words[word];
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
