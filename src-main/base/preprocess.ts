/** How a photo becomes the pixels that a visual model was trained on. */
export interface Preprocess {
  /** Side of the square that the model takes, in pixels. */
  size: number;
  /**
   * `cover`: the centre square, shrunk. `shortSide`: shrink until the short side has so many pixels, then cut the
   * centre.
   */
  resize: "cover" | { shortSide: number };
  /**
   * Some networks lean on the compression of their training photos: the pixels then go through a JPEG of this quality.
   */
  recompress: { quality: number } | null;
}

/**
 * How a photo becomes the pixels that a pack's detectors take: shrunk as a whole, its aspect kept as far as `multiple`
 * allows.
 */
export interface DetectorInput {
  /** Of the longer side, in pixels. */
  longSide: number;
  /** Both sides are multiples of it, and at least one. */
  multiple: number;
}

/** Width and height of the pixels that a detector takes of a photo. */
export function detectorSize(
  width: number,
  height: number,
  { longSide, multiple }: DetectorInput,
): { width: number; height: number } {
  const side = (pixels: number) =>
    multiple * Math.max(1, Math.round((pixels * longSide) / Math.max(width, height) / multiple));
  return { width: side(width), height: side(height) };
}
