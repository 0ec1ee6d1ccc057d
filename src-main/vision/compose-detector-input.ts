import type { Composition } from "./onnx-compose";
import { TYPE } from "./onnx-messages";

/** Grey with which YOLOX fills the rest of its square input. */
const PADDING = 114;

/** A photo in a network's input, and where it lies there. */
export interface PlacedPhoto {
  /** Name of float32 `[1, 3, height, width]`, 0..255 */
  pixels: string;
  /** Name of float32 `[4]`: width, height, width and height that the photo takes up, in pixels from the top left. */
  extent: string;
}

export const ints = (g: Composition, ...values: number[]): string =>
  g.constant(BigInt64Array.from(values, BigInt), [values.length]);
export const number = (g: Composition, value: number): string => g.constant(Float32Array.of(value), []);

/** Bytes `[1, h, w, 3]` as float32 `[1, 3, h, w]`, 0..255. */
export const planesOf = (g: Composition, bytes: string): string =>
  g.node("Transpose", [g.node("Cast", [bytes], { to: TYPE.float })], { perm: [0, 3, 1, 2] });

/** Scales a photo to a size, `[h, w]` as int64, whatever its aspect ratio. Bilinear, pixel centres at halves, as OpenCV. */
export function resized(g: Composition, planes: string, size: string): string {
  const none = g.constant(new Float32Array(0), [0]); // no region and no scales
  const sizes = g.node("Concat", [ints(g, 1, 3), size], { axis: 0 });
  return g.node("Resize", [planes, none, none, sizes], {
    mode: "linear",
    coordinate_transformation_mode: "half_pixel",
  });
}

/** Height and width of `[1, 3, h, w]`, int64 `[2]`. */
export const sidesOf = (g: Composition, planes: string): string =>
  g.node("Slice", [g.node("Shape", [planes]), ints(g, 2), ints(g, 4), ints(g, 0)]);

/**
 * YOLOX's letterbox: the photo scaled to fit, at the top left, the rest grey; blue, green, red.
 * @param planes float32 `[1, 3, h, w]`, RGB, 0..255
 */
export function letterboxed(
  g: Composition,
  planes: string,
  { height, width }: { height: number; width: number },
): PlacedPhoto {
  const whole = g.constant(Float32Array.of(height, width), [2]);
  const sides = g.node("Cast", [sidesOf(g, planes)], { to: TYPE.float });
  const ratios = g.node("Div", [whole, sides]);
  const [vertical, horizontal] = [0, 1].map((i) => g.node("Gather", [ratios, ints(g, i)], { axis: 0 }));
  const scale = g.node("Min", [vertical!, horizontal!]);
  // rounded down, but 0.9999999 of a pixel from dividing is a whole one
  const taken = g.node("Floor", [g.node("Add", [g.node("Mul", [sides, scale]), number(g, 1e-3)])]);
  const atLeastOne = g.node("Max", [taken, number(g, 1)]);
  const size = g.node("Cast", [atLeastOne], { to: TYPE.int64 });
  const scaled = g.node("Gather", [resized(g, planes, size), ints(g, 2, 1, 0)], { axis: 1 });
  const rest = g.node("Sub", [ints(g, height, width), size]);
  const pads = g.node("Concat", [ints(g, 0, 0, 0, 0, 0, 0), rest], { axis: 0 });
  const flipped = g.node("Gather", [atLeastOne, ints(g, 1, 0, 1, 0)], { axis: 0 });
  return { pixels: g.node("Pad", [scaled, pads, number(g, PADDING)]), extent: flipped };
}

/** The photo scaled to the whole input. @param planes float32 `[1, 3, h, w]`, RGB, 0..255 */
export const stretched = (
  g: Composition,
  planes: string,
  { height, width }: { height: number; width: number },
): PlacedPhoto => ({
  pixels: resized(g, planes, ints(g, height, width)),
  extent: g.constant(Float32Array.of(width, height, width, height), [4]),
});
