import { GRAPH, MODEL, TENSOR, TYPE } from "./onnx-messages";
import { concatBytes, encodeField, fieldsOf, payloadOf, textOf } from "./protobuf";

/** Reads `length` bytes from `offset` of a file beside the network. @param length null: all that follow */
export type ReadBeside = (name: string, offset: number, length: number | null) => Uint8Array;

/** TensorProto.data_location */
const LOCATION = 14;
/** The largest finite numbers of float32 and float16, by their bits. */
const LARGEST = { float: 0x7f7f_ffff, half: 0x7bff };

/**
 * A copy of an ONNX file that a pack can hold: weights that PyTorch's exporter puts in a file beside it
 * (`model.onnx.data`) are stored inside, and infinities become the largest finite number, since they only ever mask
 * something out (as in RT-DETR's anchors). NaNs stay, and `checkOnnx` refuses them.
 * @throws RangeError when a tensor names a file that `read` refuses, or lies outside it
 */
export const withWeightsInside = (file: Uint8Array, read: ReadBeside): Uint8Array =>
  changed(file, MODEL.graph, (graph) => changed(graph, GRAPH.initializer, (tensor) => storedInside(tensor, read)));

/** A message in which the fields with this number are replaced. Others stay byte for byte. */
function changed(message: Uint8Array, tag: number, change: (payload: Uint8Array) => Uint8Array): Uint8Array {
  return concatBytes(
    fieldsOf(message).map((field) => {
      if (field.tag !== tag) return field.whole;
      const payload = payloadOf(field);
      const made = change(payload);
      return made === payload ? field.whole : encodeField(tag, made);
    }),
  );
}

function storedInside(tensor: Uint8Array, read: ReadBeside): Uint8Array {
  const fields = fieldsOf(tensor);
  const type = numberOf(fields.find(({ tag }) => tag === TENSOR.type)?.whole);
  const outside = fields.filter(({ tag }) => tag === TENSOR.external);
  const raw =
    outside.length > 0
      ? dataOf(tensor, outside.map(payloadOf), read)
      : fields.find(({ tag }) => tag === TENSOR.raw)?.payload;
  if (!raw) return tensor;
  const finite = withoutInfinities(raw, type);
  if (outside.length === 0 && finite === raw) return tensor;
  const kept = fields.filter(({ tag }) => tag !== TENSOR.external && tag !== TENSOR.raw && tag !== LOCATION);
  return concatBytes([...kept.map(({ whole }) => whole), encodeField(TENSOR.raw, finite)]);
}

/** @param entries StringStringEntryProto: key = 1, value = 2 */
function dataOf(tensor: Uint8Array, entries: Uint8Array[], read: ReadBeside): Uint8Array {
  const about = new Map(entries.map((entry) => [textOf(entry, 1), textOf(entry, 2)]));
  const name = textOf(tensor, TENSOR.name);
  const whole = (key: string): number | null => {
    const text = about.get(key);
    if (text === undefined) return null;
    if (!/^\d{1,15}$/.test(text))
      throw new RangeError(`tensor ${name} gives ${JSON.stringify(text.slice(0, 40))} as its ${key}`);
    return Number(text);
  };
  return read(about.get("location") ?? "", whole("offset") ?? 0, whole("length"));
}

/** The same bytes if there are none. A scalar keeps its infinity: it may be a bound of `Clip`. */
function withoutInfinities(raw: Uint8Array, type: number): Uint8Array {
  if (type === TYPE.float && raw.length > 4) {
    const bits = new Uint32Array(raw.slice().buffer, 0, raw.length >> 2);
    return replaced(bits, 0x7f80_0000, 0x8000_0000, LARGEST.float) ? new Uint8Array(bits.buffer) : raw;
  }
  if (type === TYPE.half && raw.length > 2) {
    const bits = new Uint16Array(raw.slice().buffer, 0, raw.length >> 1);
    return replaced(bits, 0x7c00, 0x8000, LARGEST.half) ? new Uint8Array(bits.buffer) : raw;
  }
  return raw;
}

/** @param infinity bits of +∞ @param sign the sign's bit @returns whether there were any */
function replaced(bits: Uint32Array | Uint16Array, infinity: number, sign: number, largest: number): boolean {
  let any = false;
  for (let i = 0; i < bits.length; i++) {
    const magnitude = (bits[i]! & ~sign) >>> 0;
    if (magnitude !== infinity) continue;
    bits[i] = (largest | (bits[i]! & sign)) >>> 0;
    any = true;
  }
  return any;
}

/** The number in a field; 0 if there is none. Data types have one byte. */
const numberOf = (whole: Uint8Array | undefined): number => whole?.[1] ?? 0;
