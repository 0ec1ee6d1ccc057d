import { PbfWriter } from "pbf";
import { bytesOf } from "../base/bytes-of";

/** Field numbers and data types of onnx.proto3. */
export const MODEL = { irVersion: 1, producer: 2, graph: 7, opset: 8, metadata: 14, functions: 25 };
export const GRAPH = { node: 1, name: 2, initializer: 5, doc: 10, input: 11, output: 12, valueInfo: 13 };
export const TENSOR = { dims: 1, type: 2, name: 8, raw: 9, external: 13 };
export const TYPE = { float: 1, uint8: 2, int32: 6, int64: 7, half: 10, double: 11 } as const;

export interface TensorNumbers {
  dims: number[];
  /** Row-major */
  values: Float32Array | Float16Array | Float64Array | BigInt64Array | Int32Array | Uint8Array;
}

/** An integer, a list of integers, a text, or a tensor. */
export type NodeAttribute = number | number[] | string | TensorNumbers;

const typeOf = ({ values }: TensorNumbers): number =>
  values instanceof Float32Array
    ? TYPE.float
    : values instanceof Float64Array
      ? TYPE.double
      : values instanceof BigInt64Array
        ? TYPE.int64
        : values instanceof Int32Array
          ? TYPE.int32
          : values instanceof Float16Array
            ? TYPE.half
            : TYPE.uint8;

/** TensorProto */
export function tensorMessage(name: string, tensor: TensorNumbers): Uint8Array {
  const pbf = new PbfWriter();
  pbf.writePackedVarint(TENSOR.dims, tensor.dims);
  pbf.writeVarintField(TENSOR.type, typeOf(tensor));
  if (name !== "") pbf.writeStringField(TENSOR.name, name);
  pbf.writeBytesField(TENSOR.raw, bytesOf(tensor.values));
  return pbf.finish();
}

/** NodeProto: input = 1, output = 2, name = 3, op_type = 4, attribute = 5. The node is named after its first output. */
export function nodeMessage(
  op: string,
  inputs: string[],
  outputs: string[],
  attributes: Record<string, NodeAttribute> = {},
): Uint8Array {
  const pbf = new PbfWriter();
  for (const input of inputs) pbf.writeStringField(1, input);
  for (const output of outputs) pbf.writeStringField(2, output);
  pbf.writeStringField(3, outputs[0] ?? "");
  pbf.writeStringField(4, op);
  for (const [name, value] of Object.entries(attributes)) pbf.writeBytesField(5, attributeMessage(name, value));
  return pbf.finish();
}

/** AttributeProto: name = 1, i = 3, s = 4, t = 5, ints = 8, type = 20 (INT 2, STRING 3, TENSOR 4, INTS 7). */
function attributeMessage(name: string, value: NodeAttribute): Uint8Array {
  const pbf = new PbfWriter();
  pbf.writeStringField(1, name);
  if (typeof value === "number") pbf.writeVarintField(3, value);
  else if (typeof value === "string") pbf.writeStringField(4, value);
  else if (Array.isArray(value)) pbf.writePackedVarint(8, value);
  else pbf.writeBytesField(5, tensorMessage("", value));
  pbf.writeVarintField(
    20,
    typeof value === "number" ? 2 : typeof value === "string" ? 3 : Array.isArray(value) ? 7 : 4,
  );
  return pbf.finish();
}

/** ValueInfoProto of a tensor. @param dims sizes, or names of unknown dimensions */
export function valueMessage(name: string, type: number, dims: (number | string)[]): Uint8Array {
  const pbf = new PbfWriter();
  pbf.writeStringField(1, name);
  pbf.writeMessage(
    2,
    (_, about) =>
      about.writeMessage(
        1,
        (__, tensor) => {
          tensor.writeVarintField(1, type);
          tensor.writeMessage(
            2,
            (___, shape) => {
              for (const dim of dims) {
                shape.writeMessage(
                  1,
                  (____, one) => {
                    if (typeof dim === "number") one.writeVarintField(1, dim);
                    else one.writeStringField(2, dim);
                  },
                  null,
                );
              }
            },
            null,
          );
        },
        null,
      ),
    null,
  );
  return pbf.finish();
}
