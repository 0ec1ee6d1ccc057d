import { logistic } from "./calibration";

/** Cells each way of the grid of colours. */
const SIDE = 4;

/**
 * How likely a photo's light alone makes a sunset (or sunrise) and a night of it, each 0..1. Indoors both lights are
 * common: scenes must say outdoors.
 */
export interface LightProbabilities {
  sunset: number;
  night: number;
}

/** A soft threshold: 0.5 at `at`, 0.88 two `width`s above. */
export interface Step {
  at: number;
  width: number;
}
const step = (value: number, { at, width }: Step): number => logistic((value - at) / width);

/**
 * A low sun reddens the sky by the horizon, and what stands before it is dark. Thresholds lie where they part the few
 * sunsets among 1,400 photos
 * of ImageNet's classes (redness 0.06 to 0.17, horizon over foreground 0.5 to 1.5) from its other outdoor photos (95 %
 * below 0.05 and 0.9).
 */
export const SUNSET = {
  /** (R − G) ÷ (R + G + B) of a row's light. */
  redness: { at: 0.04, width: 0.01 },
  /** Natural logarithm of a row's luma by the lowest row's. */
  overForeground: { at: 0.45, width: 0.1 },
  /** Luma of that row: coals and wood are red, too. */
  luma: { at: 0.25, width: 0.03 },
  /** Mean luma of the photo, from above. */
  mean: { at: 0.58, width: 0.03 },
};

/**
 * Two thirds of the cells are all but black, and no cell is lit as by day. 98 % of ordinary photos have a third
 * quartile of cells' luma above 0.2.
 */
export const NIGHT = {
  /** The cell that is lighter than 10 of 16. */
  most: { at: 0.19, width: 0.02 },
  lightest: { at: 0.5, width: 0.05 },
};

/**
 * What a photo's light says, by the mean colours of a 4×4 grid.
 * @param colours sRGB `[4, 4, 3]` row-major from the top-left, 0..255
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

/** Red, green and blue in luma, of ITU-R BT.601. */
export const LUMA = [0.299, 0.587, 0.114];

/** Luma 0..1, as the rest of the glance has it. */
function cellAt(colours: Uint8Array, at: number): Cell {
  const [red, green, blue] = [colours[at] / 255, colours[at + 1] / 255, colours[at + 2] / 255];
  return { luma: LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue, red, green, blue };
}

/** Mean luma of a row, and the colour of its light: light cells count more. */
function rowOf(cells: Cell[]): { luma: number; redness: number } {
  const total = cells.reduce((sum, { luma }) => sum + luma, 0) + 0.001;
  const light = (channel: "red" | "green" | "blue") =>
    cells.reduce((sum, cell) => sum + cell.luma * cell[channel], 0) / total;
  const [red, green, blue] = [light("red"), light("green"), light("blue")];
  return { luma: total / cells.length, redness: (red - green) / (red + green + blue + 0.05) };
}
