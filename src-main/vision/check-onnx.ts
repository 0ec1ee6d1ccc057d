import { PbfReader } from "pbf";
import { eachField, type Field, payloadOf } from "./protobuf";

/** Operator domains built into onnxruntime. */
const BUILT_IN = new Set(["", "ai.onnx", "ai.onnx.ml", "com.microsoft"]);
/** Operators that are refused; no model of photos needs them. */
const REFUSED = new Map([
  ["EPContext", "reads another file"],
  ["Loop", "may run forever"],
  ["Scan", "may run forever"],
]);
/** Far more than any published network has. */
const MAX_NODES = 100_000;
const MAX_TENSORS = 100_000;
/** Nesting of graphs, as in the branches of `If`. */
const MAX_DEPTH = 16;

interface Model {
  nodes: number;
  tensors: number;
  /** Domains, each with one of its operators. */
  used: Map<string, string>;
  /** Domains of functions that the file itself defines. */
  own: Set<string>;
}

/**
 * Checks a network from an untrusted source before onnxruntime loads it. It must not read other files (external data,
 * execution provider contexts), use operators that onnxruntime lacks, run forever, or contain other amounts of data
 * than it declares. Field numbers are those of onnx.proto3. A field of the wrong wire type is refused: onnxruntime
 * would skip it, and the two would then read the rest of the file differently.
 *
 * @throws RangeError with the operator or tensor, and the numbers
 */
export function checkOnnx(file: Uint8Array): void {
  const model: Model = { nodes: 0, tensors: 0, used: new Map(), own: new Set() };
  for (const field of eachField(file)) {
    // ModelProto: graph = 7, functions = 25
    if (field.tag === 7) checkGraph(model, payloadOf(field), 0);
    else if (field.tag === 25) checkFunction(model, payloadOf(field));
  }
  if (model.nodes === 0) throw new RangeError(`${file.length} bytes contain no ONNX graph`);
  for (const [domain, op] of model.used) {
    if (!BUILT_IN.has(domain) && !model.own.has(domain))
      throw new RangeError(
        `operator ${shown(op)} belongs to the domain ${shown(domain)}, which onnxruntime does not have`,
      );
  }
}

/** GraphProto: node = 1, initializer = 5, sparse_initializer = 15. */
function checkGraph(model: Model, graph: Uint8Array, depth: number): void {
  if (depth > MAX_DEPTH) throw new RangeError(`graphs are nested more than ${MAX_DEPTH} deep`);
  for (const field of eachField(graph)) {
    if (field.tag === 1) checkNode(model, payloadOf(field), depth);
    else if (field.tag === 5) checkTensor(model, payloadOf(field));
    else if (field.tag === 15) checkSparse(model, payloadOf(field));
  }
}

/** FunctionProto: node = 7, domain = 10. */
function checkFunction(model: Model, body: Uint8Array): void {
  for (const field of eachField(body)) {
    if (field.tag === 7) checkNode(model, payloadOf(field), 0);
    else if (field.tag === 10) model.own.add(text(field));
  }
}

/** NodeProto: op_type = 4, attribute = 5, domain = 7. */
function checkNode(model: Model, node: Uint8Array, depth: number): void {
  if (++model.nodes > MAX_NODES) throw new RangeError(`the network has more than ${MAX_NODES} nodes`);
  let [op, domain] = ["", ""];
  for (const field of eachField(node)) {
    if (field.tag === 4) op = text(field);
    else if (field.tag === 5) checkAttribute(model, payloadOf(field), depth);
    else if (field.tag === 7) domain = text(field);
  }
  const reason = REFUSED.get(op);
  if (reason) throw new RangeError(`operator ${op} ${reason}`);
  model.used.set(domain, op);
}

/** AttributeProto: t = 5, g = 6, tensors = 10, graphs = 11, sparse_tensor = 22, sparse_tensors = 23. */
function checkAttribute(model: Model, attribute: Uint8Array, depth: number): void {
  for (const field of eachField(attribute)) {
    if (field.tag === 5 || field.tag === 10) checkTensor(model, payloadOf(field));
    else if (field.tag === 6 || field.tag === 11) checkGraph(model, payloadOf(field), depth + 1);
    else if (field.tag === 22 || field.tag === 23) checkSparse(model, payloadOf(field));
  }
}

/** SparseTensorProto: values = 1, indices = 2. */
function checkSparse(model: Model, sparse: Uint8Array): void {
  for (const field of eachField(sparse)) if (field.tag === 1 || field.tag === 2) checkTensor(model, payloadOf(field));
}

/**
 * TensorProto: dims = 1, data_type = 2, float_data = 4, int32_data = 5, int64_data = 7, name = 8, raw_data = 9,
 * double_data = 10, uint64_data = 11, external_data = 13, data_location = 14.
 */
