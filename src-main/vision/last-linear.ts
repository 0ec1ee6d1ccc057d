import type { OnnxGraph, OnnxNode } from "./onnx-graph";
import { storedWeights } from "./stored-weights";

/** The last linear layer of a network. */
export interface LinearLayer {
  node: OnnxNode;
  /** Name of its input: the features. */
  features: string;
  /** Names of its weights and bias. */
  weights: string;
  bias: string | null;
  /** Whether the weights have a row per class; otherwise a column. */
  rowsFirst: boolean;
  /** Leading classes that the graph slices off, for example ImageNet's "background". */
  skipped: number;
  /** Name of the classes' scores before any softmax. */
  logits: string;
}

/** Operators between the linear layer and the logits that keep the order of the classes. */
const PASSING = new Set(["Cast", "Clip", "Dropout", "Flatten", "Identity", "Reshape", "Squeeze"]);
const SOFTMAX = new Set(["Softmax", "LogSoftmax"]);
const LINEAR = new Set(["Gemm", "Conv", "MatMul"]);
const POOLING = new Set(["GlobalAveragePool", "GlobalMaxPool", "AveragePool", "ReduceMean"]);

/**
 * Finds the last linear layer by walking back from a network's output.
 * @param producers of `producersOf`
 * @throws RangeError when the output does not come from a linear layer
 */
export function lastLinearLayer(graph: OnnxGraph, producers: Map<string, OnnxNode>, output: string): LinearLayer {
  let [name, logits, skipped] = [output, output, 0];
  for (;;) {
    const node = producers.get(name);
    if (!node) throw new RangeError(`${output} does not come from a linear layer`);
    if (LINEAR.has(node.op)) return { ...layerOf(node, node.inputs[2] || null), skipped, logits };
    const [first = "", second = ""] = node.inputs;
    if (node.op === "Add") return { ...layerWithBias(graph, producers, node), skipped, logits };
    if (node.op === "Slice") skipped += Number(graph.tensors.get(second)?.values[0] ?? 0);
    else if (SOFTMAX.has(node.op)) logits = first;
    else if (!PASSING.has(node.op)) throw notLinear(node.op);
    name = first;
  }
}

function layerOf(node: OnnxNode, bias: string | null) {
  const [features = "", weights = ""] = node.inputs;
  return { node, features, weights, bias, rowsFirst: node.op === "Conv" || node.attributes.get("transB") === 1 };
}

/** A product of matrices whose bias is added by a node of its own. */
function layerWithBias(graph: OnnxGraph, producers: Map<string, OnnxNode>, add: OnnxNode) {
  const bias = add.inputs.find((input) => storedWeights(graph, producers, input) !== null);
  const product = producers.get(add.inputs.find((input) => input !== bias) ?? "");
  if (bias === undefined || (product?.op !== "MatMul" && product?.op !== "Gemm"))
    throw new RangeError("the logits are a sum of several layers, not the output of one linear layer");
  return layerOf(product, bias);
}

function notLinear(op: string): RangeError {
  const why = POOLING.has(op) ? ": it averages scores over the picture, as SqueezeNet does" : "";
  return new RangeError(`the logits come from ${op}, not from a linear layer${why}`);
}
