import type { Rectangle } from "./overlap";

/** A photo as the input of a detector. */
export interface Pixels {
  /** Upright RGB `[height, width, 3]`, 0..255. */
  data: Uint8Array;
  width: number;
  height: number;
}

/** Boxes that a detector gives per photo, at most. */
export const MAX_BOXES = 100;

/** What a detector found in one photo: k boxes, highest score first. */
export interface Detections {
  /** `[k, 4]`: x0, y0, x1, y1, 0..1 of the photo. */
  boxes: Float32Array;
  /** `[k]`, 0..1 */
  scores: Float32Array;
  /** `[k]`, indices into the detector's classes. */
  classes: Uint16Array;
}

/** The rectangle of box `b`. */
export const boxAt = ({ boxes }: Detections, b: number): Rectangle => [
  boxes[4 * b]!,
  boxes[4 * b + 1]!,
  boxes[4 * b + 2]!,
  boxes[4 * b + 3]!,
];
