import type { BoxRectangle } from "../../src-shared/contract";
import type { Size } from "../state/viewing.svelte";

/** Share of a box's longer side that its tile shows around it. */
const MARGIN = 0.15;
/** Long side of a thumbnail, in pixels. */
const THUMBNAIL = 512;
/** A picture may be enlarged by this factor before it looks blurred. */
const ENLARGED = 1.25;

/**
 * The part of a photo that a tile shows: a square around the box with a margin, as far as the photo reaches.
 * @param photo upright, in pixels
 * @returns fractions of the photo
 */
export function shownArea([left, top, right, bottom]: BoxRectangle, { width, height }: Size): BoxRectangle {
  const side = Math.max((right - left) * width, (bottom - top) * height, 1) * (1 + 2 * MARGIN);
  const [fromX, toX] = around(left, right, side / width);
  const [fromY, toY] = around(top, bottom, side / height);
  return [fromX, fromY, toX, toY];
}

/** An interval of this length with `begin` to `end` in its middle, moved and shortened to lie within 0..1. */
function around(begin: number, end: number, length: number): [number, number] {
  if (length >= 1) return [0, 1];
  const from = Math.min(1 - length, Math.max(0, (begin + end - length) / 2));
  return [from, from + length];
}

/** Whether the thumbnail has too few pixels for an area that is `shown` pixels long on the screen. */
export function needsCrop([left, top, right, bottom]: BoxRectangle, { width, height }: Size, shown: number): boolean {
  const scale = THUMBNAIL / Math.max(width, height);
  if (scale >= 1) return false; // the thumbnail has all that the photo has
  const pixels = scale * Math.max((right - left) * width, (bottom - top) * height);
  return shown > ENLARGED * pixels;
}
