import { type Candidates, composeDetections } from "./compose-detections";
import { ints, letterboxed, number, type PlacedPhoto, planesOf, stretched } from "./compose-detector-input";
import type { DetectorForm } from "./detector-form";
import { composeGraph, type Composition } from "./onnx-compose";
import { extendedGraph, modelFile } from "./onnx-extend";
import { TYPE } from "./onnx-messages";

const PREFIX = "semblance";
export const DETECTOR_NAMES = {
  input: `${PREFIX}/pixels`,
  outputs: { boxes: `${PREFIX}/boxes`, scores: `${PREFIX}/scores`, classes: `${PREFIX}/classes` },
};

export interface DetectorSettings {
  size: { height: number; width: number };
  /** C */
  classes: number;
  /** Per channel, for pixels in 0..1; not for YOLOX, which takes 0..255 as they are. */
  mean: readonly number[];
  std: readonly number[];
}

/**
 * A detector as a pack holds it, see `PackDetector`: bytes of a photo in, its boxes out. Its nodes and weights stay byte
 * for byte; what its authors do before and after it becomes part of the graph.
 * @throws RangeError when its operator set is too old, or the grid of YOLOX has another number of cells than the size
 * makes
 */
export function adoptDetector(file: Uint8Array, form: DetectorForm, settings: DetectorSettings): Uint8Array {
  const { size, classes: C } = settings;
  const before = composeGraph(`${PREFIX}/before`);
  const planes = planesOf(before, DETECTOR_NAMES.input);
  const placed = form.kind === "yolox" ? letterboxed(before, planes, size) : stretched(before, planes, size);
  const input = form.kind === "yolox" ? placed.pixels : normalised(before, placed.pixels, settings);
  before.call(before.node("Cast", [input], { to: form.input.type }), form.input.name);
  if (form.sizes) {
    const one = before.constant(BigInt64Array.of(1n, 1n), [1, 2]); // so that boxes are fractions of the photo
    before.call(before.node("Cast", [one], { to: form.sizes.type }), form.sizes.name);
  }
  const after = composeGraph(`${PREFIX}/after`);
  const found = composeDetections(after, candidatesOf(after, form, settings, placed));
  const { boxes, scores, classes } = DETECTOR_NAMES.outputs;
  after.call(found.boxes, boxes);
  after.call(found.scores, scores);
  after.call(found.classes, classes);
  if (form.classes !== null && form.classes !== C)
    throw new RangeError(`the network has ${form.classes} classes, not ${C}`);
  const extended = extendedGraph(file, {
    before,
    after,
    inputs: [{ name: DETECTOR_NAMES.input, type: TYPE.uint8, dims: [1, "h", "w", 3] }],
    outputs: [
      { name: boxes, type: TYPE.float, dims: [1, "k", 4] },
      { name: scores, type: TYPE.float, dims: [1, "k"] },
      { name: classes, type: TYPE.int64, dims: [1, "k"] },
    ],
  });
  return modelFile(file, extended, {});
}

/** `(p/255 − mean)/std` */
function normalised(g: Composition, pixels: string, { mean, std }: DetectorSettings): string {
  const perChannel = (values: readonly number[]) => g.constant(Float32Array.from(values), [1, 3, 1, 1]);
  return g.node("Div", [g.node("Sub", [g.node("Div", [pixels, number(g, 255)]), perChannel(mean)]), perChannel(std)]);
}

function candidatesOf(g: Composition, form: DetectorForm, settings: DetectorSettings, placed: PlacedPhoto): Candidates {
  const [first = "", second = "", third = ""] = form.outputs.map(({ name }) => name);
  const float = (value: string) => g.node("Cast", [value], { to: TYPE.float });
  if (form.kind === "yolox") return yoloxCandidates(g, form, settings, { output: float(first), extent: placed.extent });
  if (form.kind === "detr") {
    const scores = g.node("Sigmoid", [float(first)]);
    return { boxes: corners(g, float(second)), scores: g.node("Transpose", [scores], { perm: [0, 2, 1] }) };
  }
  // one class a box: its score in the row of that class
  const classes = g.constant(
    BigInt64Array.from({ length: settings.classes }, (_, c) => BigInt(c)),
    [1, settings.classes, 1],
  );
  const labels = g.node("Reshape", [g.node("Cast", [first], { to: TYPE.int64 }), ints(g, 1, 1, -1)]);
  const isClass = float(g.node("Equal", [classes, labels]));
  return {
    boxes: float(second),
    scores: g.node("Mul", [isClass, g.node("Reshape", [float(third), ints(g, 1, 1, -1)])]),
  };
}

/** Boxes x0, y0, x1, y1 from centres and sides, `[1, m, 4]`. */
function corners(g: Composition, boxes: string): string {
  const [centre, sides] = [part(g, boxes, 0, 2), part(g, boxes, 2, 4)];
  const half = g.node("Mul", [sides, number(g, 0.5)]);
  return g.node("Concat", [g.node("Sub", [centre, half]), g.node("Add", [centre, half])], { axis: 2 });
}

const part = (g: Composition, rows: string, from: number, to: number): string =>
  g.node("Slice", [rows, ints(g, from), ints(g, to), ints(g, 2)]);

/** Strides of YOLOX's grids, in pixels; networks for large photos have one more. */
const STRIDES = [8, 16, 32, 64];

/**
 * Ge et al. 2021: a box's score is that of an object times that of its class. Undecoded boxes are offsets in cells of a
 * grid, and logarithms of sides in cells.
 */
function yoloxCandidates(
  g: Composition,
  form: DetectorForm,
  { size, classes }: DetectorSettings,
  { output, extent }: { output: string; extent: string },
): Candidates {
  let boxes = part(g, output, 0, 4);
  if (!form.decoded) {
    const { cells, strides } = gridOf(form, size);
    const [grid, stride] = [g.constant(cells, [1, strides.length, 2]), g.constant(strides, [1, strides.length, 1])];
    const centre = g.node("Mul", [g.node("Add", [part(g, boxes, 0, 2), grid]), stride]);
    boxes = g.node("Concat", [centre, g.node("Mul", [g.node("Exp", [part(g, boxes, 2, 4)]), stride])], { axis: 2 });
  }
  const scores = g.node("Mul", [part(g, output, 5, 5 + classes), part(g, output, 4, 5)]);
  return {
    boxes: g.node("Div", [corners(g, boxes), extent]),
    scores: g.node("Transpose", [scores], { perm: [0, 2, 1] }),
  };
}

/** The cells of all grids, row by row, finest first: column and row `[N, 2]`, and strides `[N]`. */
function gridOf(
  { outputs: [output] }: DetectorForm,
  { height, width }: { height: number; width: number },
): { cells: Float32Array; strides: Float32Array } {
  const [cells, strides]: [number[], number[]] = [[], []];
  const said = output?.dims[1];
  const counts: number[] = [];
  for (const stride of STRIDES) {
    if (counts.length === 3 && (typeof said !== "number" || strides.length === said)) break;
    const [rows, columns] = [Math.ceil(height / stride), Math.ceil(width / stride)];
    for (let y = 0; y < rows; y++) for (let x = 0; x < columns; x++) cells.push(x, y);
    for (let i = 0; i < rows * columns; i++) strides.push(stride);
    counts.push(strides.length);
  }
  if (typeof said === "number" && strides.length !== said)
    throw new RangeError(
      `its output has ${said} boxes, but the grids of ${width} × ${height} pixels have ${counts.slice(2).join(" or ")}`,
    );
  return { cells: Float32Array.from(cells), strides: Float32Array.from(strides) };
}
