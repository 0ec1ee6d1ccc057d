/** How a photo is turned into the input of a visual model. */
export interface Preprocess {
  /** Side of the square input, in pixels. */
  size: number;
  /**
   * `cover`: the centre square, scaled down. `stretch`: the whole photo, whatever its shape. `shortSide`: scale the short
   * side to this, then crop the centre.
   */
  resize: "cover" | "stretch" | { shortSide: number };
  /** For networks that depend on the compression of their training photos: the pixels pass through such a JPEG. */
  recompress: { quality: number } | null;
}

/** The shortest side that a photo may be shrunk to before it is turned into the input, in pixels. */
export const shortSideFor = ({ size, resize }: Pick<Preprocess, "size" | "resize">): number =>
  typeof resize === "string" ? size : resize.shortSide;

/** The input of a pack's detectors: the whole photo scaled down, with its aspect ratio as far as `multiple` allows. */
export interface DetectorInput {
  /** The longer side, in pixels. */
  longSide: number;
  /** Both sides are multiples of this, in pixels. */
  multiple: number;
}

/** The size, in pixels, to which a photo is scaled for a detector. */
export function detectorSize(
  width: number,
  height: number,
  { longSide, multiple }: DetectorInput,
): { width: number; height: number } {
  const side = (pixels: number) =>
    multiple * Math.max(1, Math.round((pixels * longSide) / Math.max(width, height) / multiple));
  return { width: side(width), height: side(height) };
}
