import { readFileSync } from "node:fs";
import { lastLinearLayer, type LinearLayer } from "./last-linear";
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

/**
 * Reads the weights of the classifier from an ONNX file by walking back from its logits. Dequantises weights stored as
 * bytes.
 * @throws RangeError with the path, when the logits do not come from a linear layer of `D` features and at least `C`
 * classes
 */
export function readClassifierHead(file: string, logits: string, C: number, D: number): ClassifierHead {
  const graph = readOnnxGraph(readFileSync(file));
  const producers = producersOf(graph);
  try {
    return headOf(graph, producers, lastLinearLayer(graph, producers, logits), C, D);
  } catch (error) {
    throw error instanceof RangeError ? new RangeError(`${file}: ${error.message}`, { cause: error }) : error;
  }
}

/** @throws RangeError when the layer has another number of features or fewer classes */
function headOf(
  graph: OnnxGraph,
  producers: Map<string, OnnxNode>,
  layer: LinearLayer,
  C: number,
  D: number,
): ClassifierHead {
  const { rowsFirst, skipped } = layer;
  const stored = weightsOf(graph, producers, layer.weights);
  const { rows, columns } = sizeOfLayer(layer, stored);
  if (columns !== D || rows < skipped + C || stored.values.length !== rows * D) {
    throw new RangeError(
      `the last layer has shape [${stored.dims}], which does not match ${C} classes of ${D} features`,
    );
  }
  const offset = layer.bias ? weightsOf(graph, producers, layer.bias).values : new Float32Array(rows);
  const weights = new Float32Array(C * D);
  for (let c = 0; c < C; c++) {
    for (let d = 0; d < D; d++) {
      weights[c * D + d] = stored.values[rowsFirst ? (c + skipped) * D + d : d * rows + c + skipped]!;
    }
  }
  return { weights, bias: offset.slice(skipped, skipped + C) };
}

/** Classes and features of a linear layer. */
export function sizeOfLayer(
  { rowsFirst }: Pick<LinearLayer, "rowsFirst">,
  { dims: [first = 0, second = 0] }: Pick<Weights, "dims">,
): { rows: number; columns: number } {
  return rowsFirst ? { rows: first, columns: second } : { rows: second, columns: first };
}

function weightsOf(graph: OnnxGraph, producers: Map<string, OnnxNode>, name: string): Weights {
  const weights = storedWeights(graph, producers, name);
  if (!weights) throw new RangeError(`weights ${name} are computed, not stored`);
  return weights;
}
