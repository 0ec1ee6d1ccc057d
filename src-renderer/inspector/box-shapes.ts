import type { BoxRectangle } from "../../src-shared/contract";
import type { Size, ViewPlace } from "../state/viewing.svelte";
import type { Frame } from "./box-layout";

/** The sides that a handle moves: north, east, south, west. */
export const HANDLES = ["nw", "n", "ne", "e", "se", "s", "sw", "w"] as const;
export type Handle = (typeof HANDLES)[number];

/** Boxes are stored in these steps, as fractions of the photo. */
const STEPS = 10_000;
/** The shortest side of a box, as a fraction of the photo; the engine takes no smaller ones. */
const SHORTEST = 0.002;
/** CSS pixels that an arrow key moves a side, and with Alt. */
const STEP = 10;
const FINE_STEP = 1;

const clamp = (at: number, from: number, to: number) => Math.max(from, Math.min(to, at));
const rounded = (box: number[]) => box.map((side) => Math.round(side * STEPS) / STEPS) as BoxRectangle;

/** The box between two places of a photo, within it; null if it is too small to be one. */
export function spanned(a: ViewPlace, b: ViewPlace): BoxRectangle | null {
  const [ax, ay, bx, by] = [a.x, a.y, b.x, b.y].map((at) => clamp(at, 0, 1)) as [number, number, number, number];
  const box = rounded([Math.min(ax, bx), Math.min(ay, by), Math.max(ax, bx), Math.max(ay, by)]);
  return box[2] - box[0] < SHORTEST || box[3] - box[1] < SHORTEST ? null : box;
}

/** The box in another place, as far as the photo reaches. */
export function moved([left, top, right, bottom]: BoxRectangle, dx: number, dy: number): BoxRectangle {
  const x = clamp(dx, -left, 1 - right);
  const y = clamp(dy, -top, 1 - bottom);
  return rounded([left + x, top + y, right + x, bottom + y]);
}

/** The box with the sides of a handle moved, within the photo; no side goes past the one opposite. */
export function resized(
  [left, top, right, bottom]: BoxRectangle,
  handle: Handle,
  dx: number,
  dy: number,
): BoxRectangle {
  return rounded([
    handle.includes("w") ? clamp(left + dx, 0, right - SHORTEST) : left,
    handle.includes("n") ? clamp(top + dy, 0, bottom - SHORTEST) : top,
    handle.includes("e") ? clamp(right + dx, left + SHORTEST, 1) : right,
    handle.includes("s") ? clamp(bottom + dy, top + SHORTEST, 1) : bottom,
  ]);
}

/**
 * The box after an arrow key: moved, or with Shift its right and lower sides moved.
 * @returns null for other keys
 */
export function nudged(
  box: BoxRectangle,
  { key, shiftKey, altKey }: Pick<KeyboardEvent, "key" | "shiftKey" | "altKey">,
  picture: Size,
): BoxRectangle | null {
  const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
  if (!way) return null;
  const step = altKey ? FINE_STEP : STEP;
  // At least one step of what is stored, however large the picture is.
  const dx = way[0]! * Math.max(step / picture.width, 1 / STEPS);
  const dy = way[1]! * Math.max(step / picture.height, 1 / STEPS);
  return shiftKey ? resized(box, "se", dx, dy) : moved(box, dx, dy);
}

/** A box in the middle of what is visible of a picture, half as wide and as high. */
export function inMiddle(visible: Frame, picture: Size): BoxRectangle {
  const [x, y] = [visible.left + visible.width / 2, visible.top + visible.height / 2];
  return rounded([
    (x - visible.width / 4) / picture.width,
    (y - visible.height / 4) / picture.height,
    (x + visible.width / 4) / picture.width,
    (y + visible.height / 4) / picture.height,
  ]);
}

export const middleOf = ([left, top, right, bottom]: BoxRectangle): ViewPlace => ({
  x: (left + right) / 2,
  y: (top + bottom) / 2,
});

/** Where a box is and how large, in percent of the photo. */
export function inPercent([left, top, right, bottom]: BoxRectangle) {
  const percent = (share: number) => Math.round(share * 100);
  return { left: percent(left), top: percent(top), width: percent(right - left), height: percent(bottom - top) };
}
