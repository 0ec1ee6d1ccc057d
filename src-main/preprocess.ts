/** How a photo becomes the pixels that a visual model was trained on. */
export interface Preprocess {
  /** Side of the square that the model takes, in pixels. */
  size: number;
  /** `cover`: the centre square, shrunk. `shortSide`: shrink until the short side has so many pixels, then cut the centre. */
  resize: "cover" | { shortSide: number };
  /** Some networks lean on the compression of their training photos: the pixels then go through a JPEG of this quality. */
  recompress: { quality: number } | null;
}
