/** What is stored of an image to find its near duplicates and to choose the best shot. */
export interface ImageQuality {
  /** Luminance of the whole image scaled to a square, `[32, 32]` row-major, 0..255. */
  grey: Uint8Array;
  /**
   * Fine detail relative to contrast: variance of the Laplacian ÷ variance of the luminance, in the sharper parts of
   * the image. 0 is a blur.
   */
  sharpness: number;
  /** Mean luminance, 0..1. */
  brightness: number;
  /** Share of pixels that are black or blown out, 0..1. */
  clipped: number;
  /** Mean sRGB of each cell of a 4×4 grid over the image, `[4, 4, 3]`. */
  colours: Uint8Array;
}

/** Side of the grey square, in pixels. */
export const GREY_SIDE = 32;
/** Cells per side of the colour grid. */
export const COLOUR_GRID = 4;
/** Sharpness is measured in this many tiles per side … */
const TILES = 8;
/**
 * … and the value at this quantile counts, so that a sharp subject before a soft background is sharp, but a line of
 * overlaid text is not enough.
 */
const QUANTILE = 0.75;
/** Variance of an image of one colour, mostly noise. Below it, contrast says nothing about detail. */
const MIN_VARIANCE = 25;
/** Luminance up to which a pixel is black, and from which it is blown out. */
const BLACK = 4;
const BURNT = 251;

/** Luminance of an image, `[height, width]`, 0..255. */
export interface Luminance {
  light: Uint8Array;
  width: number;
  height: number;
}

/**
 * Measures the quality of an image. Sharpness is only comparable between images of the same size, so pass the luminance
 * at a long side of `THUMBNAIL_PIXELS`, enlarged if need be.
 * @param rgb `[height, width, 3]`
 * @param enlarged the luminance to measure everything but the colours on
 */
export function measureQuality(
  rgb: Uint8Array,
  width: number,
  height: number,
  enlarged: Luminance = luminanceOf(rgb, width, height),
): ImageQuality {
  const { light } = enlarged;
  const { mean, variance, clipped } = luminanceStatistics(light);
  return {
    grey: averageCells(light, enlarged.width, enlarged.height, 1, GREY_SIDE),
    sharpness: sharpnessOf(light, enlarged.width, enlarged.height) / Math.max(variance, MIN_VARIANCE),
    brightness: mean / 255,
    clipped,
    colours: averageCells(rgb, width, height, 3, COLOUR_GRID),
  };
}

/** Mean and variance of the luminance, and the share of pixels that are black or blown out, from a histogram. */
function luminanceStatistics(light: Uint8Array): { mean: number; variance: number; clipped: number } {
  const counts = new Uint32Array(256);
  for (const value of light) counts[value]!++;
  let [sum, squares, clipped] = [0, 0, 0];
  counts.forEach((count, value) => {
    sum += count * value;
    squares += count * value * value;
    if (value <= BLACK || value >= BURNT) clipped += count;
  });
  const mean = sum / light.length;
  return { mean, variance: squares / light.length - mean * mean, clipped: clipped / light.length };
}

/**
 * ITU-R BT.601 luma, as in JPEG, rounded.
 * @param rgb `[height, width, 3]`
 */
export function luminanceOf(rgb: Uint8Array, width: number, height: number): Luminance {
  if (rgb.length !== width * height * 3) throw new RangeError(`${rgb.length} bytes are not ${width}×${height} RGB`);
  const light = new Uint8Array(width * height);
  for (let i = 0, at = 0; i < light.length; i++, at += 3)
    light[i] = (19595 * rgb[at]! + 38470 * rgb[at + 1]! + 7471 * rgb[at + 2]! + 32768) >> 16;
  return { light, width, height };
}

/**
 * The mean of each cell of a grid of `side` × `side` cells over the image. A cell smaller than a pixel takes the pixel
 * it is in.
 * @param pixels `[height, width, channels]`
 * @returns `[side, side, channels]`
 */
function averageCells(pixels: Uint8Array, width: number, height: number, channels: number, side: number): Uint8Array {
  const means = new Uint8Array(side * side * channels);
  const edge = (cell: number, length: number) => Math.floor((cell * length) / side);
  for (let row = 0, at = 0; row < side; row++) {
    const [top, bottom] = [edge(row, height), Math.max(edge(row, height) + 1, edge(row + 1, height))];
    for (let column = 0; column < side; column++) {
      const [left, right] = [edge(column, width), Math.max(edge(column, width) + 1, edge(column + 1, width))];
      for (let channel = 0; channel < channels; channel++, at++) {
        let sum = 0;
        for (let y = top; y < bottom; y++) {
          const end = (y * width + right) * channels;
          for (let i = (y * width + left) * channels + channel; i < end; i += channels) sum += pixels[i]!;
        }
        means[at] = Math.round(sum / ((bottom - top) * (right - left)));
      }
    }
  }
  return means;
}

/**
 * Variance of the Laplacian (Pech-Pacheco et al. 2000) per tile, at `QUANTILE`. 0 if the image is too small for tiles.
 */
function sharpnessOf(light: Uint8Array, width: number, height: number): number {
  const variances: number[] = [];
  const edge = (tile: number, length: number) => 1 + Math.floor((tile * (length - 2)) / TILES);
  for (let row = 0; row < TILES; row++) {
    for (let column = 0; column < TILES; column++) {
      let [n, sum, squares] = [0, 0, 0];
      for (let y = edge(row, height); y < edge(row + 1, height); y++) {
        for (let x = edge(column, width), at = y * width + x; x < edge(column + 1, width); x++, at++, n++) {
          const laplacian = light[at - 1]! + light[at + 1]! + light[at - width]! + light[at + width]! - 4 * light[at]!;
          sum += laplacian;
          squares += laplacian * laplacian;
        }
      }
      if (n > 0) variances.push(squares / n - (sum / n) ** 2);
    }
  }
  return variances.sort((a, b) => a - b)[Math.floor(QUANTILE * (variances.length - 1))] ?? 0;
}
