import { logistic } from "./calibration";

/** Cells per side of the colour grid. */
const SIDE = 4;

/**
 * Probabilities, 0..1, that a photo's light alone is that of a sunset (or sunrise) or of night. Both are common
 * indoors, so scenes must also say that the photo was taken outdoors.
 */
export interface LightProbabilities {
  sunset: number;
  night: number;
}

/** A soft threshold: 0.5 at `at`, and 0.88 at two `width`s above. */
export interface Step {
  at: number;
  width: number;
}
const step = (value: number, { at, width }: Step): number => logistic((value - at) / width);

/**
 * A low sun reddens the sky near the horizon, and the foreground is dark. The thresholds separate the few sunsets among
 * 1,400 photos of ImageNet's classes (redness 0.06 to 0.17, horizon over foreground 0.5 to 1.5) from the other outdoor
 * photos (95% below 0.05 and 0.9).
 */
export const SUNSET = {
  /** (R − G) ÷ (R + G + B) of a row's light. */
  redness: { at: 0.04, width: 0.01 },
  /** Natural logarithm of a row's luma over that of the lowest row. */
  overForeground: { at: 0.45, width: 0.1 },
  /** Luma of that row, because embers and wood are red too. */
  luma: { at: 0.25, width: 0.03 },
  /** Upper limit on the photo's mean luma. */
  mean: { at: 0.58, width: 0.03 },
};

/**
 * Two thirds of the cells are nearly black, and none is as bright as by day. In 98% of ordinary photos the third
 * quartile of the cells' luma is above 0.2.
 */
export const NIGHT = {
  /** Luma of the 11th darkest of 16 cells. */
  most: { at: 0.19, width: 0.02 },
  lightest: { at: 0.5, width: 0.05 },
};

/**
 * Judges a photo's light by the mean colours of a 4×4 grid.
 * @param colours sRGB `[4, 4, 3]`, row-major from the top left, 0..255
 * @throws RangeError when they are not 4 × 4 × 3
 */
export function lightProbabilities(colours: Uint8Array): LightProbabilities {
  if (colours.length !== SIDE * SIDE * 3) throw new RangeError(`${colours.length} numbers are not 4 × 4 colours`);
  const cells = Array.from({ length: SIDE * SIDE }, (_, c) => cellAt(colours, 3 * c));
  const rows = Array.from({ length: SIDE }, (_, row) => rowOf(cells.slice(row * SIDE, (row + 1) * SIDE)));
  const mean = rows.reduce((sum, { luma }) => sum + luma, 0) / SIDE;
  const foreground = rows[SIDE - 1].luma;
  const horizon = rows
    .slice(0, -1)
    .map(
      ({ luma, redness }) =>
        step(redness, SUNSET.redness) *
        step(Math.log((luma + 0.02) / (foreground + 0.02)), SUNSET.overForeground) *
        step(luma, SUNSET.luma),
    );
  const lumas = cells.map(({ luma }) => luma).sort((a, b) => a - b);
  return {
    sunset: Math.max(...horizon) * (1 - step(mean, SUNSET.mean)),
    night: (1 - step(lumas[10], NIGHT.most)) * (1 - step(lumas[15], NIGHT.lightest)),
  };
}

interface Cell {
  luma: number;
  red: number;
  green: number;
  blue: number;
}

/** Weights of red, green and blue in luma (ITU-R BT.601). */
export const LUMA = [0.299, 0.587, 0.114];

/** Luma 0..1, as elsewhere in image quality. */
function cellAt(colours: Uint8Array, at: number): Cell {
  const [red, green, blue] = [colours[at] / 255, colours[at + 1] / 255, colours[at + 2] / 255];
  return { luma: LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue, red, green, blue };
}

/** Mean luma of a row and the redness of its light, to which bright cells contribute more. */
function rowOf(cells: Cell[]): { luma: number; redness: number } {
  const total = cells.reduce((sum, { luma }) => sum + luma, 0) + 0.001;
  const light = (channel: "red" | "green" | "blue") =>
    cells.reduce((sum, cell) => sum + cell.luma * cell[channel], 0) / total;
  const [red, green, blue] = [light("red"), light("green"), light("blue")];
  return { luma: total / cells.length, redness: (red - green) / (red + green + blue + 0.05) };
}
