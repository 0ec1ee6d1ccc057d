import type { DetectorInput, Preprocess } from "../../base/preprocess";
import type { Composition } from "../../vision/onnx-compose";
import { TYPE } from "../../vision/onnx-messages";

/** Half-width of the widest kernel, in output pixels (Lanczos 3). */
const REACH = 3;

/** Names of a picture's pixels and dimensions in the graph. */
export interface Picture {
  /** float `[h, w, 3]`, 0..255 */
  pixels: string;
  /** scalar doubles */
  height: string;
  width: string;
}

/** @param photo uint8 `[1, h, w, 3]` */
export function composePicture(g: Composition, photo: string): Picture {
  const shape = g.node("Shape", [photo]);
  const length = (axis: number) =>
    g.node("Cast", [g.node("Gather", [shape, index(g, axis)], { axis: 0 })], { to: TYPE.double });
  const first = g.node("Gather", [photo, index(g, 0)], { axis: 0 });
  return { pixels: g.node("Cast", [first], { to: TYPE.float }), height: length(1), width: length(2) };
}

/**
 * Resizes a picture for the visual model: short side to the pack's size, then a centre crop, or stretched to a
 * square, as the decoder does, except for the JPEG compression that some packs ask for.
 * @returns uint8 `[1, size, size, 3]`
 */
export function composeSquare(
  g: Composition,
  picture: Picture,
  { size, resize }: Pick<Preprocess, "size" | "resize">,
): string {
  const reshaped = (rows: Axis, columns: Axis) => {
    const square = composeResized(g, picture.pixels, rows, columns, catmullRom);
    return g.node("Reshape", [g.node("Cast", [square], { to: TYPE.uint8 }), shapeOf(g, [1, size, size, 3])]);
  };
  if (resize === "stretch") {
    const length = scalar(g, size);
    const whole = (from: string): Axis => ({
      from,
      length,
      factor: g.node("Div", [from, length]),
      first: scalar(g, 0),
      count: length,
    });
    return reshaped(whole(picture.height), whole(picture.width));
  }
  const isCover = resize === "cover";
  const short = g.node("Min", [picture.width, picture.height]);
  const scale = g.node("Div", [scalar(g, isCover ? size : resize.shortSide), short]);
  const axis = (from: string): Axis => {
    const length = roundedUp(g, g.node("Mul", [from, scale]));
    const spare = g.node("Sub", [length, scalar(g, size)]);
    const first = g.node("Floor", [
      g.node("Mul", [isCover ? g.node("Add", [spare, scalar(g, 1)]) : spare, scalar(g, 0.5)]),
    ]); // sharp rounds up when covering
    return {
      from,
      length,
      factor: isCover ? g.node("Div", [scalar(g, 1), scale]) : g.node("Div", [from, length]),
      first,
      count: scalar(g, size),
    };
  };
  return reshaped(axis(picture.height), axis(picture.width));
}

/** Resizes a whole picture for the detectors, uint8 `[1, h, w, 3]`; see `detectorSize`. */
export function composeWhole(g: Composition, picture: Picture, { longSide, multiple }: DetectorInput): string {
  const long = g.node("Max", [picture.width, picture.height]);
  const axis = (from: string): Axis => {
    const share = g.node("Div", [
      g.node("Div", [g.node("Mul", [from, scalar(g, longSide)]), long]),
      scalar(g, multiple),
    ]);
    const length = g.node("Mul", [g.node("Max", [roundedUp(g, share), scalar(g, 1)]), scalar(g, multiple)]);
    return { from, length, factor: g.node("Div", [from, length]), first: scalar(g, 0), count: length };
  };
  const whole = g.node(
    "Cast",
    [composeResized(g, picture.pixels, axis(picture.height), axis(picture.width), lanczos)],
    { to: TYPE.uint8 },
  );
  return g.node("Reshape", [whole, g.node("Concat", [shapeOf(g, [1]), g.node("Shape", [whole])], { axis: 0 })]);
}

/** How one side of a picture is resized; all values are scalar doubles. */
interface Axis {
  /** Input length in pixels. */
  from: string;
  /** Output length in pixels, before cropping. */
  length: string;
  /** Input pixels per output pixel. */
  factor: string;
  /** The crop: first output pixel, and number of pixels. */
  first: string;
  count: string;
}

/** A kernel's values at distances ≥ 0. */
type Kernel = (g: Composition, distances: string) => string;

/**
 * Resizes one side after the other, as libvips does: rounded to bytes in between, edge pixels repeated, kernels widened
 * when shrinking. When enlarging, the kernel is Catmull–Rom and pixels are shifted half a pixel down and right, as in
 * what the app sees. Uses matrix products, because the Resize operator has no widened kernels before version 18, and
 * never Lanczos.
 * @param pixels float `[h, w, 3]` @returns float `[h', w', 3]`, whole numbers 0..255
 */
