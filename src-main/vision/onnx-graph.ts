import { PbfReader } from "pbf";

/**
 * The part of an ONNX file that we need: nodes and stored tensors. Field numbers are those of onnx.proto3
 * (ModelProto.graph = 7, GraphProto.node = 1, .initializer = 5, …).
 */
export interface OnnxGraph {
  nodes: OnnxNode[];
  tensors: Map<string, OnnxTensor>;
  outputs: string[];
}

export interface OnnxNode {
  op: string;
  /** Empty if the file has none. */
  name: string;
  inputs: string[];
  outputs: string[];
  attributes: Map<string, OnnxAttribute>;
}

/** A number, a list of numbers, a string, or the tensor of a `Constant`. */
export type OnnxAttribute = number | number[] | string | OnnxTensor;

export interface OnnxTensor {
  dims: number[];
  /** Row-major, as stored; not dequantised. */
  values: Float32Array | Float16Array | Float64Array | Uint8Array | Int8Array | Int32Array | BigInt64Array;
}

/** @throws RangeError when a tensor is stored in another file or has a type that weights don't have */
export function readOnnxGraph(bytes: Uint8Array): OnnxGraph {
  const graph: OnnxGraph = { nodes: [], tensors: new Map(), outputs: [] };
  new PbfReader(bytes).readFields((tag, _, pbf) => {
    if (tag === 7) pbf.readMessage(readGraphField, graph);
  }, null);
  if (graph.nodes.length === 0) throw new RangeError(`${bytes.length} bytes contain no ONNX graph`);
  return graph;
}

function readGraphField(tag: number, graph: OnnxGraph, pbf: PbfReader): void {
  if (tag === 1) graph.nodes.push(readNode(pbf));
  else if (tag === 5) {
    const raw = readTensor(pbf);
    graph.tensors.set(raw.name, tensorOf(raw));
  } else if (tag === 12) graph.outputs.push(readName(pbf));
}

/** The name of a ValueInfoProto (name = 1). */
const readName = (pbf: PbfReader): string =>
  pbf.readMessage(
    (field, value: { name: string }, reader) => {
      if (field === 1) value.name = reader.readString();
    },
    { name: "" },
  ).name;

const readNode = (pbf: PbfReader): OnnxNode =>
  pbf.readMessage(readNodeField, { op: "", name: "", inputs: [], outputs: [], attributes: new Map() });

function readNodeField(tag: number, node: OnnxNode, pbf: PbfReader): void {
  if (tag === 1) node.inputs.push(pbf.readString());
  else if (tag === 2) node.outputs.push(pbf.readString());
  else if (tag === 3) node.name = pbf.readString();
  else if (tag === 4) node.op = pbf.readString();
  else if (tag === 5) {
    const { name, value, numbers } = pbf.readMessage(readAttributeField, { name: "", value: null, numbers: [] });
    node.attributes.set(name, value ?? numbers);
  }
}

interface RawAttribute {
  name: string;
  value: OnnxAttribute | null;
  numbers: number[];
}

/** AttributeProto: name = 1, f = 2, i = 3, s = 4, t = 5, floats = 7, ints = 8. */
function readAttributeField(tag: number, attribute: RawAttribute, pbf: PbfReader): void {
  if (tag === 1) attribute.name = pbf.readString();
  else if (tag === 2) attribute.value = pbf.readFloat();
  else if (tag === 3) attribute.value = pbf.readVarint(true);
  else if (tag === 4) attribute.value = pbf.readString();
  else if (tag === 5) attribute.value = tensorOf(readTensor(pbf));
  else if (tag === 7) pbf.readPackedFloat(attribute.numbers);
  else if (tag === 8) pbf.readPackedVarint(attribute.numbers, true);
}

interface RawTensor {
  name: string;
  dims: number[];
  type: number;
  bytes: Uint8Array | null;
  numbers: number[];
  external: boolean;
}

const readTensor = (pbf: PbfReader): RawTensor =>
  pbf.readMessage(readTensorField, { name: "", dims: [], type: 0, bytes: null, numbers: [], external: false });

function readTensorField(tag: number, tensor: RawTensor, pbf: PbfReader): void {
  if (tag === 1) pbf.readPackedVarint(tensor.dims);
  else if (tag === 2) tensor.type = pbf.readVarint();
  else if (tag === 4) pbf.readPackedFloat(tensor.numbers);
  else if (tag === 5 || tag === 7) pbf.readPackedVarint(tensor.numbers, true);
  else if (tag === 8) tensor.name = pbf.readString();
  else if (tag === 9) tensor.bytes = pbf.readBytes();
  else if (tag === 10) pbf.readPackedDouble(tensor.numbers);
  else if (tag === 14) tensor.external = pbf.readVarint() === 1;
}

/** TensorProto.DataType → the typed array of its `raw_data`. */
const TYPES = {
  1: Float32Array,
  2: Uint8Array,
  3: Int8Array,
  6: Int32Array,
  7: BigInt64Array,
  9: Uint8Array, // booleans
  10: Float16Array,
  11: Float64Array,
} as const;

function tensorOf(raw: RawTensor): OnnxTensor {
  if (raw.external) throw new RangeError(`tensor ${raw.name} is stored in another file, which is not supported`);
  const Values = TYPES[raw.type as keyof typeof TYPES];
  if (!Values) throw new RangeError(`tensor ${raw.name} has data type ${raw.type}, which is not supported`);
  const size = raw.dims.reduce((product, dim) => product * dim, 1);
  const values = raw.bytes
    ? new Values(new Uint8Array(raw.bytes).buffer)
    : Values === BigInt64Array
      ? BigInt64Array.from(raw.numbers, BigInt)
      : // outside of raw_data, each half-precision number is stored as an integer with the same 16 bits
        Values === Float16Array
        ? new Float16Array(Uint16Array.from(raw.numbers).buffer)
        : (Values as Float32ArrayConstructor).from(raw.numbers);
  if (values.length !== size)
    throw new RangeError(`tensor ${raw.name} of shape [${raw.dims}] has ${values.length} numbers`);
  return { dims: raw.dims, values };
}

/** Maps each value of a graph to the node that produces it. */
export const producersOf = ({ nodes }: OnnxGraph): Map<string, OnnxNode> =>
  new Map(nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
