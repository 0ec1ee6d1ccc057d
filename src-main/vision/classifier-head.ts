import { readFileSync } from "node:fs";
import { type OnnxGraph, type OnnxNode, producersOf, readOnnxGraph } from "./onnx-graph";
import { storedWeights, type Weights } from "./stored-weights";

/** The last linear layer of a visual model: `logits = W·v + b`. */
export interface ClassifierHead {
  /**
   * `[C, D]`, row-major. Row c points towards the photos of class c, so it serves as the class's prototype if a pack
   * has none.
   */
  weights: Float32Array;
  /** `[C]` */
  bias: Float32Array;
}

/** Operators between the linear layer and the logits that keep the order of the classes. */
const PASSING = new Set(["Cast", "Clip", "Flatten", "Identity", "Reshape", "Squeeze", "Softmax"]);

/**
 * Reads the weights of the classifier from an ONNX file by walking back from its logits. Dequantises weights stored as
 * bytes.
 * @throws RangeError with the path, when the logits do not come from a linear layer of `D` features and at least `C`
 * classes
 */
export function readClassifierHead(file: string, logits: string, C: number, D: number): ClassifierHead {
  const graph = readOnnxGraph(readFileSync(file));
  const producers = producersOf(graph);
  let name = logits;
  let skipped = 0; // leading classes that the graph slices off, for example ImageNet's "background"
  for (;;) {
    const node = producers.get(name);
    if (!node) throw new RangeError(`${file}: ${logits} does not come from a linear layer`);
    if (node.op === "Slice") skipped += Number(graph.tensors.get(node.inputs[1] ?? "")?.values[0] ?? 0);
    else if (!PASSING.has(node.op)) return linearLayer(file, graph, producers, node, skipped, C, D);
    name = node.inputs[0] ?? "";
  }
}

function linearLayer(
  file: string,
  graph: OnnxGraph,
  producers: Map<string, OnnxNode>,
  node: OnnxNode,
  skipped: number,
  C: number,
  D: number,
): ClassifierHead {
  if (!["Gemm", "Conv", "MatMul"].includes(node.op))
    throw new RangeError(`${file}: the logits come from ${node.op}, not from a linear layer`);
  const stored = weightsOf(graph, producers, node.inputs[1] ?? "");
  const rowsFirst = node.op === "Conv" || node.attributes.get("transB") === 1;
  const [first = 0, second = 0] = stored.dims;
  const [rows, columns] = rowsFirst ? [first, second] : [second, first];
  if (columns !== D || rows < skipped + C || stored.values.length !== rows * D) {
    throw new RangeError(
      `${file}: the last layer has shape [${stored.dims}], which does not match ${C} classes of ${D} features`,
    );
  }
  const offset = node.inputs[2] ? weightsOf(graph, producers, node.inputs[2]).values : new Float32Array(rows);
  const weights = new Float32Array(C * D);
  for (let c = 0; c < C; c++) {
    for (let d = 0; d < D; d++) {
      weights[c * D + d] = stored.values[rowsFirst ? (c + skipped) * D + d : d * rows + c + skipped]!;
    }
  }
  return { weights, bias: offset.slice(skipped, skipped + C) };
}

function weightsOf(graph: OnnxGraph, producers: Map<string, OnnxNode>, name: string): Weights {
  const weights = storedWeights(graph, producers, name);
  if (!weights) throw new RangeError(`weights ${name} are computed, not stored`);
  return weights;
}