function composeResized(g: Composition, pixels: string, vertical: Axis, horizontal: Axis, kernel: Kernel): string {
  const isEnlarged = g.node("Less", [g.node("Min", [vertical.factor, horizontal.factor]), scalar(g, 1)]);
  const centre = g.node("Where", [isEnlarged, scalar(g, 0), scalar(g, 0.5)]);
  const flip = (value: string) => g.node("Transpose", [value], { perm: [1, 0, 2] });
  return flip(
    alongRows(g, flip(alongRows(g, pixels, { ...vertical, centre }, kernel)), { ...horizontal, centre }, kernel),
  );
}

/** @param centre of an output pixel, in pixels @param pixels float `[h, w, 3]` @returns `[h', w, 3]` */
function alongRows(
  g: Composition,
  pixels: string,
  { from, length, factor, first, count, centre }: Axis & { centre: string },
  kernel: Kernel,
): string {
  const range = (begin: string, end: string) => g.node("Range", [begin, end, scalar(g, 1)]);
  const half = scalar(g, 0.5);
  // what rounding the length leaves over, split between both sides
  const centred = g.node("Mul", [g.node("Sub", [from, g.node("Mul", [length, factor])]), half]);
  const outputs = g.node("Add", [range(first, g.node("Add", [first, count])), centre]);
  const centres = g.node("Add", [g.node("Sub", [g.node("Mul", [outputs, factor]), half]), centred]);
  const spread = g.node("Max", [factor, scalar(g, 1)]);
  const beyond = g.node("Ceil", [g.node("Mul", [spread, scalar(g, REACH)])]);
  const taps = range(g.node("Neg", [beyond]), g.node("Add", [from, beyond]));
  const apart = g.node("Sub", [
    g.node("Reshape", [taps, shapeOf(g, [1, -1])]),
    g.node("Reshape", [centres, shapeOf(g, [-1, 1])]),
  ]);
  const distances = g.node("Cast", [g.node("Abs", [g.node("Div", [apart, spread])])], { to: TYPE.float });
  const isShrunk = g.node("Less", [scalar(g, 1), factor]);
  const weights =
    kernel === catmullRom
      ? catmullRom(g, distances)
      : g.node("Where", [isShrunk, kernel(g, distances), catmullRom(g, distances)]);

  const last = g.node("Sub", [from, scalar(g, 1)]);
  const within = g.node("Cast", [g.node("Min", [g.node("Max", [taps, scalar(g, 0)]), last])], { to: TYPE.int64 });
  const rows = g.node("Reshape", [g.node("Gather", [pixels, within], { axis: 0 }), shapeOf(g, [0, -1])]);
  const ones = g.node(
    "Cast",
    [g.node("Reshape", [g.node("Add", [g.node("Mul", [taps, scalar(g, 0)]), scalar(g, 1)]), shapeOf(g, [-1, 1])])],
    { to: TYPE.float },
  );
  const sums = g.node("MatMul", [weights, ones]);
  const mixed = g.node("Div", [g.node("MatMul", [weights, rows]), sums]);
  const bytes = g.node("Min", [
    g.node("Max", [g.node("Floor", [g.node("Add", [mixed, single(g, 0.5)])]), single(g, 0)]),
    single(g, 255),
  ]);
  return g.node("Reshape", [bytes, shapeOf(g, [0, -1, 3])]);
}

/** (3x³ − 5x² + 2)/2 up to 1, (−x³ + 5x² − 8x + 4)/2 up to 2, 0 beyond. */
function catmullRom(g: Composition, x: string): string {
  const near = polynomial(g, x, [1.5, -2.5, 0, 1]);
  const far = polynomial(g, x, [-0.5, 2.5, -4, 2]);
  const outer = g.node("Where", [g.node("Less", [x, single(g, 2)]), far, single(g, 0)]);
  return g.node("Where", [g.node("Less", [x, single(g, 1)]), near, outer]);
}

/** sinc(x)·sinc(x/3) up to 3, 0 beyond. */
function lanczos(g: Composition, x: string): string {
  const angle = g.node("Mul", [g.node("Max", [x, single(g, 1e-4)]), single(g, Math.PI)]);
  const sinc = (value: string) => g.node("Div", [g.node("Sin", [value]), value]);
  const product = g.node("Mul", [sinc(angle), sinc(g.node("Mul", [angle, single(g, 1 / REACH)]))]);
  return g.node("Where", [g.node("Less", [x, single(g, REACH)]), product, single(g, 0)]);
}

/** Horner's method. @param factors in descending order of power */
const polynomial = (g: Composition, x: string, [highest, ...others]: number[]): string =>
  others.reduce((sum, factor) => g.node("Add", [g.node("Mul", [sum, x]), single(g, factor)]), single(g, highest));

/** `Math.round` of numbers ≥ 0. */
const roundedUp = (g: Composition, value: string): string => g.node("Floor", [g.node("Add", [value, scalar(g, 0.5)])]);

const scalar = (g: Composition, value: number): string => g.constant(Float64Array.of(value), []);
const single = (g: Composition, value: number): string => g.constant(Float32Array.of(value), []);
const index = (g: Composition, value: number): string => g.constant(BigInt64Array.of(BigInt(value)), []);
const shapeOf = (g: Composition, dims: number[]): string => g.constant(BigInt64Array.from(dims, BigInt), [dims.length]);
