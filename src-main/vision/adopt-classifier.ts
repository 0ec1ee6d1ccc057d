import { sizeOfLayer } from "./classifier-head";
import { lastLinearLayer } from "./last-linear";
import { composeGraph } from "./onnx-compose";
import { extendedGraph, modelFile, type Value } from "./onnx-extend";
import { producersOf, readOnnxGraph } from "./onnx-graph";
import { TYPE } from "./onnx-messages";
import { declaredValues, shownValue } from "./onnx-values";
import { storedWeights } from "./stored-weights";

/** Names of the input and outputs that are added to a network. Exporters don't use names with this prefix. */
const PREFIX = "semblance";
export const CLASSIFIER_NAMES = {
  input: `${PREFIX}/pixels`,
  features: `${PREFIX}/features`,
  logits: `${PREFIX}/logits`,
};

/** What an exported classifier says of itself. */
export interface ClassifierForm {
  input: Value;
  output: Value;
  /** Side of the square input, in pixels; null if the network takes any. */
  size: number | null;
  /** Whether it takes one photo at a time. */
  single: boolean;
  /** D */
  dimensions: number;
  /** C */
  classes: number;
}

/**
 * Recognises a classifier as `torch.onnx.export` writes it: one input, float32 or float16 `[n, 3, h, w]`, and scores
 * `[n, C]` that come from a linear layer.
 * @throws RangeError with what the network takes or gives instead
 */
export function classifierForm(file: Uint8Array): ClassifierForm {
  const { inputs, outputs } = declaredValues(file);
  const input = imageInput(inputs);
  const output = outputs.length === 1 ? outputs[0] : outputs.find(({ name }) => name === "logits");
  if (!output)
    throw new RangeError(`it has ${outputs.length} outputs, and none is called logits: ${shownValues(outputs)}`);
  const graph = readOnnxGraph(file);
  const producers = producersOf(graph);
  const layer = lastLinearLayer(graph, producers, output.name);
  const weights = storedWeights(graph, producers, layer.weights);
  if (!weights) throw new RangeError(`the weights ${layer.weights} of its last layer are computed, not stored`);
  const kernel = weights.dims.slice(2);
  if (kernel.some((side) => side !== 1))
    throw new RangeError(`its last layer is a convolution of ${kernel.join(" × ")}, not a linear layer of features`);
  const { rows, columns } = sizeOfLayer(layer, weights);
  return { input, output, ...shapeOfInput(input), dimensions: columns, classes: rows - layer.skipped };
}

/** The only input that takes pictures. @throws RangeError */
export function imageInput(inputs: Value[]): Value {
  const [input] = inputs;
  if (!input || inputs.length > 1)
    throw new RangeError(`it takes ${inputs.length} inputs instead of one: ${shownValues(inputs)}`);
  const [, channels, ...sides] = input.dims;
  const isFloat = input.type === TYPE.float || input.type === TYPE.half;
  if (!isFloat || input.dims.length !== 4 || (typeof channels === "number" && channels !== 3) || sides.length !== 2)
    throw new RangeError(`it takes ${shownValue(input)}; only float32 or float16 [n, 3, h, w] can be used`);
  return input;
}

function shapeOfInput(input: Value): { size: number | null; single: boolean } {
  const [batch, , height, width] = input.dims;
  if (typeof batch === "number" && batch !== 1)
    throw new RangeError(
      `it takes ${batch} photos at a time (${shownValue(input)}); export it for 1 or for any number`,
    );
  const known = [height, width].filter((side) => typeof side === "number");
  if (new Set(known).size > 1) throw new RangeError(`its input is not square: ${shownValue(input)}`);
  return { size: known[0] ?? null, single: batch === 1 };
}

export const shownValues = (values: Value[]): string => values.map(shownValue).join("; ") || "none";

/**
 * The classifier as a pack's visual model: float32 pixels `[n, 3, size, size]` in; the input of its last linear layer
 * out as features `[n, D]`, and that layer's output, before any softmax, as logits `[n, C]`. Its nodes and weights stay
 * byte for byte.
 * @throws RangeError when its operator set is too old
 */
export function adoptClassifier(file: Uint8Array, form: ClassifierForm, size: number): Uint8Array {
  const graph = readOnnxGraph(file);
  const layer = lastLinearLayer(graph, producersOf(graph), form.output.name);
  const before = composeGraph(`${PREFIX}/before`);
  before.call(before.node("Cast", [CLASSIFIER_NAMES.input], { to: form.input.type }), form.input.name);
  const after = composeGraph(`${PREFIX}/after`);
  const rows = (value: string) => after.node("Cast", [after.node("Flatten", [value], { axis: 1 })], { to: TYPE.float });
  after.call(rows(layer.features), CLASSIFIER_NAMES.features);
  after.call(rows(layer.logits), CLASSIFIER_NAMES.logits);
  const n = form.single ? 1 : "n";
  const extended = extendedGraph(file, {
    before,
    after,
    inputs: [{ name: CLASSIFIER_NAMES.input, type: TYPE.float, dims: [n, 3, size, size] }],
    outputs: [
      { name: CLASSIFIER_NAMES.features, type: TYPE.float, dims: [n, form.dimensions] },
      { name: CLASSIFIER_NAMES.logits, type: TYPE.float, dims: [n, form.classes] },
    ],
  });
  return modelFile(file, extended, {});
}
