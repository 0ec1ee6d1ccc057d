import { readFileSync } from "node:fs";
import { type OnnxGraph, type OnnxNode, type OnnxTensor, readOnnxGraph } from "./onnx-graph";

/** The last linear layer of a visual model: `logits = W·v + b`. */
export interface ClassifierHead {
  /** `[C, D]`, row-major. Row c points where photos of class c lie: it serves as its prototype where a pack has none. */
  weights: Float32Array;
  /** `[C]` */
  bias: Float32Array;
}

/** Nodes between the linear layer and the logits that keep every class where it is. */
const PASSING = new Set(["Clip", "Flatten", "Identity", "Reshape", "Squeeze", "Softmax"]);

/**
 * Reads the classifier's rows from an ONNX file by walking back from its logits; dequantises them where they are stored as bytes.
 * @throws RangeError when the logits do not come from a linear layer of `D` features and at least `C` classes
 */
export function readClassifierHead(file: string, logits: string, C: number, D: number): ClassifierHead {
  const graph = readOnnxGraph(readFileSync(file));
  const makers = new Map(graph.nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
  let name = logits;
  let skipped = 0; // classes cut off in front, for example ImageNet's "background"
  for (;;) {
    const node = makers.get(name);
    if (!node) throw new RangeError(`${file}: ${logits} does not come from a linear layer`);
    if (node.op === "Slice") skipped += Number(graph.tensors.get(node.inputs[1])?.values[0] ?? 0);
    else if (!PASSING.has(node.op)) return linearLayer(file, graph, makers, node, skipped, C, D);
    name = node.inputs[0];
  }
}

function linearLayer(file: string, graph: OnnxGraph, makers: Map<string, OnnxNode>, node: OnnxNode, skipped: number, C: number, D: number): ClassifierHead {
  if (!["Gemm", "Conv", "MatMul"].includes(node.op)) throw new RangeError(`${file}: the logits come from ${node.op}, not from a linear layer`);
  const stored = weightsOf(graph, makers, node.inputs[1]);
  const rowsFirst = node.op === "Conv" || node.attributes.get("transB") === 1;
  const [rows, columns] = rowsFirst ? stored.dims : [stored.dims[1], stored.dims[0]];
  if (columns !== D || rows < skipped + C || stored.values.length !== rows * D) {
    throw new RangeError(`${file}: the last layer has shape [${stored.dims}], which does not fit ${C} classes of ${D} features`);
  }
  const offset = node.inputs[2] ? weightsOf(graph, makers, node.inputs[2]).values : new Float32Array(rows);
  const weights = new Float32Array(C * D);
  for (let c = 0; c < C; c++) {
    for (let d = 0; d < D; d++) {
      weights[c * D + d] = stored.values[rowsFirst ? (c + skipped) * D + d : d * rows + c + skipped];
    }
  }
  return { weights, bias: offset.slice(skipped, skipped + C) };
}

/** A layer's weights as floats, through `DequantizeLinear` (one scale for the tensor, or one per row) where they are bytes. */
function weightsOf(graph: OnnxGraph, makers: Map<string, OnnxNode>, name: string): { dims: number[]; values: Float32Array } {
  const plain = graph.tensors.get(name);
  if (plain) return { dims: plain.dims, values: floats(plain) };
  const node = makers.get(name);
  const bytes = node?.op === "DequantizeLinear" ? graph.tensors.get(node.inputs[0]) : undefined;
  if (!node || !bytes) throw new RangeError(`weights ${name} are computed, not stored`);
  const scale = floats(graph.tensors.get(node.inputs[1])!);
  const zero = graph.tensors.get(node.inputs[2]);
  const perRow = bytes.values.length / scale.length;
  const values = Float32Array.from(floats(bytes), (value, i) => {
    const row = Math.floor(i / perRow);
    return (value - Number(zero?.values[row] ?? 0)) * scale[row];
  });
  return { dims: bytes.dims, values };
}

const floats = (tensor: OnnxTensor): Float32Array =>
  tensor.values instanceof Float32Array ? tensor.values : Float32Array.from(tensor.values as Int32Array);
