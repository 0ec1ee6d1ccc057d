import { PbfReader } from "pbf";
import type { Value } from "./onnx-extend";
import { GRAPH, MODEL, TENSOR } from "./onnx-messages";
import { eachField, fieldsOf, payloadOf, textOf } from "./protobuf";

/** Dimension that a file leaves open without a name. */
const OPEN = "?";

/**
 * The inputs and outputs that an ONNX file declares. Inputs that are stored tensors, as in old files, are left out. A
 * value that is not a tensor has type 0; one of unknown rank has no dimensions.
 */
export function declaredValues(file: Uint8Array): { inputs: Value[]; outputs: Value[] } {
  const values: { inputs: Value[]; outputs: Value[] } = { inputs: [], outputs: [] };
  const stored = new Set<string>();
  for (const field of eachField(file)) {
    if (field.tag !== MODEL.graph) continue;
    for (const part of eachField(payloadOf(field))) {
      if (part.tag === GRAPH.input) values.inputs.push(valueOf(payloadOf(part)));
      else if (part.tag === GRAPH.output) values.outputs.push(valueOf(payloadOf(part)));
      else if (part.tag === GRAPH.initializer) stored.add(textOf(payloadOf(part), TENSOR.name));
    }
  }
  return { inputs: values.inputs.filter(({ name }) => !stored.has(name)), outputs: values.outputs };
}

/** ValueInfoProto: name = 1, type = 2; TypeProto: tensor_type = 1; its elem_type = 1, shape = 2; dim = 1. */
function valueOf(message: Uint8Array): Value {
  const tensor = inside(inside(message, 2), 1);
  return {
    name: textOf(message, 1),
    type: numberOf(tensor, 1) ?? 0,
    dims: fieldsOf(inside(tensor, 2))
      .filter(({ tag }) => tag === 1)
      .map((dim) => dimOf(payloadOf(dim))),
  };
}

/** TensorShapeProto.Dimension: dim_value = 1, dim_param = 2. */
function dimOf(dim: Uint8Array): number | string {
  const value = numberOf(dim, 1);
  return value !== null && value > 0 ? value : textOf(dim, 2) || OPEN;
}

/** The bytes of a field that is a message; none if it is missing. */
function inside(message: Uint8Array, tag: number): Uint8Array {
  const field = fieldsOf(message).find((each) => each.tag === tag);
  return field ? payloadOf(field) : new Uint8Array(0);
}

function numberOf(message: Uint8Array, tag: number): number | null {
  const field = fieldsOf(message).find((each) => each.tag === tag);
  if (!field || field.payload !== null) return null;
  const pbf = new PbfReader(field.whole);
  pbf.readVarint(); // the key
  return pbf.readVarint(true);
}

/** As error messages show a value: `float32 images [1, 3, h, w]`. */
export const shownValue = ({ name, type, dims }: Value): string =>
  `${TYPE_NAMES[type] ?? (type === 0 ? "something that is no tensor, " : `type ${type}`)} ${name.slice(0, 100)} [${dims.slice(0, 8).join(", ")}]`;

const TYPE_NAMES: Record<number, string> = {
  1: "float32",
  2: "uint8",
  3: "int8",
  6: "int32",
  7: "int64",
  9: "bool",
  10: "float16",
  11: "float64",
  16: "bfloat16",
};
