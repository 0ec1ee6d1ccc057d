import { CONSE_CLASSES } from "../../devise/semantic-embedding";
import type { Composition } from "../../vision/onnx-compose";
import { TYPE } from "../../vision/onnx-messages";
import { classifierOutput, type Pack } from "../../vision/pack";
import { rounded } from "./labeller-arithmetic";

/** Names of the visual model's output for n photos: the graph's counterpart of `VisualOutput`. */
export interface VisualValues {
  /** `[n, D]`, at unit length */
  unit: string;
  /** `[n, D]` */
  features: string;
  /** `[n, 1]` probability of the most probable class, as doubles */
  likeliest: string;
  /** `[n, C]` probabilities of the classes that a library stores, 0 for the others */
  kept: string;
  /** `[n, C]` 1 for those classes */
  isKept: string;
  /** `[n, C]` the same for the classes that ConSE averages */
  averaged: string;
}

/**
 * Normalises pixels for the visual model: `(p/255 − mean)/std` from a table computed as the app does, channels first,
 * mirrored copies after the photos.
 * @param photos uint8 `[n, size, size, 3]`
 */
export function composeInput(
  g: Composition,
  photos: string,
  { mean, std, mirror, visual }: Pick<Pack, "mean" | "std" | "mirror" | "visual">,
): void {
  const table = g.constant(
    Float32Array.from({ length: 3 * 256 }, (_, at) => ((at % 256) / 255 - mean[at >> 8]) / std[at >> 8]),
    [3 * 256],
  );
  const at = g.node("Add", [g.node("Cast", [photos], { to: TYPE.int32 }), g.constant(Int32Array.of(0, 256, 512), [3])]);
  const planes = g.node("Transpose", [g.node("Gather", [table, at], { axis: 0 })], { perm: [0, 3, 1, 2] });
  if (!mirror) return g.call(planes, visual.input);
  const [from, to, axis, step] = [-1n, -(2n ** 62n), 3n, -1n].map((number) =>
    g.constant(BigInt64Array.of(number), [1]),
  );
  g.call(g.node("Concat", [planes, g.node("Slice", [planes, from, to, axis, step])], { axis: 0 }), visual.input);
}

/** @param K classes that a library stores per photo */
export function composeVisualOutput(
  g: Composition,
  pack: Pick<Pack, "folder" | "visual" | "mirror" | "dimensions" | "classes">,
  K: number,
): VisualValues {
  const { visual, mirror, dimensions: D, classes } = pack;
  const C = classes.length;
  const features = ofPhotos(g, visual.features, D, mirror);
  const logits = ofPhotos(g, classifierOutput(pack), C, mirror);
  const top = g.largest(logits, K);
  const first = g.constant(BigInt64Array.of(0n), [1]);
  const highest = g.node("Cast", [g.node("Gather", [top.values, first], { axis: 1 })], { to: TYPE.double });
  const exponentials = rounded(
    g,
    g.node("Exp", [g.node("Sub", [g.node("Cast", [logits], { to: TYPE.double }), highest])]),
  );
  const sum = g.node("MatMul", [exponentials, g.constant(new Float64Array(C).fill(1), [C, 1])]);
  const probabilities = g.node("Cast", [g.node("Div", [exponentials, sum])], { to: TYPE.float });
  const likeliest = g.node("Gather", [g.node("GatherElements", [probabilities, top.indices], { axis: 1 }), first], {
    axis: 1,
  });
  const isKept = marked(g, probabilities, top.indices);
  const T = Math.min(K, CONSE_CLASSES);
  const some = g.node(
    "Gather",
    [
      top.indices,
      g.constant(
        BigInt64Array.from({ length: T }, (_, i) => BigInt(i)),
        [T],
      ),
    ],
    { axis: 1 },
  );
  return {
    features,
    unit: unitLength(g, features, D),
    isKept,
    likeliest: g.node("Cast", [likeliest], { to: TYPE.double }),
    kept: g.node("Mul", [probabilities, isKept]),
    averaged: g.node("Mul", [probabilities, marked(g, probabilities, some)]),
  };
}

/** `[n, width]` of a network's output, averaged over mirrored copies. */
function ofPhotos(g: Composition, output: string, width: number, mirror: boolean): string {
  const shape = mirror ? [2, -1, width] : [-1, width];
  const rows = g.node("Reshape", [output, g.constant(BigInt64Array.from(shape, BigInt), [shape.length])]);
  if (!mirror) return rows;
  const view = (i: number) => g.node("Gather", [rows, g.constant(BigInt64Array.of(BigInt(i)), [])], { axis: 0 });
  return g.node("Mul", [g.node("Add", [view(0), view(1)]), g.constant(Float32Array.of(0.5), [])]);
}

/** 1 at the indices of each row and 0 elsewhere, in the shape of `like`. */
export function marked(g: Composition, like: string, indices: string): string {
  const filled = (shape: string, value: number) =>
    g.node("ConstantOfShape", [g.node("Shape", [shape])], { value: { dims: [1], values: Float32Array.of(value) } });
  return g.node("ScatterElements", [filled(like, 0), indices, filled(indices, 1)], { axis: 1 });
}

/** Scales rows to unit length; zero rows stay zero. */
export function unitLength(g: Composition, rows: string, width: number): string {
  const squares = g.node("MatMul", [
    g.node("Mul", [rows, rows]),
    g.constant(new Float32Array(width).fill(1), [width, 1]),
  ]);
  const length = g.node("Sqrt", [g.node("Max", [squares, g.constant(Float32Array.of(1e-37), [1, 1])])]);
  return g.node("Div", [rows, length]);
}
