import type { OnnxGraph, OnnxNode, OnnxTensor } from "./onnx-graph";

export interface Weights {
  dims: number[];
  /** Row-major */
  values: Float32Array;
}

/** ONNX's float types: single, half and double precision. */
const FLOATS = [1, 10, 11];

/** Whether a `Cast` converts to floats, which changes nothing when computing in 32 bits. */
export const castsToFloats = ({ op, attributes }: OnnxNode): boolean =>
  op === "Cast" && FLOATS.includes(Number(attributes.get("to")));

/**
 * A layer's weights as floats: from an initializer or `Constant`, through a `Cast` to floats if stored in half
 * precision, or through `DequantizeLinear` (per tensor or per axis) if stored as bytes. Null if they are computed in
 * another way.
 */
export function storedWeights(graph: OnnxGraph, producers: Map<string, OnnxNode>, name: string): Weights | null {
  const plain = storedTensor(graph, producers, name);
  if (plain) return { dims: plain.dims, values: floats(plain) };
  const node = producers.get(name);
  if (node && castsToFloats(node)) return storedWeights(graph, producers, node.inputs[0] ?? "");
  if (node?.op !== "DequantizeLinear") return null;
  const [bytes, scale, zero] = node.inputs.map((input) => storedTensor(graph, producers, input));
  return bytes && scale
    ? dequantised(bytes, floats(scale), zero ?? null, Number(node.attributes.get("axis") ?? 1))
    : null;
}

/** The numbers of an initializer or `Constant`, as stored. */
export function storedTensor(graph: OnnxGraph, producers: Map<string, OnnxNode>, name: string): OnnxTensor | null {
  const plain = graph.tensors.get(name);
  if (plain) return plain;
  const node = producers.get(name);
  const value = node?.op === "Constant" ? node.attributes.get("value") : undefined;
  return typeof value === "object" && !Array.isArray(value) ? value : null;
}

function dequantised(bytes: OnnxTensor, scale: Float32Array, zero: OnnxTensor | null, axis: number): Weights {
  const { dims } = bytes;
  const inner =
    scale.length === 1
      ? bytes.values.length
      : dims.slice(axis < 0 ? axis + dims.length + 1 : axis + 1).reduce((product, dim) => product * dim, 1);
  const values = Float32Array.from(floats(bytes), (value, i) => {
    const at = Math.floor(i / inner) % scale.length;
    return (value - Number(zero?.values[at] ?? 0)) * scale[at]!;
  });
  return { dims, values };
}

export const floats = ({ values }: OnnxTensor): Float32Array =>
  values instanceof Float32Array
    ? values
    : values instanceof BigInt64Array
      ? Float32Array.from(values, Number)
      : Float32Array.from(values);