function checkTensor(model: Model, tensor: Uint8Array): void {
  if (++model.tensors > MAX_TENSORS) throw new RangeError(`the network has more than ${MAX_TENSORS} tensors`);
  let [name, type, external] = ["", 0, false];
  const dims: number[] = [];
  const numbers: number[] = [];
  let raw: Uint8Array | null = null;
  for (const field of eachField(tensor)) {
    if (field.tag === 1) push(dims, field, (pbf) => pbf.readVarint());
    else if (field.tag === 2) type = number(field);
    else if (field.tag === 4) push(numbers, field, (pbf) => pbf.readFloat());
    else if (field.tag === 5 || field.tag === 7 || field.tag === 11)
      push(numbers, field, (pbf) => pbf.readVarint(true));
    else if (field.tag === 8) name = shown(text(field));
    else if (field.tag === 9) raw = payloadOf(field);
    else if (field.tag === 10) push(numbers, field, (pbf) => pbf.readDouble());
    else if (field.tag === 13 || (field.tag === 14 && number(field) !== 0)) external = true;
  }
  if (external) throw new RangeError(`tensor ${name} is stored in another file, which is not supported`);
  const bits = BITS[type];
  if (bits === undefined) throw new RangeError(`tensor ${name} has data type ${type}, which is not supported`);
  const size = dims.reduce((product, dim) => product * dim, 1);
  const fits = raw ? raw.length === Math.ceil((size * bits) / 8) : numbers.length === size;
  if (!fits)
    throw new RangeError(
      `tensor ${name} of shape [${dims.slice(0, 8).join(", ")}] and ${bits} bits a number has ` +
        `${raw ? `${raw.length} bytes` : `${numbers.length} numbers`}`,
    );
  // Outside of `raw_data`, half-precision numbers are stored as integers with the same bits.
  const bits16 = !raw && (type === 10 || type === 16) ? new Uint8Array(Uint16Array.from(numbers).buffer) : raw;
  if (!(bits16 ? isFiniteRaw(type, bits16) : isFinite(numbers)))
    throw new RangeError(`tensor ${name} contains numbers that are not finite`);
}

/**
 * Bits per number in `raw_data` by TensorProto.DataType: booleans, integers and floats; no strings or complex numbers.
 */
const BITS: Record<number, number> = {
  1: 32,
  2: 8,
  3: 8,
  4: 16,
  5: 16,
  6: 32,
  7: 64,
  9: 8,
  10: 16,
  11: 64,
  12: 32,
  13: 64,
  16: 16,
  17: 8,
  18: 8,
  19: 8,
  20: 8,
  21: 4,
  22: 4,
  23: 4,
};

/** Whether all numbers are finite; integers always are. */
function isFiniteRaw(type: number, raw: Uint8Array): boolean {
  const aligned = new Uint8Array(raw).buffer;
  if (type === 1) return isFinite(new Float32Array(aligned));
  if (type === 11) return isFinite(new Float64Array(aligned));
  if (type === 10) return isFinite16(new Uint16Array(aligned), 0x7c00);
  if (type === 16) return isFinite16(new Uint16Array(aligned), 0x7f80);
  return true;
}

/** No NaN; an infinity only as a scalar, which may be a bound of `Clip`. */
function isFinite(values: ArrayLike<number>): boolean {
  if (values.length === 1) return !Number.isNaN(values[0]);
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return false;
  return true;
}

/**
 * The same for 16-bit floats by their bits, because a network has millions of them. @param infinity bits of infinity:
 * the exponent mask
 */
function isFinite16(bits: Uint16Array, infinity: number): boolean {
  if (bits.length === 1) return (bits[0]! & 0x7fff) <= infinity;
  for (let i = 0; i < bits.length; i++) if ((bits[i]! & infinity) === infinity) return false;
  return true;
}

/** Reads a field of repeated numbers, packed or not. */
function push(numbers: number[], { whole, payload }: Field, read: (pbf: PbfReader) => number): void {
  const pbf = new PbfReader(payload ?? whole);
  if (payload === null) pbf.readVarint(); // skip the key
  while (pbf.pos < pbf.length) numbers.push(read(pbf));
}

function number({ tag, whole, payload }: Field): number {
  const pbf = new PbfReader(whole);
  if (payload !== null || (pbf.readVarint() & 7) !== 0) throw new RangeError(`field ${tag} is not a number`);
  return pbf.readVarint();
}

const utf8 = new TextDecoder();
const text = (field: Field): string => utf8.decode(payloadOf(field));
const shown = (name: string): string => JSON.stringify(name.slice(0, 100));
