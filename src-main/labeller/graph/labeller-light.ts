import { LUMA, NIGHT, type Step, SUNSET } from "../../devise/light";
import { COLOUR_GRID } from "../../images/image-quality";
import type { Composition } from "../../vision/onnx-compose";
import { TYPE } from "../../vision/onnx-messages";
import { complement } from "./labeller-arithmetic";
import type { Picture } from "./labeller-pixels";

/** Names of the light's probabilities in the graph, doubles `[1, 1]` each; see `LightProbabilities`. */
export interface LightValues {
  sunset: string;
  night: string;
}

/** See `lightProbabilities`. */
export function composeLight(g: Composition, picture: Picture): LightValues {
  const cells = COLOUR_GRID * COLOUR_GRID;
  const matrix = (values: number[], width: number) =>
    g.constant(Float64Array.from(values), [values.length / width, width]);
  const number = (value: number) => matrix([value], 1);
  const step = (value: string, { at, width }: Step) =>
    g.node("Sigmoid", [g.node("Div", [g.node("Sub", [value, number(at)]), number(width)])]);
  const product = (values: string[]) => values.reduce((a, b) => g.node("Mul", [a, b]));
  const column = (value: string, at: number[]) =>
    g.node("Gather", [value, g.constant(BigInt64Array.from(at, BigInt), [at.length])], { axis: 1 });

  const colours = g.node("Div", [composeColours(g, picture), number(255)]);
  const luma = g.node("MatMul", [colours, matrix(LUMA, 1)]);
  const weighed = g.node("Concat", [g.node("Mul", [luma, colours]), luma], { axis: 1 });
  const rowSums = matrix(
    Array.from({ length: COLOUR_GRID * cells }, (_, i) =>
      Number(Math.floor((i % cells) / COLOUR_GRID) === Math.floor(i / cells)),
    ),
    cells,
  );
  const rows = g.node("MatMul", [rowSums, weighed]); // red, green and blue weighted by luma, and luma, per row
  const total = g.node("Add", [column(rows, [3]), number(0.001)]);
  const light = g.node("Div", [column(rows, [0, 1, 2]), total]);
  const redness = g.node("Div", [
    g.node("MatMul", [light, matrix([1, -1, 0], 1)]),
    g.node("Add", [g.node("MatMul", [light, matrix([1, 1, 1], 1)]), number(0.05)]),
  ]);
  const rowLuma = g.node("Div", [total, number(COLOUR_GRID)]);
  const across = (value: string) => g.node("Reshape", [value, g.constant(BigInt64Array.of(1n, -1n), [2])]);
  const bright = g.node("Add", [across(rowLuma), number(0.02)]);
  const overForeground = g.node("Log", [g.node("Div", [bright, column(bright, [COLOUR_GRID - 1])])]);
  const horizon = product([
    step(across(redness), SUNSET.redness),
    step(overForeground, SUNSET.overForeground),
    step(across(rowLuma), SUNSET.luma),
  ]);
  const reddest = g.largest(
    column(
      horizon,
      Array.from({ length: COLOUR_GRID - 1 }, (_, row) => row),
    ),
    1,
  ).values;
  const mean = g.node("MatMul", [matrix(Array<number>(COLOUR_GRID).fill(1 / COLOUR_GRID), COLOUR_GRID), rowLuma]);
  const lightest = g.largest(across(luma), cells).values;
  return {
    sunset: g.node("Mul", [reddest, complement(g, step(mean, SUNSET.mean))]),
    night: product([
      complement(g, step(column(lightest, [5]), NIGHT.most)),
      complement(g, step(column(lightest, [0]), NIGHT.lightest)),
    ]),
  };
}

/** Mean colours of the cells of a picture, as in `ImageQuality.colours`: doubles `[16, 3]`, whole numbers 0..255. */
function composeColours(g: Composition, { pixels, height, width }: Picture): string {
  const shaped = (value: string, dims: number[]) =>
    g.node("Reshape", [value, g.constant(BigInt64Array.from(dims, BigInt), [dims.length])]);
  const scalar = (value: number) => g.constant(Float64Array.of(value), []);
  /** `[4, length]` 1 where a row or column of pixels is in a cell, and `[4]` how many are. */
  const cellsOf = (length: string) => {
    const edge = (first: number) =>
      g.node("Floor", [
        g.node("Div", [
          g.node("Mul", [
            g.constant(
              Float64Array.from({ length: COLOUR_GRID }, (_, cell) => cell + first),
              [COLOUR_GRID, 1],
            ),
            length,
          ]),
          scalar(COLOUR_GRID),
        ]),
      ]);
    const begin = edge(0);
    const end = g.node("Max", [g.node("Add", [begin, scalar(1)]), edge(1)]);
    const at = shaped(g.node("Range", [scalar(0), length, scalar(1)]), [1, -1]);
    const isIn = g.node("And", [g.node("Not", [g.node("Less", [at, begin])]), g.node("Less", [at, end])]);
    return { isIn: g.node("Cast", [isIn], { to: TYPE.float }), count: g.node("Sub", [end, begin]) };
  };
  const [down, across] = [cellsOf(height), cellsOf(width)];
  const rows = shaped(g.node("MatMul", [down.isIn, shaped(pixels, [0, -1])]), [COLOUR_GRID, -1, 3]);
  const sums = g.node("Cast", [shaped(g.node("MatMul", [across.isIn, rows]), [COLOUR_GRID * COLOUR_GRID, 3])], {
    to: TYPE.double,
  });
  const counts = shaped(g.node("MatMul", [down.count, shaped(across.count, [1, -1])]), [-1, 1]);
  return g.node("Floor", [g.node("Add", [g.node("Div", [sums, counts]), scalar(0.5)])]);
}
