import { PbfReader } from "pbf";

/**
 * The part of an ONNX file that we read: nodes, and the numbers they carry. Field numbers are those of
 * onnx.proto3 (ModelProto.graph = 7, GraphProto.node = 1, .initializer = 5, …).
 */
export interface OnnxGraph {
  nodes: OnnxNode[];
  tensors: Map<string, OnnxTensor>;
  outputs: string[];
}

export interface OnnxNode {
  op: string;
  inputs: string[];
  outputs: string[];
  /** Integer and float attributes by name, for example `transB`. */
  attributes: Map<string, number>;
}

export interface OnnxTensor {
  dims: number[];
  /** Row-major, as stored: not dequantised. */
  values: Float32Array | Uint8Array | Int8Array | Int32Array | BigInt64Array;
}

/** @throws RangeError when a tensor lies outside the file or has a type that weights don't have */
export function readOnnxGraph(bytes: Uint8Array): OnnxGraph {
  const graph: OnnxGraph = { nodes: [], tensors: new Map(), outputs: [] };
  new PbfReader(bytes).readFields((tag, _, pbf) => {
    if (tag === 7) pbf.readMessage(readGraphField, graph);
  }, null);
  if (graph.nodes.length === 0) throw new RangeError(`no ONNX graph in ${bytes.length} bytes`);
  return graph;
}

function readGraphField(tag: number, graph: OnnxGraph, pbf: PbfReader): void {
  if (tag === 1) graph.nodes.push(pbf.readMessage(readNodeField, { op: "", inputs: [], outputs: [], attributes: new Map() }));
  else if (tag === 5) {
    const raw = pbf.readMessage<RawTensor>(readTensorField, { name: "", dims: [], type: 0, bytes: null, numbers: [], external: false });
    graph.tensors.set(raw.name, tensorOf(raw));
  } else if (tag === 12) graph.outputs.push(pbf.readMessage((field, value: { name: string }, reader) => {
    if (field === 1) value.name = reader.readString();
  }, { name: "" }).name);
}

function readNodeField(tag: number, node: OnnxNode, pbf: PbfReader): void {
  if (tag === 1) node.inputs.push(pbf.readString());
  else if (tag === 2) node.outputs.push(pbf.readString());
  else if (tag === 4) node.op = pbf.readString();
  else if (tag === 5) {
    const attribute = pbf.readMessage((field, value: { name: string; number: number | null; }, reader) => {
      if (field === 1) value.name = reader.readString();
      else if (field === 2) value.number = reader.readFloat();
      else if (field === 3) value.number = reader.readVarint(true);
    }, { name: "", number: null });
    if (attribute.number !== null) node.attributes.set(attribute.name, attribute.number);
  }
}

interface RawTensor { name: string; dims: number[]; type: number; bytes: Uint8Array | null; numbers: number[]; external: boolean }

function readTensorField(tag: number, tensor: RawTensor, pbf: PbfReader): void {
  if (tag === 1) pbf.readPackedVarint(tensor.dims);
  else if (tag === 2) tensor.type = pbf.readVarint();
  else if (tag === 4) pbf.readPackedFloat(tensor.numbers);
  else if (tag === 5) pbf.readPackedVarint(tensor.numbers, true);
  else if (tag === 8) tensor.name = pbf.readString();
  else if (tag === 9) tensor.bytes = pbf.readBytes();
  else if (tag === 14) tensor.external = pbf.readVarint() === 1;
}

/** TensorProto.DataType → the typed array of its `raw_data`. */
const TYPES = { 1: Float32Array, 2: Uint8Array, 3: Int8Array, 6: Int32Array, 7: BigInt64Array } as const;

function tensorOf(raw: RawTensor): OnnxTensor {
  if (raw.external) throw new RangeError(`tensor ${raw.name} keeps its numbers in another file, which is not read`);
  const Values = TYPES[raw.type as keyof typeof TYPES];
  if (!Values) throw new RangeError(`tensor ${raw.name} has data type ${raw.type}, which is not read`);
  const size = raw.dims.reduce((product, dim) => product * dim, 1);
  const values = raw.bytes
    ? new Values(new Uint8Array(raw.bytes).buffer)
    : Values === BigInt64Array ? BigInt64Array.from(raw.numbers, BigInt) : (Values as Float32ArrayConstructor).from(raw.numbers);
  if (values.length !== size) throw new RangeError(`tensor ${raw.name} of shape [${raw.dims}] has ${values.length} numbers`);
  return { dims: raw.dims, values };
}
