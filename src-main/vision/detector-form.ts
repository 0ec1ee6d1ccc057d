import { imageInput, shownValues } from "./adopt-classifier";
import type { Value } from "./onnx-extend";
import { type OnnxGraph, producersOf, readOnnxGraph } from "./onnx-graph";
import { declaredValues, shownValue } from "./onnx-values";

/** What an exported detector says of itself. */
export interface DetectorForm {
  /**
   * `yolox`: pixels 0..255, BGR, padded; one output `[1, N, 5 + C]`. `detr`: RT-DETR and D-FINE as transformers and
   * optimum export them, scores `[n, q, C]` and boxes `[n, q, 4]`. `detr-deployed`: the same as their own repositories
   * export them, with the photo's size as a second input and labels, boxes and scores as outputs.
   */
  kind: "yolox" | "detr" | "detr-deployed";
  input: Value;
  /** Height and width of the input in pixels; null if the network takes any. */
  size: { height: number; width: number } | null;
  /** C; null if the file doesn't say. */
  classes: number | null;
  outputs: Value[];
  /** Second input of `detr-deployed`. */
  sizes: Value | null;
  /** Whether the boxes of `yolox` are in pixels already, or numbers of its grid. */
  decoded: boolean;
}

/** How each kind is called in messages. */
export const KIND_NAMES = {
  yolox: "YOLOX",
  detr: "RT-DETR or D-FINE, exported by optimum",
  "detr-deployed": "RT-DETR or D-FINE, exported by its own script",
} as const;

/**
 * Recognises a detector by its inputs and outputs.
 * @returns null if the file looks like something else
 * @throws RangeError when it is a detector of one of these kinds, but one that can't be used
 */
export function detectorForm(file: Uint8Array): DetectorForm | null {
  const { inputs, outputs } = declaredValues(file);
  const named = new Map(outputs.map((output) => [output.name, output]));
  const sizes = inputs.find(({ name }) => name === "orig_target_sizes");
  if (sizes) {
    const found = ["labels", "boxes", "scores"].map((name) => named.get(name));
    if (found.includes(undefined))
      throw new RangeError(`it takes ${sizes.name} but doesn’t give labels, boxes and scores: ${shownValues(outputs)}`);
    const image = inputs.filter((input) => input !== sizes);
    return formOf("detr-deployed", image, found as Value[], { sizes, classes: null, decoded: true });
  }
  const [logits, boxes] = [named.get("logits"), named.get("pred_boxes")];
  if (logits && boxes)
    return formOf("detr", inputs, [logits, boxes], { classes: sizeOf(logits.dims[2]), sizes: null, decoded: true });
  const [only] = outputs;
  if (outputs.length !== 1 || only?.dims.length !== 3) return null;
  const width = sizeOf(only.dims[2]);
  if (width !== null && width < 6)
    throw new RangeError(`it gives ${shownValue(only)}; YOLOX gives 5 + C numbers a box`);
  return formOf("yolox", inputs, [only], {
    classes: width === null ? null : width - 5,
    sizes: null,
    decoded: isDecoded(readOnnxGraph(file), only.name),
  });
}

function formOf(
  kind: DetectorForm["kind"],
  inputs: Value[],
  outputs: Value[],
  rest: Pick<DetectorForm, "classes" | "sizes" | "decoded">,
): DetectorForm {
  const input = imageInput(inputs);
  const [batch, , height, width] = input.dims;
  if (typeof batch === "number" && batch !== 1)
    throw new RangeError(
      `it takes ${batch} photos at a time (${shownValue(input)}); export it for 1 or for any number`,
    );
  const size = typeof height === "number" && typeof width === "number" ? { height, width } : null;
  return { kind, input, size, outputs, ...rest };
}

const sizeOf = (dim: number | string | undefined): number | null => (typeof dim === "number" ? dim : null);

/** Operators at which the part of the graph ends that decodes boxes. */
const LAYERS = new Set(["Conv", "Gemm", "MatMul"]);

/** Whether the file itself decodes YOLOX's boxes: then their sides are exponentials. */
function isDecoded(graph: OnnxGraph, output: string): boolean {
  const producers = producersOf(graph);
  const seen = new Set<string>();
  const waiting = [output];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const node = producers.get(name);
    if (!node || seen.has(name) || LAYERS.has(node.op)) continue;
    seen.add(name);
    if (node.op === "Exp") return true;
    waiting.push(...node.inputs);
  }
  return false;
}
